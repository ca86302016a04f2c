"""Leaving out needs, and leaving out pairs, from a tiny model on invented pairs."""

import importlib
import re
import sys
from pathlib import Path

import pytest

from tests.tiny_bert import save_tiny_model

pytestmark = pytest.mark.slow
SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.parametrize(
    ("script", "table"),
    [
        ("cross_validate", "20 needs, 100 pairs; judged nDCG@10: sum of six|shipped ranker|with tuned meaning"),
        (
            "cross_validate_pairs",
            "100 pairs of 20 needs|shipped ranker|additive, trained|half additive, half reader|blend of all",
        ),
    ],
)
def test_folds_are_learned_once_and_reported_together(
    graded: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    script: str,
    table: str,
) -> None:
    save_tiny_model(tmp_path / "indexes" / "model")
    monkeypatch.setenv("MATCHMAKER_MODEL", "hashing")
    monkeypatch.setenv("MATCHMAKER_INDEXES", str(tmp_path / "indexes"))
    monkeypatch.syspath_prepend(SCRIPTS)
    options = ["--splits", "train", "--folds", "2", "--work", str(tmp_path / "work")]
    monkeypatch.setattr(sys, "argv", ["x", str(graded), *options])
    said = []
    for _ in range(2):
        importlib.import_module(script).main()
        said.append(capsys.readouterr().out)
    first, again = said
    assert ("round 1 of" in first, "round 1 of" in again) == (True, False)
    figures = [text[text.rindex("fold 2 of 2") :] for text in said]
    assert figures[0] == figures[1]
    for part in table.split("|"):
        assert re.search(re.escape(part), figures[0]), part
