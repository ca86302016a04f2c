"""What an actor may do to a listing now: offered by templates, enforced by the verbs."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision, Visibility
from matchmaker.domain.listings import ListingState as S
from matchmaker.domain.permissions import (
    Actor,
    can_close_listing,
    can_confirm_listing,
    can_edit_listing,
    can_read_listing,
    can_restore_listing,
    can_review_listing,
    owns,
)
from matchmaker.domain.validity import is_ending

WRITABLE = frozenset({S.DRAFT, S.RETURNED})
WAITING = frozenset({S.CONFIRMING, S.SUBMITTED})

_ALLOWED_BY = {
    "confirm": can_confirm_listing,
    "send_back": can_confirm_listing,
    "review": can_review_listing,
    "close": can_close_listing,
    "hand_over": owns,
    "restore": can_restore_listing,
}


def actions(actor: Actor, listing: Listing) -> frozenset[str]:
    """Return the names of what `actor` may do to `listing` in its present state.

    edit, submit, recall, confirm, send_back, revise, discard, close, narrow, hand_over, attach, review, renew, restore.
    """
    return frozenset(name for name in _possible(listing) if may(actor, name, listing))


def may(actor: Actor, action: str, listing: Listing) -> bool:
    """Whether `actor` is entitled to an action, whatever state the listing is in."""
    return actor.is_system or _ALLOWED_BY.get(action, can_edit_listing)(actor, listing)


def require(actor: Actor, action: str, listing: Listing) -> None:
    """Let pass only who may do `action` to `listing` now.

    Raises:
        NotFound: he may not know of the listing.
        Forbidden: he is not entitled to it.
        Conflict: the listing's state does not allow it, most often because somebody else was quicker.
    """
    if not (actor.is_system or can_read_listing(actor, listing)):
        raise NotFound(N_("没有找到这条内容，它可能已被撤回，或您无权查看。"))
    if not may(actor, action, listing):
        raise Forbidden(N_("您没有权限对这条内容进行此操作。"))
    if action not in _possible(listing):
        raise Conflict(N_("这条内容的状态已经变化，现在不能进行此操作。请刷新页面查看。"))


def lock(session: Session, listing: Listing) -> Revision | None:
    """Read the listing and its working revision anew and hold their rows; return the working revision."""
    session.scalars(
        sa.select(Listing).where(Listing.id == listing.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if listing.working_revision_id is None:
        return None
    return session.scalars(
        sa.select(Revision)
        .where(Revision.id == listing.working_revision_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _possible(listing: Listing) -> frozenset[str]:
    """What the state allows, whoever asks."""
    if listing.state == S.CLOSED:
        return frozenset({"restore", "renew"} if _has_just_expired(listing) else {"restore"})
    names = {"close", "hand_over", "attach"}
    state = listing.working_revision.state if listing.working_revision else None
    if state in WRITABLE:
        names |= {"edit", "submit"}
    if state in WAITING:
        names |= {"recall"}
    if state == S.CONFIRMING:
        names |= {"confirm", "send_back"}
    if state == S.SUBMITTED:
        names |= {"review"}
    if listing.is_live:
        names |= {"discard"} if state else {"revise"}
        if listing.visibility != Visibility.BROKERS:
            names |= {"narrow"}
        if is_ending(listing.valid_until, today()):
            names |= {"renew"}
    return frozenset(names)


def _has_just_expired(listing: Listing) -> bool:
    return listing.close_reason == "expired" and is_ending(listing.valid_until, today())
