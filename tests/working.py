"""A worker that runs inside a test, until nothing is behind."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.services.engine import Engine
from matchmaker.services.worker import Worker

MOST_STEPS = 500


@contextmanager
def working(settings: Settings, database: Database) -> Iterator[Worker]:
    """Yield a started worker and let go of its indexes at the end."""
    engine = Engine(settings)
    worker = Worker(settings, database, engine)
    worker.start()
    try:
        yield worker
    finally:
        engine.close()


def work(settings: Settings, database: Database) -> None:
    """Do everything that is behind."""
    with working(settings, database) as worker:
        finish(worker)


def work_once(kept: Path, settings: Settings, database: Database, write: Callable[[], None]) -> None:
    """Write something and do everything that is behind; in `kept` it is there for all tests that have written the same.

    They get a copy of the database and the indexes, which is ten times as fast.
    """
    folders = (settings.data, kept / "data"), (settings.indexes, kept / "indexes")
    if not folders[0][1].exists():
        write()
        work(settings, database)
        database.dispose()
        for folder, copy in folders:
            shutil.copytree(folder, copy)
        return
    database.dispose()
    for folder, copy in folders:
        shutil.copytree(copy, folder, dirs_exist_ok=True)


def finish(worker: Worker) -> None:
    """Step until there is nothing left to do, and bring the indexes on disk up to date."""
    for _ in range(MOST_STEPS):
        if not worker.step():
            worker.engine.write_indexes(worker.database)
            return
    raise AssertionError("the worker never comes to rest")
