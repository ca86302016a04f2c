"""Dashboards count what is there, with as many queries for three rows as for one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.indicators import PUBLISHED_NEEDS
from matchmaker.domain.listings import ListingState
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.services.dashboard import broker_dashboard, bureau_dashboard, party_dashboard
from matchmaker.services.decisions import decide
from matchmaker.services.ledger import figure
from tests.cast import Cast
from tests.counting import counted_queries
from tests.pairs import pair, post, publish

VIEWS: dict[str, Callable[[Session, Actor], object]] = {
    "alice": party_dashboard,
    "carol": broker_dashboard,
    "dave": bureau_dashboard,
}


def test_party_dashboard_counts_states_and_shows_what_came_back(session: Session, cast: Cast) -> None:
    publish(session, cast.alice, "need", "除冰")
    returned = post(session, cast.alice, "need", "降噪")
    revision = returned.current
    for subject in (revision, returned):
        move(session, subject, ListingState.RETURNED, cast.dave.actor)
    revision.advice, revision.advice_reasons = "请写清指标", ["unclear"]
    session.flush()
    shown = party_dashboard(session, cast.alice.actor)
    assert (shown.count("published"), shown.count("returned"), shown.count("published", kind="achievement")) == (
        1,
        1,
        0,
    )
    assert [(row.title, row.advice, row.reasons) for row in shown.returned] == [("降噪", "请写清指标", ("unclear",))]


def test_party_dashboard_new_matches_are_of_this_week_good_and_undecided(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "除冰")
    fresh, old, weak, decided = (
        pair(session, need, publish(session, cast.bob, "achievement", f"成果{n}"), **columns)
        for n, columns in enumerate(({}, {"created_at": utc_now() - timedelta(days=8)}, {"grade": 1}, {}))
    )
    decide(session, cast.alice.actor, decided.id, "shortlisted")
    session.flush()
    shown = party_dashboard(session, cast.alice.actor).new
    assert (shown.total, [m.id for m in shown.matches]) == (1, [fresh.id])
    assert {old.id, weak.id} & {m.id for m in shown.matches} == set()


def test_broker_dashboard_counts_only_what_he_may_review(session: Session, cast: Cast) -> None:
    post(session, cast.alice, "need", "除冰")
    post(session, cast.carol, "achievement", "自己单位的成果")
    written = post(session, cast.mallory, "need", "代客户填写")
    written.broker_id = cast.carol.user_id
    session.flush()
    shown = broker_dashboard(session, cast.carol.actor)
    assert shown.review.count == 1
    assert shown.review.oldest_at is not None


def test_bureau_dashboard_funnel_counts_listings_once(session: Session, cast: Cast) -> None:
    publish(session, cast.alice, "need", "除冰")
    post(session, cast.alice, "need", "降噪")
    publish(session, cast.bob, "achievement", "涂层")
    funnels = {f.kind: (f.collected, f.submitted, f.published, f.returned) for f in _bureau(session, cast).funnels}
    assert funnels == {"need": (2, 2, 1, 0), "achievement": (1, 1, 1, 0)}


def test_bureau_dashboard_shows_brokers_to_confirm(session: Session, cast: Cast) -> None:
    shown = _bureau(session, cast).brokers
    assert [(row.person, row.organization_name) for row in shown] == [("裴德", "远山技术经纪事务所")]


def test_bureau_dashboard_shows_the_ledgers_own_figure(session: Session, cast: Cast) -> None:
    publish(session, cast.alice, "need", "除冰")
    (shown,) = (each for each in _bureau(session, cast).figures if each.indicator == PUBLISHED_NEEDS)
    whole = figure(session, cast.dave.actor, PUBLISHED_NEEDS, today().year)
    assert shown == replace(whole, last_year=None, last_year_so_far=None)


@pytest.mark.parametrize(("who", "view"), [("mallory", broker_dashboard), ("alice", bureau_dashboard)])
def test_dashboard_refuses_the_wrong_role(
    session: Session, cast: Cast, who: str, view: Callable[[Session, Actor], object]
) -> None:
    with pytest.raises(Forbidden):
        view(session, cast[who].actor)


@pytest.mark.parametrize("who", VIEWS)
def test_dashboard_asks_as_much_for_three_rows_as_for_one(database: Database, cast: Cast, who: str) -> None:
    def count() -> int:
        with database.read() as session, counted_queries(database.engine) as statements:
            VIEWS[who](session, cast[who].actor)
        return len(statements)

    def add(title: str) -> None:
        with database.transaction() as session:
            row = pair(
                session, publish(session, cast.alice, "need", title), publish(session, cast.bob, "achievement", title)
            )
            for party in (cast.alice, cast.bob):
                decide(session, party.actor, row.id, "interested")
            post(session, cast.mallory, "need", title)

    add("除冰")
    one = count()
    add("降噪")
    add("并网")
    assert count() == one


def _bureau(session: Session, cast: Cast):  # type: ignore[no-untyped-def]
    return bureau_dashboard(session, cast.dave.actor)
