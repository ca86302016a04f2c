import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import group

TITLES = ("风机叶片涂层", "棉花种植")


def call(data: Path, *arguments: str) -> Result:
    environment = {"MATCHMAKER_DATA": str(data / "data"), "MATCHMAKER_INDEXES": str(data / "indexes")}
    environment["MATCHMAKER_MODEL"] = "hashing"
    return CliRunner().invoke(group, arguments, env=environment)


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    folder = tmp_path / "graded"
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": f"d{place}", "title": title, "text": ""} for place, title in enumerate(TITLES)]
    (folder / "corpus.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    query = {"_id": "q", "title": "风机叶片前缘涂层", "text": "耐风沙"}
    (folder / "queries.jsonl").write_text(json.dumps(query), encoding="utf-8")
    (folder / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq\td0\t3\nq\td1\t0\n", encoding="utf-8")
    return folder


def test_evaluate_measures_and_writes_a_run(tmp_path: Path, graded: Path) -> None:
    run = tmp_path / "run.txt"
    result = call(tmp_path, "evaluate", str(graded), "--split", "dev", "--run", str(run), "--json")
    assert (result.exit_code, json.loads(result.stdout)["ndcg_10"]) == (0, 1.0)
    assert [line.split()[:4] for line in run.read_text().splitlines()] == [
        ["q", "Q0", "d0", "1"],
        ["q", "Q0", "d1", "2"],
    ]


def test_train_writes_a_model_that_evaluate_ranks_with(tmp_path: Path, graded: Path) -> None:
    model, grades = tmp_path / "data" / "models" / "first", tmp_path / "grades.tsv"
    trained = call(tmp_path, "train", str(graded), "--split", "dev", "--out", str(model))
    assert (trained.exit_code, trained.stdout.splitlines()[-1]) == (0, f"written to {model}")
    options = ("--model", str(model), "--grades", str(grades), "--json")
    result = call(tmp_path, "evaluate", str(graded), "--split", "dev", *options)
    figures = json.loads(result.stdout)
    assert figures["ranker"].startswith("trained-")
    assert set(figures["agreement"]) == {"contest_score", "kappa", "spearman"}
    rows = [line.split("\t") for line in grades.read_text().splitlines()]
    assert [(query, document, int(grade) in range(4)) for query, document, grade, _ in rows] == [
        ("q", "d0", True),
        ("q", "d1", True),
    ]
    assert float(rows[0][3]) > float(rows[1][3])


def test_train_does_not_overwrite_a_folder_of_something_else(tmp_path: Path, graded: Path) -> None:
    result = call(tmp_path, "train", str(graded), "--split", "dev", "--out", str(graded))
    assert (result.exit_code, (graded / "corpus.jsonl").is_file()) == (2, True)
    assert result.stderr == f"Error: {graded} exists and is no model directory: name another one\n"


def test_evaluate_refuses_a_folder_without_a_model(tmp_path: Path, graded: Path) -> None:
    result = call(tmp_path, "evaluate", str(graded), "--split", "dev", "--model", str(tmp_path))
    assert result.exit_code == 2
    assert "holds no trained model" in result.stderr


def test_evaluate_writes_grades_of_judged_pairs_only(tmp_path: Path, graded: Path) -> None:
    options = ("--mode", "corpus", "--grades", str(tmp_path / "g.tsv"))
    result = call(tmp_path, "evaluate", str(graded), "--split", "dev", *options)
    assert (result.exit_code, (tmp_path / "g.tsv").exists()) == (2, False)


def test_evaluate_of_an_absent_split_is_one_sentence(tmp_path: Path, graded: Path) -> None:
    result = call(tmp_path, "evaluate", str(graded), "--split", "test")
    assert (result.exit_code, result.stderr) == (2, f"Error: {graded}/qrels/test.tsv: no such file\n")
