"""`journal verify`: stands, or says where it does not, with its exit status."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from matchmaker import migrations
from matchmaker.cli import group
from matchmaker.config import load_settings
from matchmaker.domain.base import Database
from matchmaker.services.journal.heads import keep_head
from tests.journal import behind, write_entries

pytestmark = pytest.mark.slow


def call(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["journal", "verify", *arguments], env={"MATCHMAKER_DATA": str(folder)})


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(f"sqlite:///{tmp_path / 'matchmaker.db'}")
    migrations.upgrade(opened.engine)
    write_entries(opened, 3)
    return opened


def test_journal_that_stands(tmp_path: Path, database: Database) -> None:
    found = json.loads(call(tmp_path, "--json").stdout)
    assert {"checked": 3, "stands": True, "broken": None}.items() <= found.items()
    again = call(tmp_path, "--head", found["head"])
    assert (again.exit_code, again.stdout) == (0, f"3 entries stand, 0 kept heads met\nhead: {found['head']}\n")


def test_changed_entry(tmp_path: Path, database: Database) -> None:
    with behind(database) as connection:
        connection.execute(sa.text("UPDATE journal SET action = 'x' WHERE id = 2"))
    result = call(tmp_path)
    assert result.exit_code == 1
    assert result.stdout == (
        "BROKEN after 1 entries: Entry 2 (number 2) is not as it was written: changed, or exchanged with another one.\n"
    )


def test_cut_tail_is_told_by_the_head_that_the_worker_kept(tmp_path: Path, database: Database) -> None:
    keep_head(load_settings({"MATCHMAKER_DATA": str(tmp_path)}), database)
    keep_head(load_settings({"MATCHMAKER_DATA": str(tmp_path)}), database)
    with behind(database) as connection:
        connection.execute(sa.text("DELETE FROM journal WHERE id = 3"))
        connection.execute(sa.text("DELETE FROM journal_links WHERE position = 3"))
    assert (tmp_path / "journal-heads.txt").read_text().count("\n") == 1
    found = json.loads(call(tmp_path, "--json").stdout)
    assert (found["broken"]["fault"], found["broken"]["position"]) == ("cut", 3)


def test_entries_of_before_the_chain_are_chained_by_the_migration(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path / 'matchmaker.db'}")
    migrations.upgrade(opened.engine, "0022")
    with opened.engine.execution_options(matchmaker_write=True).begin() as connection:
        for number in range(3):
            connection.execute(
                sa.text(
                    "INSERT INTO journal (at, subject_kind, subject_id, action, data) VALUES (:at, 'x', 1, 'y', :d)"
                ),
                {"at": f"2026-01-0{number + 1} 00:00:00.000000", "d": '{"b": "一", "a": [1, 2.5]}'},
            )
    migrations.upgrade(opened.engine)
    write_entries(opened, 1)
    opened.dispose()
    assert call(tmp_path).stdout.startswith("4 entries stand")
