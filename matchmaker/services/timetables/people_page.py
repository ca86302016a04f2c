"""Who is at an event, as a participant sees them: the platform's proposals first, and what he has said of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain.events import Event
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import ASKING
from matchmaker.services.timetables.participants import others, require_participant
from matchmaker.services.timetables.proposals import Proposal, proposals_for
from matchmaker.services.timetables.wishes import quota_of, takes_wishes, wishes_of


@dataclass(frozen=True, slots=True)
class OtherView:
    """One other participant: who he is, what the platform has to say for a meeting, what the viewer has said."""

    person: Registration
    proposal: Proposal | None
    wish: str
    with_broker: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The whole page; `used` of `quota` wishes are said. `is_open` while they may be changed."""

    event: Event
    own: Registration
    others: Sequence[OtherView]
    total: int
    used: int
    quota: int
    is_open: bool
    has_brokers: bool
    search: str


def people_page(session: Session, actor: Actor, event: Event, search: str = "") -> PeoplePage:
    """Return the participants whom the actor may meet, proposals first; `search` narrows by name or organization.

    Raises:
        Forbidden: he takes no part.
    """
    own = require_participant(session, actor, event)
    found = others(session, actor, event, own)
    said = wishes_of(session, own)
    proposed = proposals_for(session, actor, event, {person.organization_id for person in found})
    views = [
        OtherView(
            person,
            proposed.get(person.organization_id),
            said[person.id].kind if person.id in said else "",
            person.id in said and said[person.id].with_broker,
        )
        for person in found
        if _fits(person, search)
    ]
    return PeoplePage(
        event=event,
        own=own,
        others=sorted(views, key=_order),
        total=len(found),
        used=sum(wish.kind in ASKING for wish in said.values()),
        quota=quota_of(event),
        is_open=takes_wishes(event),
        has_brokers=any(member.duty == "broker" for member in event.staff),
        search=search,
    )


def _fits(person: Registration, search: str) -> bool:
    words = search.casefold().split()
    text = f"{person.name} {person.organization.name}".casefold()
    return all(word in text for word in words)


def _order(view: OtherView) -> tuple[float, str, str, int]:
    strength = view.proposal.probability if view.proposal is not None else 0.0
    return -strength, view.person.organization.name, view.person.name, view.person.id
