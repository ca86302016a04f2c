"""The queue of all pairs of an organization."""

from datetime import timedelta

import pytest

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.matches import Decision
from matchmaker.services.decisions import decide, undo_last
from matchmaker.services.match_queries import Standing
from matchmaker.services.matches import get_match
from matchmaker.services.triage import (
    OwnListing,
    Progress,
    TriageFilter,
    next_after,
    own_listings,
    progress,
    triage_page,
)
from tests.counting import counted_queries
from tests.pairs import pair, publish

EVERYTHING = TriageFilter(grade=0, decided=None)


@pytest.fixture
def coating(session, cast):
    return publish(session, cast.bob, "achievement", "疏冰涂料")


def need(session, cast, title, **columns):
    return publish(session, cast.alice, "need", title, **columns)


def titles(page):
    return [match.need.title for match in page.matches]


def test_queue_puts_interest_first_then_the_newest_then_the_best(session, cast, coating):
    yesterday = utc_now() - timedelta(days=1)
    pair(session, need(session, cast, "旧而好"), coating, achievement_side_score=3.0, created_at=yesterday)
    pair(session, need(session, cast, "新而弱"), coating, achievement_side_score=1.0)
    pair(session, need(session, cast, "新而好"), coating, achievement_side_score=2.0)
    wanted = pair(session, need(session, cast, "对方要"), coating, achievement_side_score=0.1, created_at=yesterday)
    decide(session, cast.alice.actor, wanted.id, "interested")
    assert titles(triage_page(session, cast.bob.actor, TriageFilter())) == ["对方要", "新而好", "新而弱", "旧而好"]


def test_queue_holds_own_pairs_that_may_be_seen_and_are_on_the_market(session, cast, coating):
    seen = pair(session, need(session, cast, "可见"), coating)
    pair(session, need(session, cast, "隐藏", visibility="brokers"), coating, achievement_side_score=None)
    closed = need(session, cast, "结束")
    pair(session, closed, coating)
    closed.state = "closed"
    other = publish(session, cast.mallory, "achievement", "别人的")
    pair(session, need(session, cast, "别人的对"), other)
    session.flush()
    assert [match.id for match in triage_page(session, cast.bob.actor, EVERYTHING).matches] == [seen.id]


@pytest.mark.parametrize("name", ["carol", "dave", "erin", "peter"])
def test_queue_is_for_the_two_sides(session, cast, name):
    with pytest.raises(Forbidden):
        triage_page(session, cast[name].actor, TriageFilter())


def test_filters_narrow_and_progress_does_not_ask_how_it_was_decided(session, cast, coating):
    film = publish(session, cast.bob, "achievement", "电热膜")
    one, two = (need(session, cast, title) for title in ("甲", "乙"))
    water = need(session, cast, "丙", field="environment")
    matches = [pair(session, one, coating), pair(session, two, coating, grade=1), pair(session, water, film)]
    decide(session, cast.bob.actor, matches[0].id, "unsuitable", reason="price")
    actor = cast.bob.actor

    def found(**values):
        return sorted(match.id for match in triage_page(session, actor, TriageFilter(**values)).matches)

    assert found() == [matches[1].id, matches[2].id]
    assert found(listing_id=film.id) == [matches[2].id]
    assert found(field="environment") == [matches[2].id]
    assert found(grade=2) == [matches[2].id]
    assert found(decided=Decision.UNSUITABLE) == [matches[0].id]
    assert found(decided=None) == [match.id for match in matches]
    assert found(decided=Standing.WANTED) == []
    assert progress(session, actor, TriageFilter()) == Progress(1, 3)
    assert progress(session, actor, TriageFilter(listing_id=film.id)) == Progress(0, 1)
    assert own_listings(session, actor) == (
        OwnListing(coating.id, "achievement", "疏冰涂料", 1),
        OwnListing(film.id, "achievement", "电热膜", 1),
    ) or own_listings(session, actor) == (
        OwnListing(film.id, "achievement", "电热膜", 1),
        OwnListing(coating.id, "achievement", "疏冰涂料", 1),
    )


def test_next_pair_follows_in_the_queue_and_begins_anew_at_its_end(session, cast, coating):
    ids = [
        pair(session, need(session, cast, f"需求{place}"), coating, achievement_side_score=9.0 - place).id
        for place in range(3)
    ]
    actor = cast.bob.actor
    assert [next_after(session, actor, TriageFilter(), each) for each in ids] == [ids[1], ids[2], ids[0]]
    decide(session, actor, ids[1], "shortlisted")
    decide(session, actor, ids[2], "shortlisted")
    assert next_after(session, actor, TriageFilter(), ids[0]) is None


def test_page_costs_as_many_queries_for_three_pairs_as_for_one(session, cast, coating):
    counts = []
    for number in range(3):
        pair(session, need(session, cast, f"需求{number}"), coating)
        session.flush()
        session.expire_all()
        with counted_queries(session.get_bind().engine) as queries:
            triage_page(session, cast.bob.actor, TriageFilter())
            own_listings(session, cast.bob.actor)
        counts.append(len(queries))
    assert counts[0] == counts[2]


def test_undo_takes_back_ones_own_decisions_the_latest_first(session, cast, coating):
    one, two = (pair(session, need(session, cast, title), coating).id for title in ("甲", "乙"))
    actor = cast.bob.actor
    decide(session, actor, one, "unsuitable", reason="price", note="太贵")
    decide(session, actor, one, "shortlisted", note="太贵")
    decide(session, actor, two, "interested")
    assert (undo_last(session, actor), get_match(session, actor, two).mine) == (two, None)
    assert undo_last(session, actor) == one
    mine = get_match(session, actor, one).mine
    assert (mine.decision, mine.reason, mine.note) == ("unsuitable", "price", "太贵")


def test_undo_of_nothing_or_of_a_colleagues_decision_is_refused(session, cast, coating):
    match = pair(session, need(session, cast, "甲"), coating)
    row = decide(session, cast.bob.actor, match.id, "shortlisted")
    row.actor_id = cast.mallory.user_id
    session.flush()
    with pytest.raises(Conflict):
        undo_last(session, cast.bob.actor)


def test_decision_over_one_that_was_not_seen_is_refused(session, cast, coating):
    match = pair(session, need(session, cast, "甲"), coating)
    decide(session, cast.bob.actor, match.id, "shortlisted", seen="")
    with pytest.raises(Conflict) as caught:
        decide(session, cast.bob.actor, match.id, "unsuitable", reason="price", seen="")
    assert str(caught.value) == "鲍博 刚刚处理过这一对。请看过现在的结果再决定。"
    decide(session, cast.bob.actor, match.id, "shortlisted", seen="")
    decide(session, cast.bob.actor, match.id, "unsuitable", reason="price", seen="shortlisted")
    assert get_match(session, cast.bob.actor, match.id).mine.decision == "unsuitable"
