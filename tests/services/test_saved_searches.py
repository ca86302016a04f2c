"""Saved searches and followed fields: one's own only, each told of once, and only what its person may read."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.listings import Listing
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.saved_searches import NAME_LONGEST, SavedSearch
from matchmaker.services import searching
from matchmaker.services.changes import SETTLED
from matchmaker.services.closing import Ending, close
from matchmaker.services.engine import Engine
from matchmaker.services.indexing import note_change
from matchmaker.services.saved_searches import (
    MOST,
    change_search,
    delete_search,
    follow_field,
    get_search,
    hits_of,
    list_rows,
    save_search,
)
from matchmaker.services.search_alerts import look_for_news
from matchmaker.services.searching import SearchRequest
from tests.cast import Cast, Member
from tests.counting import counted_queries
from tests.pairs import publish
from tests.working import finish, working


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    made = Engine(settings)
    yield made
    made.close()


def _save(database: Database, member: Member, **asked: str) -> int:
    with database.transaction() as session:
        return save_search(session, member.actor, SearchRequest(**asked)).id  # type: ignore[arg-type]


def _publish(database: Database, owner: Member, kind: str, title: str, **columns: object) -> int:
    with database.transaction() as session:
        listing = publish(session, owner, kind, title, **columns)
        listing.published_at = utc_now()
        note_change(session, listing.id)
        return listing.id


def _look(database: Database, engine: Engine) -> int:
    return look_for_news(database, engine, utc_now() + 2 * SETTLED)


def _told(database: Database) -> list[tuple[int, str, str]]:
    with database.read() as session:
        rows = session.execute(sa.select(Notice.user_id, Notice.title, Notice.body).order_by(Notice.id))
        return [tuple(row) for row in rows]


def test_followed_field_tells_once_of_what_is_published_later(database: Database, cast: Cast, engine: Engine) -> None:
    _publish(database, cast.bob, "achievement", "以前的涂层")
    with database.transaction() as session:
        follow_field(session, cast.alice.actor, "energy")
    for title, field in (("涂层", "energy"), ("滴灌", "agriculture"), ("储能", "energy")):
        _publish(database, cast.bob, "achievement", title, field=field)
    looks = [_look(database, engine) for _ in range(2)]
    name = "新能源与高效节能"
    assert (looks, _told(database)) == (
        [1, 0],
        [(cast.alice.user_id, f"“{name}”有 2 项新内容", "《储能》\n《涂层》")],
    )


def test_listing_is_told_of_once_whichever_search_finds_it(database: Database, cast: Cast, engine: Engine) -> None:
    for asked in ({"field": "energy"}, {"region": "650104"}):
        _save(database, cast.alice, **asked)
    listing_id = _publish(database, cast.bob, "achievement", "涂层")
    _look(database, engine)
    with database.transaction() as session:
        note_change(session, listing_id)
        delete_search(session, cast.alice.actor, 1)
        save_search(session, cast.alice.actor, SearchRequest(field="energy", kind="achievement"))
    _look(database, engine)
    assert [user for user, _title, _body in _told(database)] == [cast.alice.user_id]


def test_only_what_the_person_may_read_now_is_told(database: Database, cast: Cast, engine: Engine) -> None:
    for member in (cast.alice, cast.bob, cast.carol):
        _save(database, member, field="energy", kind="need")
    _publish(database, cast.alice, "need", "自己的需求")
    _publish(database, cast.mallory, "need", "仅限经纪人", visibility="brokers")
    closed = _publish(database, cast.mallory, "need", "已撤下")
    with database.transaction() as session:
        session.get_one(Listing, closed).state = "closed"
    _look(database, engine)
    assert _told(database) == [
        (cast.bob.user_id, "“新能源与高效节能”有 1 项新内容", "《自己的需求》"),
        (cast.carol.user_id, "“新能源与高效节能”有 2 项新内容", "《仅限经纪人》\n《自己的需求》"),
    ]


def test_district_of_an_anonymous_need_is_not_guessed_from_a_search(
    database: Database, cast: Cast, engine: Engine
) -> None:
    _save(database, cast.bob, region="650104")
    _save(database, cast.bob, region="650100")
    _publish(database, cast.alice, "need", "匿名", visibility="anonymous", region="650104")
    _look(database, engine)
    assert [title for _user, title, _body in _told(database)] == ["“乌鲁木齐市”有 1 项新内容"]


def test_person_who_has_left_or_was_disabled_is_told_nothing_more_than_anybody(
    database: Database, cast: Cast, engine: Engine
) -> None:
    _save(database, cast.carol, field="energy")
    _save(database, cast.mallory, field="energy")
    with database.transaction() as session:
        session.get_one(User, cast.mallory.user_id).disabled_at = utc_now()
        session.execute(
            sa.text("UPDATE memberships SET state = 'ended' WHERE id = :id"), {"id": cast.carol.membership_id}
        )
    _publish(database, cast.alice, "need", "仅限经纪人", visibility="brokers")
    _publish(database, cast.alice, "need", "公开")
    _look(database, engine)
    assert [(user, body) for user, _title, body in _told(database)] == [(cast.carol.user_id, "《公开》")]


def test_words_tell_of_what_is_about_them(settings: Settings, database: Database, cast: Cast) -> None:
    _save(database, cast.alice, text="风电叶片防冰涂层")
    with working(settings, database) as worker:
        _publish(database, cast.bob, "achievement", "风电叶片防冰疏水涂层")
        _publish(database, cast.bob, "achievement", "驼奶冻干工艺")
        finish(worker)
        _look(database, worker.engine)
    assert [(title, body) for _user, title, body in _told(database)] == [
        ("“风电叶片防冰涂层”有 1 项新内容", "《风电叶片防冰疏水涂层》")
    ]


def test_changed_search_that_was_being_looked_for_writes_nothing(
    database: Database, cast: Cast, engine: Engine
) -> None:
    search_id = _save(database, cast.alice, field="energy")
    _publish(database, cast.bob, "achievement", "涂层")
    with database.transaction() as session:
        change_search(session, cast.alice.actor, search_id, SearchRequest(field="agriculture"), "农业")
    assert (_look(database, engine), _told(database)) == (0, [])


def test_same_search_is_saved_once_and_a_name_is_made(session: Session, cast: Cast) -> None:
    asked = SearchRequest(text="  除冰\n涂层 ", field="energy", page=7)
    first = save_search(session, cast.alice.actor, asked)
    assert save_search(session, cast.alice.actor, asked, "别名") is first
    assert (first.name, first.text, first.membership_id) == (
        "除冰 涂层 · 新能源与高效节能",
        "除冰 涂层",
        cast.alice.membership_id,
    )


@pytest.mark.parametrize(
    ("asked", "name"),
    [({}, ""), ({"kind": "need"}, ""), ({"text": " \x00 "}, "名"), ({"text": "甲"}, "名" * (NAME_LONGEST + 1))],
)
def test_search_for_nothing_or_of_too_long_a_name_is_refused(
    session: Session, cast: Cast, asked: dict[str, str], name: str
) -> None:
    with pytest.raises(Invalid):
        save_search(session, cast.alice.actor, SearchRequest(**asked), name)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        follow_field(session, cast.alice.actor, "alchemy")


def test_searches_are_limited_and_their_owner_s_only(session: Session, cast: Cast) -> None:
    saved = [save_search(session, cast.alice.actor, SearchRequest(text=f"词{n}")) for n in range(MOST)]
    with pytest.raises(Invalid, match="最多保存"):
        save_search(session, cast.alice.actor, SearchRequest(text="再来"))
    for action in (get_search, delete_search):
        with pytest.raises(NotFound):
            action(session, cast.bob.actor, saved[0].id)
    with pytest.raises(Forbidden):
        save_search(session, Actor.anonymous(), SearchRequest(text="词"))
    assert (len(list_rows(session, cast.alice.actor)), list_rows(session, cast.bob.actor)) == (MOST, [])


def test_hits_show_what_can_still_be_read_in_a_fixed_number_of_queries(
    database: Database, cast: Cast, engine: Engine
) -> None:
    search_id = _save(database, cast.alice, field="energy")
    counts = []
    for added in (1, 2):
        for n in range(added):
            last = _publish(database, cast.bob, "achievement", f"涂层{added}{n}")
        _look(database, engine)
        with database.read() as session, counted_queries(database.engine) as queries:
            hits = hits_of(session, cast.alice.actor, session.get_one(SavedSearch, search_id))
        counts.append(len(queries))
    with database.transaction() as session:
        close(session, cast.bob.actor, session.get_one(Listing, last), Ending("withdrawn"))
    with database.read() as session:
        left = hits_of(session, cast.alice.actor, session.get_one(SavedSearch, search_id))
    assert (len(hits), len(left), counts[0] == counts[1]) == (3, 2, True)


def test_search_behind_a_long_log_reaches_its_end(database: Database, cast: Cast, engine: Engine) -> None:
    search_id = _save(database, cast.alice, field="energy")
    with database.transaction() as session:
        session.execute(sa.insert(IndexChange), [{"listing_id": 10**6}] * 2500)
    _publish(database, cast.bob, "achievement", "涂层")
    looks = 0
    while _look(database, engine):
        looks += 1
    assert (looks, len(_told(database))) == (3, 1)
    with database.read() as session:
        looked_at = session.get_one(SavedSearch, search_id).looked_at
    assert looked_at is not None
    assert looked_at - utc_now() < timedelta(minutes=1)


def test_words_are_met_among_very_many_new_listings_too(
    settings: Settings, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_SCORED", 1)
    _save(database, cast.alice, text="风电叶片防冰涂层")
    with working(settings, database) as worker:
        for title in ("风电叶片防冰疏水涂层", "驼奶冻干工艺", "番茄红素提取"):
            _publish(database, cast.bob, "achievement", title)
        finish(worker)
        _look(database, worker.engine)
    assert [body for _user, _title, body in _told(database)] == ["《风电叶片防冰疏水涂层》"]
