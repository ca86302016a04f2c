"""Listings that only brokers see, and their files."""

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.listings import REVISION_CLASSES, Attachment, Listing
from tests.cast import Member


def make_listing(session: Session, owner: Member, kind: str, state: str) -> Listing:
    published = state == "published"
    listing = Listing(
        kind=kind,
        organization_id=owner.organization_id,
        owner_id=owner.user_id,
        state=state,
        visibility="brokers",
        published_at=utc_now() if published else None,
    )
    revision = REVISION_CLASSES[kind](
        listing=listing, state=state, title="低温齿轮箱润滑", abstract="仅限经纪人", visibility="brokers"
    )
    session.add_all((listing, revision))
    session.flush()
    listing.published_revision = revision if published else None
    listing.working_revision = None if published else revision
    return listing


def make_attachment(session: Session, listing: Listing) -> Attachment:
    attachment = Attachment(
        listing_id=listing.id, name="图纸.pdf", media_type="application/pdf", size=3, sha256=f"{listing.id:064d}"
    )
    session.add(attachment)
    session.flush()
    return attachment
