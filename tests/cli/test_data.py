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
