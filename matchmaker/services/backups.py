"""Backup and restore of everything a user would miss: database, files, secret key, trained models."""

import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from matchmaker import __version__, migrations
from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.journal_chain import Head, JournalLink, head
from matchmaker.domain.language import N_
from matchmaker.services.journal.verifying import verify

MANIFEST = "manifest.json"
DATABASE = "matchmaker.db"
FORMAT = 1
# Made again from the database; after a restore they may know changes that the restored database does not.
FOLLOWING = ("vectors", "keywords")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself: format number, program version, schema revision, moment, checksum per file.

    `journal_entries` and `journal_head` name the end of its journal's chain; none in archives of older versions.
    """

    format: int
    version: str
    schema: str
    made_at: str
    sha256: dict[str, str]
    journal_entries: int = 0
    journal_head: str = ""


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """What an archive holds: its path, the schema's revision, number of files and bytes besides the database, and the
    end of its journal."""

    path: Path
    schema: str
    files: int
    bytes: int
    journal: Head


def make_backup(settings: Settings, target: Path) -> BackupSummary:
    """Write a .tar.gz of the data folder to `target`, consistent while server and worker run.

    The database is copied by SQLite's own online backup first and the files after it: a file is stored before the row
    that names it and is never changed, so each row of the copy finds its file.

    Raises:
        Invalid: the database is not SQLite (PostgreSQL has pg_dump), or `target` exists.
    """
    if target.exists():
        raise Conflict(N_("文件 %(path)s 已存在，请换一个文件名。"), path=target)
    source = _sqlite_file(settings)
    with tempfile.TemporaryDirectory(dir=settings.data) as folder:
        copy = Path(folder) / DATABASE
        _copy_database(source, copy)
        members = {DATABASE: copy, **dict(_files(settings.data, source))}
        manifest = _manifest(members)
        partial = target.with_name(target.name + ".partial")
        _write_archive(partial, manifest, members)
        partial.rename(target)
    sizes = [path.stat().st_size for name, path in members.items() if name != DATABASE and path.exists()]
    return BackupSummary(target, manifest.schema, len(sizes), sum(sizes), _head_of(manifest))


def restore_backup(
    settings: Settings, archive: Path, *, replace: bool = False, wanted_head: str | None = None
) -> BackupSummary:
    """Unpack `archive` into the data folder, after every checksum has been verified.

    Server and worker must be stopped. With `replace`, the present data folder is kept beside it under a dated name.
    With `wanted_head`, the hash of an end that was noted earlier, the archive's journal is walked first: it must stand
    and hold that end.

    Raises:
        Conflict: there is data already and `replace` is not given.
        Invalid: the archive is damaged, of another format, or from a newer version of matchmaker; its journal does not
            end where its manifest says, does not stand, or does not hold `wanted_head`.
    """
    database_file = _sqlite_file(settings)
    if database_file.exists() and not replace:
        raise Conflict(
            N_("数据目录 %(path)s 中已有数据。如要替换，请加 --replace（旧数据会另存）。"), path=settings.data
        )
    settings.data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data.parent) as folder:
        fresh = Path(folder) / "data"
        manifest = _unpack(archive, fresh)
        _check_journal(fresh / DATABASE, manifest, wanted_head)
        if settings.data.exists():
            stamp = utc_now().strftime("%Y%m%d-%H%M%S")
            settings.data.rename(settings.data.with_name(f"{settings.data.name}.before-restore-{stamp}"))
        (fresh / MANIFEST).unlink()
        fresh.rename(settings.data)
    for name in FOLLOWING:
        shutil.rmtree(settings.indexes / name, ignore_errors=True)
    files = [name for name in manifest.sha256 if name != DATABASE]
    size = sum((settings.data / name).stat().st_size for name in files)
    return BackupSummary(archive, manifest.schema, len(files), size, _head_of(manifest))


def _head_of(manifest: Manifest) -> Head:
    return Head(manifest.journal_entries, manifest.journal_head)


def _check_journal(file: Path, manifest: Manifest, wanted: str | None) -> None:
    database = Database(f"sqlite:///{file}")
    try:
        if manifest.journal_head and _journal_head(database) != _head_of(manifest):
            raise Invalid(N_("备份中日志的末端与备份清单不符，没有恢复。"))
        broken = verify(database, wanted=wanted).broken if wanted is not None else None
    finally:
        database.dispose()
    if broken is not None:
        raise Invalid(N_("备份中的日志没有通过核对，没有恢复：%(what)s"), what=broken.sentence)


def _journal_head(database: Database) -> Head:
    """Return the end of a database's journal; nothing where its schema is older than the chain."""
    if not sa.inspect(database.engine).has_table(JournalLink.__tablename__):
        return Head(0, "")
    with database.read() as session:
        return head(session)


def _sqlite_file(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise Invalid(N_("此命令只备份 SQLite 数据库；PostgreSQL 请使用 pg_dump，并另行复制数据目录。"))
    path = Path(url.database).absolute()
    if path.parent != settings.data:
        raise Invalid(N_("数据库不在数据目录 %(path)s 中，无法一并备份。"), path=settings.data)
    return path


def _copy_database(source: Path, copy: Path) -> None:
    if not source.exists():
        raise Invalid(N_("数据库 %(path)s 不存在。"), path=source)
    with sqlite3.connect(source) as live, sqlite3.connect(copy) as target:
        live.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    target.close()
    live.close()


def _files(data: Path, database: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(data.rglob("*")):
        relative = path.relative_to(data)
        # Hidden is what is being written or trained at this moment: half of something.
        hidden = any(part.startswith(".") for part in relative.parts)
        skipped = hidden or path.name.startswith(database.name) or relative.parts[0] in {"backups"}
        if path.is_file() and not skipped and not relative.parts[0].startswith("tmp"):
            yield relative.as_posix(), path


def _manifest(members: dict[str, Path]) -> Manifest:
    database = Database(f"sqlite:///{members[DATABASE]}")
    try:
        schema, end = migrations.current(database.engine) or "", _journal_head(database)
    finally:
        database.dispose()
    made_at = utc_now().isoformat(timespec="seconds")
    hashes = {name: _sha256(path) for name, path in members.items()}
    return Manifest(FORMAT, __version__, schema, made_at, hashes, end.position, end.hash)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_archive(path: Path, manifest: Manifest, members: dict[str, Path]) -> None:
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        data = json.dumps(asdict(manifest), indent=1).encode()
        header = tarfile.TarInfo(MANIFEST)
        header.size = len(data)
        archive.addfile(header, io.BytesIO(data))
        for name, file in members.items():
            archive.add(file, arcname=name)


def _unpack(archive: Path, folder: Path) -> Manifest:
    damaged = N_("备份文件 %(path)s 已损坏，或不是本平台的备份。")
    try:
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(folder, filter="data")
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
        whole = all(_sha256(folder / name) == digest for name, digest in manifest.sha256.items())
    except (tarfile.TarError, EOFError, OSError, ValueError, TypeError, zlib.error) as error:
        raise Invalid(damaged, path=archive) from error
    if not whole or DATABASE not in manifest.sha256:
        raise Invalid(damaged, path=archive)
    if manifest.format != FORMAT or manifest.schema not in migrations.known():
        raise Invalid(N_("备份来自更新的版本 %(version)s，请先升级本程序。"), version=manifest.version)
    return manifest
