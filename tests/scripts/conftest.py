"""Graded pairs that nobody made: needs of five things, and one achievement of each."""

import json
from pathlib import Path

import pytest

THINGS = ("风电", "棉花", "叶片", "机组", "采摘")


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    folder = tmp_path / "graded"
    (folder / "qrels").mkdir(parents=True)
    needs = [{"_id": f"q{n}", "title": f"{thing}{n}", "text": ""} for n, thing in enumerate(THINGS * 4)]
    documents = [{"_id": f"d{n}", "title": thing, "text": ""} for n, thing in enumerate(THINGS)]
    (folder / "queries.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in needs))
    (folder / "corpus.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in documents))
    rows = [
        f"{need['_id']}\td{n}\t{3 if thing in need['title'] else n % 2}\n"
        for need in needs
        for n, thing in enumerate(THINGS)
    ]
    for split in ("train", "dev"):
        (folder / "qrels" / f"{split}.tsv").write_text(f"query-id\tcorpus-id\tscore\n{''.join(rows)}")
    return folder
