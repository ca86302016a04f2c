"""What is stated of an introduction by whoever sees the deal, shown to all who see it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.introductions import SAID, STATEMENT_MOST, Introduction, Stance
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor, can_move_deal, is_deal_party
from matchmaker.services.deals.loading import load_deal
from matchmaker.services.introductions.introducing import append
from matchmaker.services.introductions.notices import tell_disputed
from matchmaker.services.reading.text import prose

OTHER_SIDE = N_("对方单位")


@dataclass(frozen=True, slots=True)
class IntroductionLine:
    """One statement as its reader may see it: of the other side of a deal no person and no name."""

    id: int
    stance: str
    way: str | None
    introducer: str
    organization: str
    event_id: int | None
    event_title: str
    statement: str
    by: str
    at: datetime


def state_introduction(session: Session, actor: Actor, deal_id: int, *, stance: str, statement: str) -> Introduction:
    """Say something of who brought a deal's sides together; it stands beside what was said before.

    Raises:
        NotFound: he may not know of the deal. Forbidden: he looks on only.
        Invalid: no such stance, or nothing is said where something has to be (`statement`).
    """
    deal = load_deal(session, actor, deal_id)
    if not can_move_deal(actor, deal):
        raise Forbidden(N_("您可以查看促成记录，但不能补充。"))
    if stance not in set(SAID):
        raise Invalid(N_("请选择属实、有异议或补充说明。"), errors={"stance": N_("请选择。")})
    text = prose(statement)
    if not text and stance != Stance.CONFIRMED:
        raise Invalid(N_("请写明情况，双方和科技局都能看到。"), errors={"statement": N_("请填写这一项。")})
    if len(text) > STATEMENT_MOST:
        raise Invalid(N_("说明太长。"), errors={"statement": N_("说明太长。")})
    said = Introduction(
        deal_id=deal.id,
        stance=stance,
        statement=text,
        said_by_id=actor.user_id,
        said_for_id=actor.organization_id,
    )
    append(session, actor, said)
    if stance == Stance.DISPUTED:
        tell_disputed(session, actor, deal)
    return said


def introductions_of(session: Session, actor: Actor, deal_id: int) -> tuple[IntroductionLine, ...]:
    """Return all that was stated of a deal, the first first.

    Raises:
        NotFound: he may not know of the deal.
    """
    deal = load_deal(session, actor, deal_id)
    loaded = (Introduction.introducer, Introduction.organization, Introduction.event)
    said = (Introduction.said_by, Introduction.said_for)
    query = sa.select(Introduction).where(Introduction.deal_id == deal.id).order_by(Introduction.id)
    rows = session.scalars(query.options(*(joinedload(part) for part in (*loaded, *said))))
    return tuple(_line(actor, deal, row) for row in rows)


def _line(actor: Actor, deal: Deal, row: Introduction) -> IntroductionLine:
    introducer, organization = _named(actor, deal, row.introducer, row.organization)
    by, office = _named(actor, deal, row.said_by, row.said_for)
    return IntroductionLine(
        id=row.id,
        stance=row.stance,
        way=row.way,
        introducer=introducer,
        organization=organization,
        event_id=row.event_id,
        event_title=row.event.title if row.event else "",
        statement=row.statement,
        by=" · ".join(filter(None, (office, by))),
        at=row.said_at,
    )


def _named(actor: Actor, deal: Deal, person: User | None, office: Organization | None) -> tuple[str, str]:
    """Names of a person and of whom he acts for; one side reads neither of the other's, which may be anonymous."""
    sides = {deal.one_organization_id, deal.other_organization_id}
    foreign = office is not None and office.id in sides - {actor.organization_id}
    if foreign and is_deal_party(actor, deal):
        return "", OTHER_SIDE
    return person.name if person else "", office.name if office else ""
