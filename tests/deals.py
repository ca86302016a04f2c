"""Deals made directly: what tests of boards, reminders and papers begin with."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal, DealState
from tests.cast import Cast

SOON = (today() + timedelta(days=7)).isoformat()


def make_deal(session: Session, cast: Cast, **columns: Any) -> Deal:
    """Write a deal of alice's and bob's organizations that carol follows up, in talks, entered by hand."""
    values: dict[str, Any] = {
        "state": DealState.TALKS,
        "source": "hand",
        "source_text": "企业走访",
        "title": "低温润滑",
        "one_organization_id": cast.alice.organization_id,
        "other_organization_id": cast.bob.organization_id,
        "owner_id": cast.carol.user_id,
        "next_step": "寄样品",
        "next_step_on": today() + timedelta(days=7),
        **columns,
    }
    deal = Deal(**values)
    session.add(deal)
    session.flush()
    if deal.stands and deal.open_key is None:
        deal.open_key = f"{deal.subject_key}#{deal.id}"
        session.flush()
    return deal
