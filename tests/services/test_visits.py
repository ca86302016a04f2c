"""Counting visits without knowing who came."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.visits import ListingVisit, VisitSalt
from matchmaker.services.visits import Visit, VisitCounter, forget_salts, write_visits
from tests.pairs import publish

TODAY = date(2026, 11, 26)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SPIDER = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"


@pytest.fixture
def need_id(database, cast):
    with database.transaction() as session:
        return publish(session, cast.alice, "need", "叶片除冰").id


def stored(database):
    with database.read() as session:
        return session.scalars(sa.select(ListingVisit).order_by(ListingVisit.visitor)).all()


def test_same_visitor_counts_once_a_day_however_often(database, cast, need_id):
    bob = cast.bob.organization_id
    counter = VisitCounter(database)
    for _ in range(3):
        counter.note(Visit(need_id, TODAY, None, "10.0.0.1", FIREFOX))
        counter.note(Visit(need_id, TODAY, bob))
        counter.flush()
    counter.note(Visit(need_id, TODAY, None, "10.0.0.2", FIREFOX))
    assert (counter.flush(), counter.flush()) == (1, 0)
    assert sorted(str(row.organization_id) for row in stored(database)) == [str(bob), "None", "None"]


def test_two_processes_count_a_visitor_once(database, need_id):
    for _ in range(2):
        counter = VisitCounter(database)
        counter.note(Visit(need_id, TODAY, None, "10.0.0.1", FIREFOX))
        counter.flush()
    assert len(stored(database)) == 1


@pytest.mark.parametrize("browser", [SPIDER, "curl/8.5", ""])
def test_robots_do_not_count(database, need_id, browser):
    counter = VisitCounter(database)
    counter.note(Visit(need_id, TODAY, None, "10.0.0.1", browser))
    assert (counter.flush(), stored(database)) == (0, [])


def test_marks_hold_no_address_and_change_from_day_to_day(session, cast):
    need = publish(session, cast.alice, "need", "叶片除冰")
    write_visits(session, [Visit(need.id, TODAY + timedelta(days=day), None, "10.0.0.1", FIREFOX) for day in (0, 1)])
    marks = session.scalars(sa.select(ListingVisit.visitor)).all()
    assert (len(set(marks)), {len(mark) for mark in marks}) == (2, {24})
    forget_salts(session, TODAY + timedelta(days=1))
    assert session.scalars(sa.select(VisitSalt.on)).all() == [TODAY + timedelta(days=1)]


def test_visit_of_a_listing_that_is_gone_is_dropped(database, need_id, cast):
    counter = VisitCounter(database)
    counter.note(Visit(need_id + 99, TODAY, cast.bob.organization_id))
    counter.flush()
    assert stored(database) == []


def test_a_locked_database_loses_no_visit(database, need_id, monkeypatch):
    counter = VisitCounter(database)
    counter.note(Visit(need_id, TODAY, None, "10.0.0.1", FIREFOX))
    with database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE listing_visits RENAME TO elsewhere"))
    assert counter.flush() == 0
    with database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO listing_visits"))
    assert counter.flush() == 1


def test_a_flood_is_not_kept(database, need_id, monkeypatch):
    monkeypatch.setattr("matchmaker.services.visits.MOST_WAITING", 2)
    counter = VisitCounter(database)
    for number in range(5):
        counter.note(Visit(need_id, TODAY, None, f"10.0.0.{number}", FIREFOX))
    assert counter.flush() == 2
