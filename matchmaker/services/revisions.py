"""Working revisions: saved as somebody types, begun on a published listing, given up."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import REVISION_CLASSES, Listing, ListingState, Revision
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.services.listing_actions import lock, require
from matchmaker.services.reading import Reading, apply, form_values, read_values, typed_values
from matchmaker.services.reading.layers import read_layers

RAW_MOST = 400_000
"""Characters kept of what cannot be read yet: forty times the longest field; more is no listing."""


class StaleRevision(Conflict):
    """Somebody saved meanwhile. Both texts are here: `theirs` as stored, `mine` as sent; nothing was overwritten."""

    def __init__(self, revision: Revision, author: User | None, mine: Mapping[str, object]) -> None:
        self.version: int = revision.version
        self.saved_at: datetime = revision.updated_at
        self.theirs: dict[str, object] = form_values(revision)
        self.mine: dict[str, object] = dict(mine)
        super().__init__(
            N_("%(name)s 刚刚修改并保存了这份内容。您输入的文字仍在这里，请对照后再保存。"),
            name=author.name if author else N_("另一位成员"),
        )


def save_draft(
    session: Session,
    actor: Actor,
    listing: Listing,
    raw: Mapping[str, object],
    version: int,
    *,
    layers: Mapping[str, str] | None = None,
) -> tuple[Revision, Reading]:
    """Save the fields that `raw` holds into the working revision; what cannot be read is kept as typed, to be shown.

    `layers` are the poster's choices of who sees single fields; None leaves them as they are.

    The revision's version rises only where something changed, so saving the same twice is one save.

    Raises:
        StaleRevision: `version` is not the stored one and the texts differ.
        Invalid: far more text than a listing can hold, or no such layers.
    """
    revision = lock(session, listing)
    require(actor, "edit", listing)
    assert revision is not None  # noqa: S101 - `edit` is possible only with a working revision
    reading = read_values(listing.kind, raw)
    unread = _unread(revision, reading)
    closed = dict(revision.layers) if layers is None else read_layers(listing.kind, layers)
    changed = _changes(revision, reading, unread) or closed != revision.layers
    if changed and version != revision.version:
        raise StaleRevision(revision, author_of(session, revision), reading.raw)
    if changed:
        apply(revision, reading.values)
        revision.raw, revision.layers = unread or None, closed
        revision.version += 1
        revision.author_id, revision.updated_at = actor.user_id, utc_now()
        if listing.published_revision_id is None:
            listing.visibility = revision.visibility
        session.flush()
    return revision, reading


def start_revision(session: Session, actor: Actor, listing: Listing) -> Revision:
    """Begin a working revision of a published listing as a copy of what is published, which stays visible.

    Where one is being written already, that one is returned.
    """
    working = lock(session, listing)
    if working is not None and listing.is_live:
        require(actor, "discard", listing)
        return working
    require(actor, "revise", listing)
    listing.working_revision = copy_revision(session, actor, listing, listing.current)
    return listing.working_revision


def copy_revision(session: Session, actor: Actor, listing: Listing, former: Revision) -> Revision:
    """Write the next revision of a listing as a copy of `former`, a draft; the caller says what it is for."""
    revision = REVISION_CLASSES[listing.kind](
        listing_id=listing.id, number=_next_number(session, listing), author_id=actor.user_id
    )
    apply(revision, typed_values(former) | {"visibility": listing.visibility})
    revision.layers = dict(former.layers)
    session.add(revision)
    session.flush()
    record(session, actor, "revise", "revision", revision.id, after=ListingState.DRAFT, number=revision.number)
    return revision


def discard_revision(session: Session, actor: Actor, listing: Listing) -> None:
    """Give up the working revision of a published listing; the published one stays as it is."""
    revision = lock(session, listing)
    require(actor, "discard", listing)
    assert revision is not None  # noqa: S101 - `discard` is possible only with a working revision
    move(session, revision, ListingState.DISCARDED, actor)
    listing.working_revision = None
    session.flush()


def author_of(session: Session, revision: Revision) -> User | None:
    """Return who saved a revision last."""
    return session.get(User, revision.author_id) if revision.author_id else None


def _unread(revision: Revision, reading: Reading) -> dict[str, Any]:
    kept = {name: value for name, value in (revision.raw or {}).items() if name not in reading.raw}
    unread: dict[str, Any] = kept | reading.unread
    if unread and len(json.dumps(unread, ensure_ascii=False, default=str)) > RAW_MOST:
        raise Invalid(N_("内容太长，无法保存。请精简后再试，您输入的文字仍在本页。"), reading.errors)
    return unread


def _changes(revision: Revision, reading: Reading, unread: dict[str, Any]) -> bool:
    stored = typed_values(revision)
    return unread != (revision.raw or {}) or any(stored[name] != value for name, value in reading.values.items())


def _next_number(session: Session, listing: Listing) -> int:
    highest = session.scalar(sa.select(sa.func.max(Revision.number)).where(Revision.listing_id == listing.id))
    return (highest or 0) + 1
