"""How the sides of a deal are known to have met: by a meeting of the pair, or by a minute with both of them.

A meeting counts for the deal that it is about. A minute of any talk between the two organizations counts where it was
written since the deal was opened, whoever forgot to record the meeting itself: what they wrote down before was about
something else.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.deal_meetings import DealMeeting
from matchmaker.domain.deals import Deal
from matchmaker.domain.minutes import Minutes
from matchmaker.domain.registrations import Registration

NEVER = datetime.min.replace(tzinfo=UTC)
NOT_MET = (
    AppointmentState.REFUSED_BY_OTHER,
    AppointmentState.EXPIRED,
    AppointmentState.CANCELLED,
    AppointmentState.MISSED,
)


def meetings_held(session: Session, deals: Sequence[Deal]) -> Counter[int]:
    """Count the meetings of each deal's pair that took place: what led to it, those about its match, its own."""
    counted: Counter[int] = Counter()
    by_appointment = {deal.appointment_id: deal.id for deal in deals if deal.appointment_id is not None}
    by_match = {deal.match_id: deal.id for deal in deals if deal.match_id is not None}
    about = sa.or_(Appointment.id.in_(by_appointment), Appointment.match_id.in_(by_match))
    held = sa.select(Appointment.id, Appointment.match_id).where(Appointment.state == AppointmentState.HELD, about)
    for row in session.execute(held):
        counted[by_appointment.get(row.id) or by_match[row.match_id]] += 1
    own = sa.select(DealMeeting.deal_id).where(DealMeeting.deal_id.in_([deal.id for deal in deals]))
    counted.update(session.scalars(own))
    return counted


def deals_minuted(session: Session, deals: Sequence[Deal]) -> frozenset[int]:
    """Return the deals since whose opening a minute was written of a talk at which both sides sat."""
    organizations = {side for deal in deals for side in _sides(deal)}
    one, other = aliased(Registration), aliased(Registration)
    query = (
        sa.select(one.organization_id, other.organization_id, sa.func.max(Minutes.saved_at))
        .join(Appointment, Minutes.appointment_id == Appointment.id)
        .join(one, Appointment.one_id == one.id)
        .join(other, Appointment.other_id == other.id)
        .where(one.organization_id.in_(organizations), other.organization_id.in_(organizations))
        .where(Appointment.state.not_in(NOT_MET))
        .group_by(one.organization_id, other.organization_id)
    )
    written: dict[frozenset[int], datetime] = {}
    for first, second, at in session.execute(query):
        pair = frozenset((first, second))
        written[pair] = max(at, written.get(pair, at))
    return frozenset(deal.id for deal in deals if written.get(_sides(deal), NEVER) >= deal.opened_at)


def _sides(deal: Deal) -> frozenset[int]:
    return frozenset((deal.one_organization_id, deal.other_organization_id))
