"""Restoring a closed listing: as it was where its text was reviewed and still stands, else as a draft."""

from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.domain.validity import is_stale, renewed
from matchmaker.services.listing_actions import lock, require
from matchmaker.services.renewal import forget_ending, prolong, publish_again
from matchmaker.services.revisions import copy_revision


def restore(session: Session, actor: Actor, listing: Listing) -> str:
    """Take a closed listing up again and return its state: published, or a draft that is to be submitted.

    Raises:
        Conflict: it is not closed, most often because somebody else was quicker.
    """
    lock(session, listing)
    require(actor, "restore", listing)
    if returns_published(listing):
        publish_again(session, actor, listing)
        if listing.valid_until is not None and listing.valid_until < today():
            prolong(session, actor, listing)
    else:
        _restore_as_draft(session, actor, listing)
    session.flush()
    return listing.state


def returns_published(listing: Listing) -> bool:
    """Whether a closed listing comes back as it was.

    Its text was reviewed and has not been changed since, its own side or its last valid day ended it, and that day is
    not long past.
    """
    reviewed = listing.published_revision_id is not None and not listing.taken_down
    return reviewed and not is_stale(listing.valid_until, today())


def _restore_as_draft(session: Session, actor: Actor, listing: Listing) -> None:
    """What others could read is no longer theirs to read: the draft goes through review like a new one."""
    former = listing.published_revision
    if former is not None:
        move(session, former, ListingState.SUPERSEDED, actor)
        listing.working_revision = copy_revision(session, actor, listing, former)
        listing.published_revision = None
    elif listing.working_revision is not None:
        move(session, listing.working_revision, ListingState.DRAFT, actor)
    move(session, listing, ListingState.DRAFT, actor)
    forget_ending(listing)
    draft = listing.current
    if draft.valid_until is not None and draft.valid_until < today():
        draft.valid_until = renewed(draft.valid_until, today())
    listing.valid_until, listing.visibility = None, draft.visibility
