"""Deals that sleep until a day, and wake where they slept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import DealState
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.notices import Notice
from matchmaker.services.deals import move_deal, plan_deal
from matchmaker.services.deals.cards import move_card
from matchmaker.services.deals.sleeping import sleep_deal, wake_deal, wake_due
from tests.cast import Cast
from tests.deals import SOON, make_deal

WAKES = today() + timedelta(days=30)


def test_deal_wakes_on_its_day_where_it_slept_and_its_owner_is_told_once(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast, state=DealState.INTENT)
    sleep_deal(session, cast.alice.actor, deal.id, wakes_on=WAKES.isoformat(), version=1, note="等预算")
    assert (deal.state, deal.slept_from, deal.wakes_on, deal.open_key is None) == ("sleeping", "intent", WAKES, False)
    assert wake_due(session, WAKES - timedelta(days=1)) == 0
    session.execute(sa.delete(Notice))
    assert [wake_due(session, WAKES), wake_due(session, WAKES)] == [1, 0]
    assert (deal.state, deal.slept_from, deal.wakes_on) == ("intent", None, None)
    assert session.scalars(sa.select(Notice.user_id)).all() == [cast.carol.user_id]


def test_woken_deal_has_a_week_for_a_step_whose_day_passed_in_its_sleep(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    sleep_deal(session, cast.carol.actor, deal.id, wakes_on=WAKES.isoformat(), version=1)
    deal.next_step_on = today() - timedelta(days=3)
    wake_deal(session, cast.carol.actor, deal.id, version=deal.version)
    assert deal.next_step_on == today() + timedelta(days=7)


@pytest.mark.parametrize("day", ["", "明天", today().isoformat(), "2020-01-01", "2099-12-31"])
def test_sleep_needs_a_day_to_come(session: Session, cast: Cast, day: str) -> None:
    deal = make_deal(session, cast)
    with pytest.raises(Invalid) as refused:
        sleep_deal(session, cast.carol.actor, deal.id, wakes_on=day, version=1)
    assert list(refused.value.errors) == ["wakes_on"]


def test_sleeping_deal_is_neither_moved_nor_planned_but_may_be_lost(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    sleep_deal(session, cast.carol.actor, deal.id, wakes_on=WAKES.isoformat(), version=1)
    for act in (
        lambda: move_deal(session, cast.carol.actor, deal.id, "intent", version=2),
        lambda: plan_deal(session, cast.carol.actor, deal.id, next_step="x", next_step_on=SOON, version=2),
        lambda: sleep_deal(session, cast.carol.actor, deal.id, wakes_on=WAKES.isoformat(), version=2),
        lambda: move_card(session, cast.carol.actor, deal.id, "intent", version=2),
    ):
        with pytest.raises(Conflict):
            act()
    move_deal(session, cast.carol.actor, deal.id, "lost", version=2, reason="silent")
    assert (deal.state, deal.slept_from, deal.wakes_on, deal.open_key) == ("lost", None, None, None)


def test_every_move_on_the_board_can_be_taken_back(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    for to, words in (
        ("intent", {}),
        ("lead", {}),
        ("contract", {}),
        ("lost", {"reason": "price"}),
        ("sleeping", {"wakes_on": WAKES.isoformat()}),
    ):
        before = move_card(session, cast.carol.actor, deal.id, to, version=deal.version, **words)
        assert (before, deal.state) == ("talks", to)
        move_card(session, cast.carol.actor, deal.id, before, version=deal.version)
        assert (deal.state, deal.lost_reason, deal.open_key is None) == ("talks", None, False)
