"""Attachments of a listing: who may add one, and who may open it.

A file is part of what the review desk reviews: what was added since the published text was submitted is shown to its
own side only, until that is reviewed too.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.fields import Layer
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.layers import file_layer
from matchmaker.domain.listings import Attachment, Listing, ListingState
from matchmaker.domain.permissions import Actor, can_edit_listing
from matchmaker.services.listing_actions import WRITABLE, lock, require
from matchmaker.services.listings import LARGEST_ID, get_listing
from matchmaker.services.offers import is_reviewed
from matchmaker.services.projection import visible_layers
from matchmaker.services.readings import note_shown
from matchmaker.services.uploads import StoredFile

MOST_FILES = 10

AS_TEXT = ""
LAYER_NAMES = {
    AS_TEXT: N_("与正文相同"),
    Layer.ABSTRACT: N_("所有能看到这条内容的人"),
    Layer.MATCHED: N_("双方都感兴趣之后的对方"),
    Layer.CONFIDENTIAL: N_("签署保密协议之后的对方"),
    Layer.INSIDE: N_("仅本单位、技术经纪人和科技局"),
}


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """One file that the viewer may open; `waits` while only its own side sees it because it is not reviewed yet.

    `layer` is "" where it follows the full text.
    """

    id: int
    listing_id: int
    name: str
    media_type: str
    size: int
    layer: str
    uploaded_at: datetime
    waits: bool


def attachments(session: Session, actor: Actor, listing: Listing) -> tuple[AttachmentView, ...]:
    """Return the files of a listing that `actor` may open, in the order in which they were added.

    The caller has made sure that he may read the listing.
    """
    found = session.scalars(_present(listing).order_by(Attachment.id))
    return tuple(_view(attachment, listing) for attachment in found if _may_open(attachment, listing, actor))


def get_attachment(session: Session, actor: Actor, attachment_id: int) -> Attachment:
    """Return a file that `actor` may open.

    Raises:
        NotFound: there is none, it was deleted, or he may not know of it.
    """
    missing = NotFound(N_("没有找到这个文件，它可能已被删除，或您无权查看。"))
    attachment = session.get(Attachment, attachment_id) if 0 < attachment_id <= LARGEST_ID else None
    if attachment is None or attachment.deleted_at is not None:
        raise missing
    try:
        listing = get_listing(session, actor, attachment.listing_id)
    except NotFound:
        raise missing from None
    if not _may_open(attachment, listing, actor):
        raise missing
    layer = file_layer(attachment.layer, listing.visibility)
    note_shown(actor, listing, layer, layer, attachment.id)
    return attachment


def require_attachable(session: Session, actor: Actor, listing: Listing) -> None:
    """Let pass only who may add a file to `listing` now. Ask before storing an upload.

    Raises:
        NotFound, Forbidden: the listing is not the actor's.
        Conflict: its text is not being written, or it has MOST_FILES files already.
    """
    require(actor, "attach", listing)
    if not can_attach(actor, listing):
        raise Conflict(N_("请先点“修改”或撤回提交，再添加附件。新附件会和修改一起审核。"))
    count = session.scalar(sa.select(sa.func.count()).select_from(_present(listing).subquery())) or 0
    if count >= MOST_FILES:
        raise Conflict(N_("最多 %(most)d 个附件，请先删除不需要的。"), most=MOST_FILES)


def can_attach(actor: Actor, listing: Listing) -> bool:
    """Whether the listing's text is being written, and by the actor's side."""
    working = listing.working_revision
    return working is not None and working.state in WRITABLE and can_edit_listing(actor, listing)


def can_detach(actor: Actor, listing: Listing) -> bool:
    """Whether the actor may take a file away: as long as the listing is not closed."""
    return listing.state != ListingState.CLOSED and can_edit_listing(actor, listing)


def add_attachment(session: Session, actor: Actor, listing: Listing, stored: StoredFile, layer: str) -> Attachment:
    """Add a stored file to a listing in a layer, or with "" in that of its full text. Sending it twice adds one.

    Raises:
        NotFound, Forbidden, Conflict: see `require_attachable`.
        Invalid: `layer` is none of LAYER_NAMES.
    """
    if layer not in LAYER_NAMES:
        raise Invalid(N_("请选择谁可以查看这个附件。"), {"layer": N_("请从列表中选择。")})
    lock(session, listing)
    require(actor, "attach", listing)
    same = session.scalar(_present(listing).where(Attachment.sha256 == stored.sha256, Attachment.name == stored.name))
    if same is not None:
        return same
    require_attachable(session, actor, listing)
    attachment = Attachment(
        listing_id=listing.id,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        layer=layer or None,
        uploaded_by_id=actor.user_id,
    )
    session.add(attachment)
    session.flush()
    record(session, actor, "attach", "listing", listing.id, attachment_id=attachment.id, layer=layer)
    _count(session, listing)
    return attachment


def remove_attachment(session: Session, actor: Actor, attachment_id: int) -> Listing:
    """Take a file away from everybody; its content stays on disk, for the journal's sake. Return its listing.

    Raises:
        NotFound: there is no such file, or the actor may not know of it.
        Forbidden, Conflict: the listing is not his, or closed.
    """
    attachment = get_attachment(session, actor, attachment_id)
    listing = get_listing(session, actor, attachment.listing_id)
    require(actor, "attach", listing)
    attachment.deleted_at = utc_now()
    record(session, actor, "detach", "listing", listing.id, attachment_id=attachment.id)
    _count(session, listing)
    return listing


def _count(session: Session, listing: Listing) -> None:
    """Files are part of what is submitted: whoever has an older state before him is told so by the version."""
    if listing.working_revision is not None and listing.working_revision.state in WRITABLE:
        listing.working_revision.version += 1
    session.flush()


def _present(listing: Listing) -> sa.Select[Attachment]:
    return sa.select(Attachment).where(Attachment.listing_id == listing.id, Attachment.deleted_at.is_(None))


def _view(attachment: Attachment, listing: Listing) -> AttachmentView:
    return AttachmentView(
        id=attachment.id,
        listing_id=attachment.listing_id,
        name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        layer=attachment.layer or AS_TEXT,
        uploaded_at=attachment.uploaded_at,
        waits=listing.is_live and not is_reviewed(attachment, listing),
    )


def _may_open(attachment: Attachment, listing: Listing, actor: Actor) -> bool:
    if actor.is_system or can_edit_listing(actor, listing):
        return True
    if not is_reviewed(attachment, listing) and not _is_before_the_desk(listing, actor):
        return False
    return file_layer(attachment.layer, listing.visibility) in visible_layers(listing, actor)


def _is_before_the_desk(listing: Listing, actor: Actor) -> bool:
    working = listing.working_revision
    states = {ListingState.SUBMITTED, ListingState.RETURNED}
    return actor.reads_all and working is not None and working.state in states
