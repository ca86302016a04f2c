"""Deals as each viewer sees them: the names and titles that he may know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_see_appointment, is_deal_party
from matchmaker.domain.states import can_move
from matchmaker.services.deals.doers import doer_shown
from matchmaker.services.deals.filters import are_acquainted
from matchmaker.services.deals.moving import BY_HAND
from matchmaker.services.match_views import MatchSides
from matchmaker.services.matches import get_sides

UNNAMED = N_("匿名的一方")
SOON_DAYS = 3


@dataclass(frozen=True, slots=True)
class DealView:
    """One deal. `one` and `other` are names of organizations, the viewer's own first; `subject` is what it is about as
    he may read it, empty where no match led to it or he may not see that any more. `doer` is who was named for the next
    step, "" where that is its owner's."""

    id: int
    state: str
    one: str
    other: str
    subject: tuple[str, ...]
    match_id: int | None
    appointment_id: int | None
    event_id: int | None
    event_title: str
    owner: str
    owner_id: int | None
    next_step: str
    next_step_on: date | None
    doer: str
    doer_id: int | None
    lost_reason: str
    source: str
    source_text: str
    title: str
    field: str
    value_expected: Decimal | None
    slept_from: str
    wakes_on: date | None
    entered_at: datetime
    pitch_id: int | None
    opened_at: datetime
    changed_at: datetime
    version: int
    is_open: bool
    is_mine: bool
    is_mine_to_do: bool

    @property
    def is_overdue(self) -> bool:
        """Whether the day of its next step has passed."""
        return self.is_open and self.next_step_on is not None and self.next_step_on < today()

    @property
    def days_in_state(self) -> int:
        """For how many whole days it has been where it is."""
        return max(0, (utc_now() - self.entered_at).days)


def view_deals(session: Session, actor: Actor, deals: Sequence[Deal]) -> tuple[DealView, ...]:
    """Show several deals, loaded with `deal_options`, with a fixed number of queries.

    The caller has checked that he may see them.
    """
    matches = get_sides(session, actor, {deal.match_id for deal in deals if deal.match_id is not None})
    return tuple(_view(actor, deal, matches.get(deal.match_id or 0)) for deal in deals)


def next_states(deal: Deal) -> tuple[str, ...]:
    """Return where people may take a deal from where it is, in the order of its life."""
    if deal.state == DealState.SLEEPING:
        return (DealState.LOST,)
    return tuple(state for state in BY_HAND if can_move(deal, state))


def _view(actor: Actor, deal: Deal, match: MatchSides | None) -> DealView:
    names = list(_names(actor, deal, match))
    if actor.organization_id == deal.other_organization_id:
        names.reverse()
    event = deal.event
    meets = deal.appointment is not None and can_see_appointment(actor, deal.appointment)
    subject = tuple(_subject(deal, match))
    return DealView(
        id=deal.id,
        state=deal.state,
        one=names[0],
        other=names[1],
        subject=subject,
        match_id=match.id if match is not None and len(subject) > 1 else None,
        appointment_id=deal.appointment_id if meets else None,
        event_id=event.id if event else None,
        event_title=event.title if event else "",
        owner=deal.owner.name if deal.owner else "",
        owner_id=deal.owner_id,
        next_step=deal.next_step,
        next_step_on=deal.next_step_on,
        doer=doer_shown(actor, deal),
        doer_id=deal.doer_id,
        lost_reason=deal.lost_reason or "",
        source=deal.source,
        source_text=deal.source_text,
        title=deal.title,
        field=deal.field or "",
        value_expected=deal.value_expected,
        slept_from=deal.slept_from or "",
        wakes_on=deal.wakes_on,
        entered_at=deal.entered_at,
        pitch_id=deal.pitch_id,
        opened_at=deal.opened_at,
        changed_at=deal.changed_at,
        version=deal.version,
        is_open=deal.is_open,
        is_mine=deal.owner_id is not None and deal.owner_id == actor.user_id,
        is_mine_to_do=deal.doer_id is not None and deal.doer_id == actor.user_id,
    )


def _names(actor: Actor, deal: Deal, match: MatchSides | None) -> Iterator[str]:
    """Names of both organizations; of a pair whose sides have not met, what the viewer reads of it."""
    for organization in (deal.one_organization, deal.other_organization):
        known = are_acquainted(deal) or not is_deal_party(actor, deal)
        if known or organization.id == actor.organization_id:
            yield organization.name
        else:
            sides = (match.need, match.achievement) if match is not None else ()
            yield next((side.organization_name for side in sides if side.organization_id == organization.id), UNNAMED)


def _subject(deal: Deal, match: MatchSides | None) -> Iterator[str]:
    """The titles of the pair: whoever met somebody is not told which anonymous listing was his."""
    if match is None:
        if deal.title:
            yield deal.title
        return
    for side in (match.need, match.achievement):
        if match.own_kind in (None, side.kind) or side.organization_id is not None or deal.appointment_id is None:
            yield side.title
