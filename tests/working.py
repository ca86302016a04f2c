"""A worker that runs inside a test, until nothing is behind."""

from collections.abc import Iterator
from contextlib import contextmanager

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


def finish(worker: Worker) -> None:
    """Step until there is nothing left to do, and bring the indexes on disk up to date."""
    for _ in range(MOST_STEPS):
        if not worker.step():
            worker.engine.write_indexes(worker.database)
            return
    raise AssertionError("the worker never comes to rest")
