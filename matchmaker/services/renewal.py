"""Renewal: a listing stands for another year, without a new review because its text stays the same."""

from datetime import date

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.domain.validity import renewed
from matchmaker.services.indexing import note_change
from matchmaker.services.listing_actions import lock, may, require
from matchmaker.services.listing_pages import ends_soon

MOST_AT_ONCE = 100
SALT = "renewal"


def renew(session: Session, actor: Actor, listing: Listing, seen: date | None) -> date:
    """Put the last valid day off by a year and return it; one that has just expired is published again.

    `seen` is the last valid day that the person saw: pressing the button twice is one renewal.

    Raises:
        Conflict: it cannot be renewed now, or somebody else changed its last valid day meanwhile.
    """
    lock(session, listing)
    done = renewed(seen, today())
    if done is not None and listing.is_live and listing.valid_until == done and may(actor, "renew", listing):
        return done
    require(actor, "renew", listing)
    if listing.valid_until != seen:
        raise Conflict(N_("有效期刚刚被同事修改过。请刷新页面查看。"))
    if not listing.is_live:
        publish_again(session, actor, listing)
    return prolong(session, actor, listing)


def renew_ending(session: Session, actor: Actor, most: int = MOST_AT_ONCE) -> int:
    """Renew the listings of the actor's organization that end soon, the first to end first; return how many."""
    own = Listing.organization_id == actor.organization_id
    ending = sa.select(Listing).where(own, *ends_soon()).order_by(Listing.valid_until, Listing.id).limit(most)
    listings = [listing for listing in session.scalars(ending) if may(actor, "renew", listing)]
    for listing in listings:
        renew(session, actor, listing, listing.valid_until)
    return len(listings)


def renewal_path(secret: bytes, listing: Listing) -> str:
    """Return the path of the page that renews `listing` from its present last valid day; it names no other."""
    assert listing.valid_until is not None, "a listing without end is not renewed"  # noqa: S101
    return f"/renew/{_serializer(secret).dumps([listing.id, listing.valid_until.isoformat()])}"


def read_renewal(secret: bytes, token: str) -> tuple[int, date]:
    """Return the id of a listing, and the last valid day that a link was made for.

    Raises:
        NotFound: nobody made this link here.
    """
    try:
        listing_id, day = _serializer(secret).loads(token)
    except BadSignature as error:
        raise NotFound(N_("链接不完整或已失效。请在“我的发布”中续期。")) from error
    return listing_id, date.fromisoformat(day)


def prolong(session: Session, actor: Actor, listing: Listing) -> date:
    """Put the last valid day off by a year, in what is published and what is being written. The caller has checked."""
    before, after = listing.valid_until, renewed(listing.valid_until, today())
    assert before is not None and after is not None, "a listing without end is not renewed"  # noqa: S101, PT018
    record(session, actor, "renew", "listing", listing.id, before=before.isoformat(), after=after.isoformat())
    listing.valid_until = listing.current.valid_until = after
    working = listing.working_revision
    if working is not None and working.valid_until == before:
        working.valid_until = after
        working.version += 1
    session.flush()
    return after


def publish_again(session: Session, actor: Actor, listing: Listing) -> None:
    """Show a closed listing again as it was; the worker looks for its matches anew."""
    move(session, listing, ListingState.PUBLISHED, actor)
    forget_ending(listing)
    listing.pair_revision += 1
    note_change(session, listing.id)


def forget_ending(listing: Listing) -> None:
    """Take out of a listing how it had ended; the journal keeps it."""
    listing.close_reason = listing.close_note = listing.closed_at = None
    listing.outcome_listing_id = listing.outcome_organization_id = None
    listing.taken_down = False


def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
