"""The demonstration's invitations: to the roadshow and the session to come, some answered, some not opened yet."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.event_invitations import DeclineReason, EventInvitation, InvitationState
from matchmaker.domain.events import Event
from matchmaker.domain.listings import Listing, ListingKind, ListingState, Visibility
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.states import move

SENT_BEFORE = timedelta(days=2)
# What the first organizations answer, and why not; None: not opened, "" opened only.
ANSWERS: tuple[tuple[str | None, str], ...] = (
    (InvitationState.ACCEPTED, ""),
    ("", ""),
    (InvitationState.DECLINED, DeclineReason.BUSY),
    (None, ""),
    (InvitationState.ACCEPTED, ""),
    (None, ""),
)


def load_demo_invitations(session: Session, events: dict[str, Event], owners: dict[int, User]) -> None:
    """Invite enterprises that need something of an event's fields and have not registered for it."""
    for key in ("roadshow", "session"):
        event = events[key]
        for listing, answer in zip(_needs(session, event), ANSWERS, strict=False):
            _invite(session, event, listing, owners, *answer)


def _needs(session: Session, event: Event) -> list[Listing]:
    coming = sa.select(Registration.organization_id).where(Registration.event_id == event.id)
    rows = session.scalars(
        sa.select(Listing)
        .where(
            Listing.kind == ListingKind.NEED,
            Listing.state == ListingState.PUBLISHED,
            Listing.visibility == Visibility.PUBLIC,
            Listing.organization_id.not_in(coming),
        )
        .order_by(Listing.id)
    )
    first: dict[int, Listing] = {}
    for row in rows:
        if not event.fields or row.current.field in event.fields:
            first.setdefault(row.organization_id, row)
    return list(first.values())[: len(ANSWERS)]


def _invite(
    session: Session, event: Event, listing: Listing, owners: dict[int, User], answer: str | None, why: str
) -> None:
    sent = utc_now() - SENT_BEFORE
    invitation = EventInvitation(
        event_id=event.id,
        organization_id=listing.organization_id,
        listing_id=listing.id,
        invited_at=sent,
        invited_by_id=event.owner_id,
        opened_at=None if answer is None else sent + timedelta(hours=3),
        decline_reason=why or None,
    )
    session.add(invitation)
    session.flush()
    if answer:
        move(session, invitation, answer, Actor.system())
        invitation.answered_at = sent + timedelta(hours=5)
        invitation.answered_by_id = owners[listing.organization_id].id
