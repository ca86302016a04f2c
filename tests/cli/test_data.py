import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from matchmaker.cli import group
from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing

ROWS = (
    {"_id": "q1", "title": "风机 叶片 涂层", "text": "耐磨", "mood": "good"},
    {"_id": "q2", "title": "", "text": "没有名称"},
)


@pytest.fixture
def needs(tmp_path: Path) -> Path:
    path = tmp_path / "needs.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS), encoding="utf-8")
    return path


def call(data: Path, *arguments: str) -> Result:
    environment = {"MATCHMAKER_DATA": str(data / "data"), "MATCHMAKER_INDEXES": str(data / "indexes")}
    environment["MATCHMAKER_MODEL"] = "hashing"
    return CliRunner().invoke(group, arguments, env=environment)


def test_import_says_what_it_did_and_writes_the_report(tmp_path: Path, needs: Path) -> None:
    report = tmp_path / "report.csv"
    result = call(
        tmp_path,
        *("import", "needs", str(needs), "--lenient", "--join-tokens", "--publish"),
        *("--organization", "天山风能有限公司", "--create-organizations", "--report", str(report)),
    )
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].endswith("1 created, 0 changed, 0 unchanged, 1 left out")
    # The first line is where the progress bar was.
    assert result.stderr.splitlines()[1:] == [
        "columns not known, left out: mood",
        "row 2, title: 请填写这一项。",
    ]
    assert report.read_text("utf-8-sig").splitlines() == ["行号,列,原因,处理", "2,title,请填写这一项。,未导入"]
    database = Database(f"sqlite:///{tmp_path / 'data' / 'matchmaker.db'}")
    with database.read() as session:
        assert [(one.state, one.current.title) for one in session.scalars(sa.select(Listing))] == [
            ("published", "风机叶片涂层")
        ]
    database.dispose()


def test_import_of_an_unusable_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = call(tmp_path, "import", "needs", str(tmp_path / "absent.csv"))
    assert str(result.exception) == "找不到文件“absent.csv”。"


def test_evaluate_measures_and_writes_a_run(tmp_path: Path) -> None:
    folder = tmp_path / "graded"
    (folder / "qrels").mkdir(parents=True)
    rows = [
        {"_id": f"d{place}", "title": title, "text": ""} for place, title in enumerate(("风机叶片涂层", "棉花种植"))
    ]
    (folder / "corpus.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    query = {"_id": "q", "title": "风机叶片前缘涂层", "text": "耐风沙"}
    (folder / "queries.jsonl").write_text(json.dumps(query), encoding="utf-8")
    (folder / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq\td0\t3\nq\td1\t0\n", encoding="utf-8")
    run = tmp_path / "run.txt"
    result = call(tmp_path, "evaluate", str(folder), "--split", "dev", "--run", str(run), "--json")
    assert (result.exit_code, json.loads(result.stdout)["ndcg_10"]) == (0, 1.0)
    assert [line.split()[:4] for line in run.read_text().splitlines()] == [
        ["q", "Q0", "d0", "1"],
        ["q", "Q0", "d1", "2"],
    ]


def test_evaluate_of_an_absent_split_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "title": "t"}\n', encoding="utf-8")
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "t"}\n', encoding="utf-8")
    result = call(tmp_path, "evaluate", str(tmp_path), "--split", "dev")
    assert result.exit_code == 2
    assert result.stderr == f"Error: {tmp_path}/qrels/dev.tsv: no such file\n"
