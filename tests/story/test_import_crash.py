"""An import whose worker is killed again and again: every row once, every bad row reported once."""

import json
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from io import BytesIO

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.imports import Import, ImportProblem
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.notices import Notice
from matchmaker.services.imports.files import store_list
from matchmaker.services.imports.stages import begin_import, choose_columns, run_import
from tests.cast import Cast, Member
from tests.running import run_jobs
from tests.services.imports.conftest import NEED

KILLS, ROWS = 6, 1200
BAD = frozenset(range(7, ROWS, 100))


@pytest.mark.slow
def test_import_whose_worker_is_killed_six_times_brings_in_each_row_once(
    settings: Settings, database: Database, cast: Cast
) -> None:
    import_id = _ordered(settings, database, cast.alice)
    chance = random.Random(20261126)
    for _ in range(KILLS):
        _run_and_kill(settings, database, import_id, chance.randrange(1, ROWS // KILLS // 2))
    assert _job(database, import_id)[0] == "running"
    run_jobs_of_dead_workers(settings, database)
    state, done, result = _job(database, import_id)
    assert (state, done, result["created"], result["bad"]) == ("done", ROWS, ROWS - len(BAD), len(BAD))
    with database.read() as session:
        ids = session.scalars(sa.select(Listing.external_id)).all()
        assert len(ids) == len(set(ids)) == session.scalar(sa.select(sa.func.count(Revision.id))) == ROWS - len(BAD)
        assert sorted(session.scalars(sa.select(ImportProblem.row))) == sorted(BAD)
        assert session.scalar(sa.select(sa.func.count(Notice.id)).where(Notice.topic == "import")) == 1


def run_jobs_of_dead_workers(settings: Settings, database: Database) -> None:
    """Take over what killed workers held, as a worker does when it starts, and finish it."""
    from matchmaker.services.leases import release_dead_holders

    with database.transaction() as session:
        release_dead_holders(session)
    run_jobs(settings, database)


def _ordered(settings: Settings, database: Database, member: Member) -> int:
    rows = [{**NEED, "编号": f"N-{n}", "技术领域": "炼金术" if n in BAD else "农业"} for n in range(1, ROWS + 1)]
    content = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
    stored = store_list(settings.data, "needs.jsonl", BytesIO(content), len(content))
    with database.transaction() as session:
        import_id = begin_import(session, member.actor, "need", stored).id
    run_jobs(settings, database)
    with database.transaction() as session:
        found = session.get_one(Import, import_id)
        columns = (found.findings or {})["columns"]
        choose_columns(session, member.actor, found, columns, arrival="submitted", visibility="public")
        run_import(session, member.actor, found, declared=True)
    return import_id


def _job(database: Database, import_id: int) -> tuple[str, int, dict[str, int]]:
    with database.read() as session:
        job = session.get_one(Import, import_id).job
        return job.state, job.done, job.result


def _run_and_kill(settings: Settings, database: Database, import_id: int, rows: int) -> None:
    """Run a worker until it has brought the import `rows` rows further, and kill it wherever it is then."""
    environment = {
        **os.environ,
        "MATCHMAKER_DATA": str(settings.data),
        "MATCHMAKER_INDEXES": str(settings.indexes),
        "MATCHMAKER_MODEL": "hashing",
    }
    until = _job(database, import_id)[1] + rows
    worker = subprocess.Popen(
        [sys.executable, "-m", "matchmaker.cli", "worker"], env=environment, stderr=subprocess.PIPE
    )
    while _job(database, import_id)[1] < until:
        with suppress(subprocess.TimeoutExpired):
            worker.communicate(timeout=0.02)
        assert worker.returncode is None
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
