"""The demonstration's listings as the scripts that fit the ranker read them."""

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.slow
def test_demo_documents_are_whole_and_of_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SCRIPTS)
    needs, achievements = importlib.import_module("demo_documents").demo_documents()
    assert (len(needs) > 60, len(achievements) > 150) == (True, True)
    assert [document for document in (*needs, *achievements) if not (document.title and document.body)] == []
