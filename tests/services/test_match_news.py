"""New good matches: one notice for many, no pair twice, nothing that a person may not see."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.listings import Listing
from matchmaker.domain.match_news import MatchNews
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import Notice
from matchmaker.services.decisions import decide
from matchmaker.services.match_news import GAP, note_news, tell_news
from tests.cast import Cast
from tests.drafts import make_published
from tests.pairs import pair, publish
from tests.working import work

SOON = timedelta(minutes=2)


@pytest.fixture
def match_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "除冰", visibility="anonymous")
        return pair(session, need, publish(session, cast.bob, "achievement", "涂层")).id


def _note(database: Database, match_id: int) -> None:
    with database.transaction() as session:
        match = session.get_one(Match, match_id)
        note_news(session, [(match.need_id, match.achievement_id), (match.achievement_id, match.need_id)])


def _told(database: Database) -> list[tuple[int, str]]:
    with database.read() as session:
        return [tuple(row) for row in session.execute(sa.select(Notice.user_id, Notice.title).order_by(Notice.id))]


def test_news_is_told_once_it_has_settled_and_never_again(database: Database, cast: Cast, match_id: int) -> None:
    now = utc_now()
    for _ in range(2):
        _note(database, match_id)
    counts = [tell_news(database, at) for at in (now, now + SOON, now + SOON, now + 2 * GAP)]
    _note(database, match_id)
    assert (counts, tell_news(database, now + 4 * GAP)) == ([0, 2, 0, 0], 0)
    assert _told(database) == [
        (cast.alice.user_id, "《除冰》有 1 项新的匹配"),
        (cast.bob.user_id, "《涂层》有 1 项新的匹配"),
    ]


def test_many_pairs_of_several_listings_are_one_notice(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        needs = [publish(session, cast.alice, "need", f"需求{n}") for n in range(3)]
        for needed in needs:
            for n in range(4):
                found = pair(session, needed, publish(session, cast.bob, "achievement", f"成果{n}"), score=float(n))
                note_news(session, [(found.need_id, found.achievement_id)])
    assert tell_news(database, utc_now() + SOON) == 1
    with database.read() as session:
        notice = session.scalars(sa.select(Notice)).one()
    assert (notice.title, notice.path) == ("您的 3 项内容有 12 项新的匹配", "/matches")
    assert notice.body.splitlines()[0] == "强：成果3（与《需求0》）"
    assert (len(notice.body.splitlines()), notice.body.splitlines()[-1]) == (6, "等共 12 项。")


def test_organization_is_told_at_most_once_an_hour(database: Database, cast: Cast, match_id: int) -> None:
    now = utc_now()
    _note(database, match_id)
    tell_news(database, now + SOON)
    with database.transaction() as session:
        need = session.get_one(Match, match_id).need_id
        later = pair(session, session.get_one(Listing, need), publish(session, cast.mallory, "achievement", "加热"))
        note_news(session, [(later.need_id, later.achievement_id), (later.achievement_id, later.need_id)])
    counts = [tell_news(database, now + at) for at in (2 * SOON, GAP, SOON + GAP + SOON)]
    assert (counts, [user for user, _ in _told(database)][2:]) == (
        [1, 0, 1],
        [cast.mallory.user_id, cast.alice.user_id],
    )


@pytest.mark.parametrize("why", ["unsuitable", "poor", "hidden", "closed"])
def test_what_is_no_good_news_any_more_is_not_told(database: Database, cast: Cast, match_id: int, why: str) -> None:
    _note(database, match_id)
    with database.transaction() as session:
        match = session.get_one(Match, match_id)
        if why == "unsuitable":
            decide(session, cast.alice.actor, match_id, "unsuitable", reason="price")
        elif why == "poor":
            match.need_view = {"score": -2.0, "probability": 0.1, "grade": 1, "terms": []}
        elif why == "hidden":
            match.need_side_score = None
        else:
            session.get_one(Listing, match.need_id).state = "closed"
    tell_news(database, utc_now() + SOON)
    assert cast.alice.user_id not in {user for user, _ in _told(database)}


def test_worker_notes_what_is_good_for_each_side(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        need = make_published(session, cast.alice, cast.carol).id
        words = session.get_one(Listing, need).current
        text = {"title": words.title, "abstract": words.abstract, "description": words.abstract}
        fitting = make_published(session, cast.bob, cast.carol, "achievement", **text).id
    work(settings, database)
    with database.read() as session:
        match = session.scalars(sa.select(Match)).one()
        noted = session.execute(sa.select(MatchNews.listing_id, MatchNews.other_id).order_by(MatchNews.id)).all()
    assert (match.grade >= 2, [tuple(row) for row in noted]) == (True, [(need, fitting), (fitting, need)])
