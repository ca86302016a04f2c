"""Reminders of deals: each once, to whoever has to act, and to nobody else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.confidentialities import Confidentiality
from matchmaker.domain.days import today
from matchmaker.domain.deals import DealState
from matchmaker.domain.notices import Notice
from matchmaker.services.deals.reminders import remind_of_deals
from tests.cast import Cast
from tests.deals import make_deal


def _told(session: Session) -> list[int]:
    return sorted(session.scalars(sa.select(Notice.user_id)))


@pytest.mark.parametrize("days", [-5, -1, 0, 1])
def test_step_is_reminded_of_once(session: Session, cast: Cast, days: int) -> None:
    make_deal(session, cast, next_step_on=today() + timedelta(days=days))
    assert [remind_of_deals(session, today()), remind_of_deals(session, today())] == [1, 0]
    assert _told(session) == [cast.carol.user_id]


def test_step_that_was_put_off_is_reminded_of_anew(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast, next_step_on=today())
    remind_of_deals(session, today())
    deal.next_step_on = today() + timedelta(days=1)
    session.flush()
    assert remind_of_deals(session, today()) == 1


@pytest.mark.parametrize("state", [DealState.SLEEPING, DealState.LOST, DealState.REGISTERED])
def test_what_sleeps_or_is_over_is_not_reminded_of(session: Session, cast: Cast, state: str) -> None:
    make_deal(session, cast, state=state, next_step_on=today() - timedelta(days=1))
    assert remind_of_deals(session, today()) == 0


def test_step_of_a_deal_without_an_owner_reminds_the_bureau(session: Session, cast: Cast) -> None:
    make_deal(session, cast, owner_id=None, next_step_on=today())
    remind_of_deals(session, today())
    assert _told(session) == [cast.dave.user_id, cast.erin.user_id]


def test_deal_that_waits_for_an_owner_reminds_the_bureau_after_days(session: Session, cast: Cast) -> None:
    make_deal(session, cast, owner_id=None, changed_at=utc_now() - timedelta(days=4))
    assert [remind_of_deals(session, today()), remind_of_deals(session, today())] == [1, 0]
    assert _told(session) == [cast.dave.user_id, cast.erin.user_id]


def test_both_sides_and_the_broker_are_warned_before_an_agreement_expires(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    end = today() + timedelta(days=30)
    session.add(
        Confidentiality(deal_id=deal.id, state="nda_signed", sent_on=today(), signed_on=today(), expires_on=end)
    )
    session.flush()
    assert remind_of_deals(session, today() - timedelta(days=1)) == 0
    assert [remind_of_deals(session, today()), remind_of_deals(session, today())] == [1, 0]
    assert _told(session) == [cast.alice.user_id, cast.bob.user_id, cast.carol.user_id]
