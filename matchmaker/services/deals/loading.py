"""Loading a deal for somebody: authorised at once, and locked where he changes it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, can_move_deal, can_see_deal
from matchmaker.services.matches import LARGEST_ID

MISSING = N_("没有找到这个跟进项目。")


def load_deal(session: Session, actor: Actor, deal_id: int) -> Deal:
    """Return a deal that `actor` may see.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    deal = session.get(Deal, deal_id, options=deal_options()) if 0 < deal_id <= LARGEST_ID else None
    if deal is None or not can_see_deal(actor, deal):
        raise NotFound(MISSING)
    return deal


def deal_options() -> list[Any]:
    """What to load with deals so that showing them asks the database nothing more."""
    appointment = joinedload(Deal.appointment).joinedload(Appointment.event)
    return [
        joinedload(Deal.one_organization),
        joinedload(Deal.other_organization),
        joinedload(Deal.owner),
        joinedload(Deal.doer).selectinload(User.memberships),
        joinedload(Deal.event),
        appointment,
    ]


def load_working_deal(session: Session, actor: Actor, deal_id: int) -> Deal:
    """Return a deal on which `actor` works.

    Raises:
        NotFound: he may not know of it. Forbidden: he looks on only.
    """
    deal = load_deal(session, actor, deal_id)
    if not can_move_deal(actor, deal):
        raise Forbidden(N_("您可以查看这个跟进项目，但不能修改。"))
    return deal


def changeable_deal(session: Session, actor: Actor, deal_id: int, version: int) -> Deal:
    """Return a deal, locked, that `actor` may change and that is as he saw it.

    Raises:
        NotFound: he may not know of it. Forbidden: he looks on only. Conflict: somebody changed it since `version`.
    """
    deal = load_working_deal(session, actor, deal_id)
    query = sa.select(Deal).where(Deal.id == deal.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one()
    if version != deal.version:
        raise Conflict(N_("这个跟进项目刚刚有人更新过。您填写的内容仍在本页，请看过现在的情况再保存。"))
    return deal


def touch(session: Session, deal: Deal) -> None:
    """Count a change, so that whoever looks at an older state is told."""
    deal.version += 1
    deal.changed_at = utc_now()
    session.flush()
