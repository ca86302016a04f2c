"""Uploaded lists on disk: under their hash in the data folder, for as long as somebody may want to go on with them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.imports import Import
from matchmaker.domain.jobs import ENDED, Job
from matchmaker.services.imports.tables import Source, check_file
from matchmaker.services.uploads import StoredFile, clean_name, stored_path, take_in

LISTS = "imports"
"""Folder of the data folder."""
KEPT = timedelta(days=7)


def store_list(data: Path, name: str, stream: IO[bytes], most_bytes: int) -> StoredFile:
    """Store an uploaded list in the data folder, after a look at what it is. Nothing in the database names it yet.

    Raises:
        Invalid: no file, empty, larger than `most_bytes`, of another kind, damaged, locked or a bomb.
    """
    name = clean_name(name)

    def check(path: Path) -> str:
        source = Source(path, name)
        check_file(source)
        return source.suffix.lstrip(".")

    return take_in(data, LISTS, name, stream, most_bytes, check)


def source_of(data: Path, found: Import) -> Source:
    """Return an import's file under the person's own name for it."""
    return Source(stored_path(data, found.sha256, LISTS), found.name)


def forget_lists(database: Database, data: Path, now: datetime | None = None) -> int:
    """Delete lists that nobody has gone on with for KEPT, and return how many; what was imported stays."""
    before = (now or utc_now()) - KEPT
    old = list(_older(data / LISTS, before))
    if not old:
        return 0
    with database.transaction() as session:
        running = sa.select(Import.sha256).join(Job, Job.id == Import.job_id).where(Job.state.not_in(ENDED))
        busy = set(session.scalars(running.where(Import.sha256.in_([path.name for path in old]))))
        gone = [path for path in old if path.name not in busy]
        for path in gone:
            path.unlink(missing_ok=True)
        session.execute(
            sa.update(Import)
            .where(Import.sha256.in_([path.name for path in gone]), Import.file_deleted_at.is_(None))
            .values(file_deleted_at=now or utc_now())
        )
    return len(gone)


def _older(folder: Path, before: datetime) -> Iterator[Path]:
    # Storing the same list again makes its file new, so one that is old belongs to nobody's upload of now.
    for path in folder.glob("*/*"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            yield path
