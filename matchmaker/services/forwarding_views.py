"""What the holder of a forwarded link sees: made for a visitor, whatever the organization that forwarded may read."""

from dataclasses import dataclass
from datetime import datetime

from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.permissions import Actor, can_read_listing
from matchmaker.services.forwarding import own_of, shown_of
from matchmaker.services.listing_views import ListingView
from matchmaker.services.match_views import FEW_WORDS, numbers_for
from matchmaker.services.projection import project
from matchmaker.services.reasons import Reason, reasons_of, strongest
from matchmaker.services.shared_words import shared_in_short

FEW_REASONS = 5


@dataclass(frozen=True, slots=True)
class ForwardedView:
    """One forwarded listing.

    `listing` is what a visitor sees of it, `own_title` the title of the sender's own listing that it was matched with,
    `words` what both have in what a visitor may read of them.
    """

    recipient_name: str
    sender_name: str
    organization_name: str
    message: str
    listing: ListingView
    own_kind: str
    own_title: str
    grade: int
    probability: float
    reasons: tuple[Reason, ...]
    words: tuple[str, ...]
    expires_at: datetime
    answer: str | None
    answer_note: str


def view_forwarded(row: Forwarding) -> ForwardedView:
    """Show a forwarding that `load_forwarding` let pass.

    The numbers are those that the sender's side sees, which were computed from what it may read of the other.
    """
    visitor, shown, own = Actor.anonymous(), shown_of(row), own_of(row)
    listing = project(shown, visitor)
    _score, probability, grade, terms = numbers_for(row.match, own.kind)
    words: tuple[str, ...] = ()
    if can_read_listing(visitor, own):
        words = shared_in_short(listing, project(own, visitor), FEW_WORDS)
    return ForwardedView(
        recipient_name=row.recipient_name,
        sender_name=row.sender.name if row.sender else "",
        organization_name=row.organization.name,
        message=row.message or "",
        listing=listing,
        own_kind=own.kind,
        own_title=own.current.title,
        grade=grade,
        probability=probability,
        reasons=strongest(reasons_of(terms), FEW_REASONS),
        words=words,
        expires_at=row.expires_at,
        answer=row.answer,
        answer_note=row.answer_note or "",
    )
