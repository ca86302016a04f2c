"""What was shown to whom: noted, written once a day, read with what was opened, and forgotten."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.showings import ListKind, PairVisit, Showing, ShowingLoss
from matchmaker.services.matches import matches_of
from matchmaker.services.showings.counter import SightCounter
from matchmaker.services.showings.lists import list_shown, pair_opened, viewer_of
from matchmaker.services.showings.reading import ShownPair, shown_lists
from matchmaker.services.showings.writing import forget_showings
from tests.pairs import pair, publish

LONG_AGO = timedelta(days=400)
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture
def world(database, cast):
    """Two pairs of alice's need: ids of the need and of bob's two achievements, and the list as alice sees it."""
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "叶片除冰")
        coating, film = (publish(session, cast.bob, "achievement", title) for title in ("疏冰涂料", "电热膜"))
        pair(
            session,
            need,
            coating,
            need_side_score=2.0,
            need_view={"score": 2.0, "probability": 0.9, "grade": 3, "terms": []},
        )
        pair(session, need, film, ranker="test-2")
        ids = need.id, coating.id, film.id
    with database.read() as session:
        listing = session.get(type(need), ids[0])
        return *ids, matches_of(session, cast.alice.actor, listing)


@pytest.fixture
def counter(database):
    return SightCounter(database)


def read(database):
    with database.read() as session:
        return list(shown_lists(session, utc_now() - timedelta(days=1), utc_now() + timedelta(days=1)))


def test_list_is_read_as_its_viewer_saw_it(database, cast, world, counter):
    need_id, coating_id, film_id, views = world
    counter.note(list_shown(cast.alice.actor, ListKind.LISTING, views, listing_id=need_id, first=21))
    counter.flush()
    (shown,) = read(database)
    assert (shown.organization_id, shown.role, shown.kind) == (cast.alice.organization_id, "enterprise", "listing")
    assert (shown.listing_id, shown.ranker, shown.model, shown.times) == (need_id, "test-1", "hashing", 1)
    assert shown.pairs == (
        ShownPair(21, need_id, coating_id, 2.0, False, "test-1", "hashing"),
        ShownPair(22, need_id, film_id, 1.0, False, "test-2", "hashing"),
    )


def test_same_list_within_a_day_counts_up_and_another_order_is_another(database, cast, world, counter):
    need_id, _, _, views = world
    shown = list_shown(cast.alice.actor, ListKind.LISTING, views, listing_id=need_id)
    counter.note(shown)
    counter.note(shown)
    counter.flush()
    counter.note(shown)
    counter.note(list_shown(cast.alice.actor, ListKind.LISTING, views[::-1], listing_id=need_id))
    counter.flush()
    assert [(row.times, row.last_at >= row.at) for row in read(database)] == [(3, True), (1, True)]


def test_pair_counts_as_opened_for_the_viewer_who_opened_it(database, cast, world, counter):
    need_id, _, _, views = world
    for actor in (cast.alice.actor, cast.carol.actor):
        counter.note(list_shown(actor, ListKind.LISTING, views, listing_id=need_id))
    counter.note(pair_opened(cast.alice.actor, views[1], None))
    counter.note(pair_opened(cast.carol.actor, views[0], ListKind.TRIAGE))
    counter.flush()
    opened = {shown.role: [each.opened for each in shown.pairs] for shown in read(database)}
    assert opened == {"enterprise": [False, True], "broker": [False, False]}


def test_office_and_visitors_are_not_remembered(cast, world):
    views = world[-1]
    assert [viewer_of(cast[name].actor) for name in ("dave", "erin", "peter")] == [None, None, None]
    assert (list_shown(cast.dave.actor, ListKind.ALL, views), list_shown(cast.alice.actor, ListKind.MINE, ())) == (
        None,
        None,
    )


def test_robots_are_left_out_of_what_is_written(database, cast, world, counter):
    shown = list_shown(cast.alice.actor, ListKind.MINE, world[-1])
    counter.note(shown, ROBOT)
    assert (counter.flush(), read(database)) == (0, [])
    counter.note(shown, ROBOT)
    counter.note(shown, "Mozilla/5.0 Firefox/140.0")
    assert (counter.flush(), [row.times for row in read(database)]) == (1, [1])


def test_busy_database_loses_nothing_and_a_full_memory_is_counted(database, cast, world, monkeypatch):
    views = world[-1]
    monkeypatch.setattr("matchmaker.services.showings.counter.MOST_WAITING", 2)
    monkeypatch.setattr("matchmaker.domain.base.BUSY_TIMEOUT_MS", 10)
    impatient = Database(str(database.engine.url))
    counter = SightCounter(impatient)
    for first in (1, 21, 41):
        counter.note(list_shown(cast.alice.actor, ListKind.LISTING, views, first=first))
    with database.transaction() as other:
        other.execute(sa.text("SELECT 1"))
        assert (counter.flush(), counter.lost) == (0, 1)
    assert (counter.flush(), counter.lost) == (2, 0)
    with database.read() as session:
        assert session.scalars(sa.select(ShowingLoss.lost)).all() == [1]
    impatient.dispose()


def test_old_showings_are_forgotten(database, cast, world, counter):
    views = world[-1]
    counter.note(list_shown(cast.alice.actor, ListKind.LISTING, views))
    counter.note(pair_opened(cast.alice.actor, views[0], None))
    counter.flush()
    assert forget_showings(database, 365, utc_now()) == 0
    with database.transaction() as session:
        day = session.scalars(sa.select(Showing.on)).one()
        session.execute(sa.update(Showing).values(on=day - LONG_AGO))
        session.execute(sa.update(PairVisit).values(on=day - LONG_AGO))
    assert (forget_showings(database, 365, utc_now()), read(database)) == (2, [])


def test_nothing_but_ids_and_numbers_is_kept(database, cast, world, counter):
    counter.note(list_shown(cast.carol.actor, ListKind.ALL, world[-1]))
    counter.flush()
    with database.read() as session:
        (cells,) = session.scalars(sa.select(Showing.pairs)).all()
    assert [type(part) for part in cells[0]] == [int, int, float]
