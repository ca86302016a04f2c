"""Which pages are remembered as shown, and which are not."""

import pytest
import sqlalchemy as sa
from flask import Flask

from matchmaker.domain.base import Database
from matchmaker.domain.showings import PairVisit, Showing
from matchmaker.web.platform import EXTENSION
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import pair, publish

HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.slow


@pytest.fixture
def ids(database: Database, cast: Cast) -> tuple[int, int]:
    """alice's need and its pair."""
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "叶片除冰")
        match = pair(session, need, publish(session, cast.bob, "achievement", "疏冰涂料"))
        return need.id, match.id


def kept(app: Flask, database: Database) -> list[tuple[str, str, int | None]]:
    app.extensions[EXTENSION].sights.flush()
    with database.read() as session:
        query = sa.select(Showing.kind, Showing.role, Showing.listing_id).order_by(Showing.id)
        return [tuple(row) for row in session.execute(query)]


def test_short_lists_of_the_workbench_and_of_a_listing_are_kept_too(
    app: Flask, database: Database, client_of: ClientOf, ids: tuple[int, int]
) -> None:
    need_id, _ = ids
    client_of("bob").get("/dashboard")
    client_of("bob").get(f"/needs/{need_id}")
    assert kept(app, database) == [("workbench", "university", None), ("beside", "university", need_id)]


def opened(app: Flask, database: Database) -> list[tuple[str, int]]:
    app.extensions[EXTENSION].sights.flush()
    with database.read() as session:
        query = sa.select(PairVisit.kind, PairVisit.times).order_by(PairVisit.kind)
        return [tuple(row) for row in session.execute(query)]


def test_each_list_is_kept_as_what_it_is(
    app: Flask, database: Database, client_of: ClientOf, ids: tuple[int, int]
) -> None:
    need_id, _ = ids
    client_of("alice").get(f"/listings/{need_id}/matches")
    client_of("alice").get("/matches")
    client_of("bob").get("/triage")
    client_of("carol").get("/matches")
    assert sorted(kept(app, database), key=str) == sorted(
        [
            ("listing", "enterprise", need_id),
            ("mine", "enterprise", need_id),
            ("triage", "university", None),
            ("all", "broker", None),
        ],
        key=str,
    )


def test_parts_exports_prefetching_robots_and_the_office_are_not_kept(
    app: Flask, database: Database, client_of: ClientOf, ids: tuple[int, int]
) -> None:
    need_id, _ = ids
    alice = client_of("alice")
    alice.get(f"/listings/{need_id}/matches", headers=HTMX)
    alice.get("/triage/export")
    alice.get("/matches", headers={"Sec-Purpose": "prefetch"})
    alice.get("/matches", headers={"User-Agent": "python-requests/2.32"})
    client_of("dave").get("/matches")
    assert kept(app, database) == []


def test_opened_pair_knows_the_list_it_was_opened_from(
    app: Flask, database: Database, client_of: ClientOf, ids: tuple[int, int]
) -> None:
    need_id, match_id = ids
    alice = client_of("alice")
    host = "http://localhost"
    alice.get(f"/matches/{match_id}", headers={"Referer": f"{host}/listings/{need_id}/matches"})
    alice.get(f"/matches/{match_id}", headers={"Referer": f"{host}/listings/{need_id}/matches?grade=2"})
    alice.get(f"/matches/{match_id}", headers={"Referer": "http://elsewhere.example/matches"})
    alice.get(f"/triage/{match_id}", headers={**HTMX, "HX-Trigger": "triage-pair"})
    alice.get(f"/triage/{match_id}", headers=HTMX)
    assert opened(app, database) == [("", 1), ("listing", 2), ("triage", 1)]
