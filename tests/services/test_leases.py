"""Leases between two workers."""

import subprocess
import sys
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.embeddings import Lease
from matchmaker.services.leases import claim, holder_name, leased_ids, release_dead_holders, release_leases


def test_lease_is_held_by_one(database: Database) -> None:
    assert claim(database, "embed", [1, 2], "one") == [1, 2]
    assert claim(database, "embed", [2, 3], "two") == [3]
    with database.read() as session:
        assert leased_ids(session, "embed", "two") == {1, 2}


def test_lease_is_extended_by_its_holder(database: Database) -> None:
    claim(database, "embed", [1], "one")
    assert claim(database, "embed", [1], "one") == [1]


def test_lease_falls_back_when_it_expires(database: Database) -> None:
    claim(database, "embed", [1], "dead")
    with database.transaction() as session:
        session.execute(sa.update(Lease).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert claim(database, "embed", [1], "alive") == [1]


def test_lease_released_by_another_stays(database: Database) -> None:
    claim(database, "embed", [1], "one")
    with database.transaction() as session:
        release_leases(session, ["embed:1"], "two")
    assert claim(database, "embed", [1], "two") == []
    with database.transaction() as session:
        release_leases(session, ["embed:1"], "one")
    assert claim(database, "embed", [1], "two") == [1]


def test_leases_of_nothing_are_nothing(database: Database) -> None:
    assert claim(database, "embed", [], "one") == []


def test_leases_of_a_killed_process_are_freed_at_the_next_start(database: Database) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host, _, token = holder_name().split("/")
    dead, alive, far = f"{host}/{gone.pid}/{token}", holder_name(), f"elsewhere-{host}/{gone.pid}/{token}"
    for number, holder in enumerate((dead, alive, far)):
        claim(database, "embed", [number], holder)
    with database.transaction() as session:
        release_dead_holders(session)
    assert claim(database, "embed", [0, 1, 2], "next") == [0]
