"""Backup and restore of a live data folder."""

import dataclasses
import hashlib
import json
import sqlite3
import tarfile
from pathlib import Path

import pytest

from matchmaker import migrations
from matchmaker.config import Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.journal_chain import head
from matchmaker.domain.people import Organization
from matchmaker.services.backups import make_backup, restore_backup
from tests.journal import write_entries


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = load_settings({"MATCHMAKER_DATA": str(tmp_path / "data"), "MATCHMAKER_INDEXES": str(tmp_path / "indexes")})
    made.data.mkdir()
    (made.data / "files" / "ab").mkdir(parents=True)
    (made.data / "files" / "ab" / "abcd").write_bytes("附件".encode())
    (made.data / "secret_key").write_bytes(b"secret")
    database = Database(made.database_url)
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        session.add(Organization(kind="enterprise", name="天山机械"))
    database.dispose()
    return made


def _names(settings: Settings) -> list[str]:
    database = Database(settings.database_url)
    with database.read() as session:
        names = [organization.name for organization in session.query(Organization)]
    database.dispose()
    return names


def _elsewhere(settings: Settings, folder: Path) -> Settings:
    return dataclasses.replace(settings, data=folder, database_url=f"sqlite:///{folder / 'matchmaker.db'}")


def test_backup_restores_rows_files_and_secret_elsewhere(settings: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    made = make_backup(settings, archive)
    other = _elsewhere(settings, tmp_path / "other")
    restored = restore_backup(other, archive)
    assert (made.files, restored.files) == (2, 2)
    assert _names(other) == ["天山机械"]
    assert (other.data / "files" / "ab" / "abcd").read_text() == "附件"
    assert (other.data / "secret_key").read_bytes() == b"secret"


def test_backup_is_consistent_while_somebody_writes(settings: Settings, tmp_path: Path) -> None:
    with sqlite3.connect(settings.data / "matchmaker.db") as writer:
        writer.execute("UPDATE organizations SET name = '写了一半'")
        make_backup(settings, tmp_path / "backup.tar.gz")
        writer.rollback()
    writer.close()
    other = _elsewhere(settings, tmp_path / "other")
    restore_backup(other, tmp_path / "backup.tar.gz")
    assert _names(other) == ["天山机械"]


def test_backup_refuses_to_overwrite(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup.tar.gz").write_bytes(b"kept")
    with pytest.raises(Conflict):
        make_backup(settings, tmp_path / "backup.tar.gz")
    assert (tmp_path / "backup.tar.gz").read_bytes() == b"kept"


def test_restore_refuses_present_data_unless_told(settings: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    make_backup(settings, archive)
    with pytest.raises(Conflict):
        restore_backup(settings, archive)
    restore_backup(settings, archive, replace=True)
    kept = [path for path in tmp_path.iterdir() if path.name.startswith("data.before-restore-")]
    assert len(kept) == 1
    assert _names(settings) == ["天山机械"]


def test_restore_drops_indexes_that_follow_another_history(settings: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    make_backup(settings, archive)
    for name in ("vectors", "keywords", "model"):
        (settings.indexes / name).mkdir(parents=True)
    restore_backup(settings, archive, replace=True)
    assert sorted(path.name for path in settings.indexes.iterdir()) == ["model"]


@pytest.mark.parametrize("damage", ["truncated", "changed", "text", "empty"])
def test_restore_refuses_a_damaged_archive_and_leaves_no_trace(settings: Settings, tmp_path: Path, damage: str) -> None:
    archive = tmp_path / "backup.tar.gz"
    make_backup(settings, archive)
    content = archive.read_bytes()
    middle = len(content) // 2
    archive.write_bytes(
        {
            "truncated": content[:middle],
            "changed": content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :],
            "text": "不是备份".encode(),
            "empty": b"",
        }[damage]
    )
    other = _elsewhere(settings, tmp_path / "other")
    with pytest.raises(Invalid):
        restore_backup(other, archive)
    assert not other.data.exists()


def test_backup_takes_models_along_and_leaves_out_what_is_being_trained(settings: Settings, tmp_path: Path) -> None:
    for name in ("spring", ".summer.rounds", ".summer.new"):
        (settings.data / "models" / name).mkdir(parents=True)
        (settings.data / "models" / name / "weights.json").write_text("{}")
    make_backup(settings, tmp_path / "backup.tar.gz")
    restored = _elsewhere(settings, tmp_path / "restored")
    restore_backup(restored, tmp_path / "backup.tar.gz")
    assert [path.name for path in (restored.data / "models").iterdir()] == ["spring"]


def test_the_manifest_names_the_journal_s_end_and_restoring_compares(settings: Settings, tmp_path: Path) -> None:
    database = Database(settings.database_url)
    write_entries(database, 3)
    with database.read() as session:
        earlier = head(session)
    write_entries(database, 2)
    with database.read() as session:
        end = head(session)
    database.dispose()
    archive = tmp_path / "a.tar.gz"
    assert (make_backup(settings, archive).journal, end.position) == (end, 5)
    for place, noted in enumerate((None, earlier.hash, end.hash)):
        there = _elsewhere(settings, tmp_path / str(place))
        assert restore_backup(there, archive, wanted_head=noted).journal == end
    with pytest.raises(Invalid) as refused:
        restore_backup(settings, archive, replace=True, wanted_head="0" * 63 + "1")
    assert "没有恢复" in str(refused.value)
    assert _names(settings) == ["天山机械"]


def test_a_journal_that_was_cut_in_the_archive_is_refused(settings: Settings, tmp_path: Path) -> None:
    database = Database(settings.database_url)
    write_entries(database, 3)
    database.dispose()
    make_backup(settings, tmp_path / "a.tar.gz")
    folder = tmp_path / "opened"
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    with sqlite3.connect(folder / "matchmaker.db") as opened:
        opened.execute("DROP TRIGGER journal_links_no_delete")
        opened.execute("DELETE FROM journal_links WHERE position = 3")
    opened.close()
    manifest = json.loads((folder / "manifest.json").read_text())
    # Whoever cuts it makes the checksum right again, but forgets the end.
    manifest["sha256"]["matchmaker.db"] = hashlib.sha256((folder / "matchmaker.db").read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.add(path, arcname=path.relative_to(folder).as_posix())
    with pytest.raises(Invalid) as refused:
        restore_backup(settings, tmp_path / "b.tar.gz", replace=True)
    assert str(refused.value) == "备份中日志的末端与备份清单不符，没有恢复。"
