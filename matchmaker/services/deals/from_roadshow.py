"""Opening a deal from the audience's interest in a pitch, once both have let it be known."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal, DealSource, DealState
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor, can_run_event, owns
from matchmaker.domain.pitches import InterestWay, Pitch, PitchInterest
from matchmaker.services.deals.brokers import broker_among, own_id
from matchmaker.services.deals.opening import field_of, open_deal
from matchmaker.services.disclosures import is_mutual

OPENERS = frozenset({Role.ENTERPRISE, Role.UNIVERSITY, Role.BROKER, Role.BUREAU})


def can_open_for_interest(actor: Actor, event: Event, pitch: Pitch, row: PitchInterest) -> bool:
    """Whether the actor may open a deal about an interest: who runs the event or presents, where the interest is
    mutual: a pair on which both have decided, or a name that was left for the presenter on purpose.

    The presenter's opening it is his own word on a name that was left.
    """
    works = actor.role in OPENERS and (owns(actor, pitch) or can_run_event(actor, event))
    if not works or row.organization_id == pitch.organization_id:
        return False
    return row.way == InterestWay.CONTACT or (row.match is not None and is_mutual(row.match))


def open_for_interest(
    session: Session, actor: Actor, event: Event, pitch: Pitch, interest_id: int, *, next_step: str, next_step_on: str
) -> Deal:
    """Open a deal about an interest, as a lead; about its pair where it names one.

    Raises:
        NotFound: no such interest in this pitch. Forbidden: he neither runs the event nor presents.
        Conflict: the interest is not mutual, or a deal about the same stands. Invalid: see `needed_step`.
    """
    row = load_interest(session, actor, event, pitch, interest_id)
    match = row.match if row.way == InterestWay.MATCH else None
    deal = Deal(
        source=DealSource.ROADSHOW,
        state=DealState.LEAD,
        event_id=event.id,
        pitch_id=pitch.id,
        match_id=match.id if match is not None else None,
        field=field_of(match) or (pitch.listing.current.field if pitch.listing is not None else None),
        one_organization_id=match.need.organization_id if match is not None else row.organization_id,
        other_organization_id=match.achievement.organization_id if match is not None else pitch.organization_id,
        owner_id=broker_among(session, own_id(actor), event.owner_id),
    )
    if match is None:
        deal.title = pitch.title if pitch.listing is None else ""
    return open_deal(session, actor, deal, next_step, next_step_on)


def load_interest(session: Session, actor: Actor, event: Event, pitch: Pitch, interest_id: int) -> PitchInterest:
    """Return an interest about which `actor` may open a deal.

    Raises:
        NotFound, Forbidden, Conflict: see `open_for_interest`.
    """
    if not (owns(actor, pitch) or can_run_event(actor, event)):
        raise Forbidden(N_("只有主办方和路演单位可以从路演建立跟进项目。"))
    query = sa.select(PitchInterest).where(PitchInterest.id == interest_id, PitchInterest.pitch_id == pitch.id)
    row = session.scalars(query).first()
    if row is None or row.organization_id in actor.avoided:
        raise NotFound(N_("没有找到这条感兴趣的记录。"))
    if not can_open_for_interest(actor, event, pitch, row):
        raise Conflict(N_("双方都表示感兴趣，或对方留下了联系意向之后，才能建立跟进项目。"))
    return row
