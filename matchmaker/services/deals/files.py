"""Documents of a deal, each for those who are to read it and nobody else."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.confidentialities import Confidentiality
from matchmaker.domain.deal_notes import DealFile
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_move_deal
from matchmaker.services.deals import notices
from matchmaker.services.deals.audiences import can_read_paper, read_audience, readable, side_of
from matchmaker.services.deals.loading import load_deal, load_working_deal
from matchmaker.services.matches import LARGEST_ID
from matchmaker.services.uploads import StoredFile

MOST_FILES = 50
MISSING = N_("没有找到这个文件，它可能已被删除，或您无权查看。")


@dataclass(frozen=True, slots=True)
class FileView:
    """One file that its reader may load; `may_remove`: he sent it himself."""

    id: int
    name: str
    size: int
    audience: str
    by: str
    uploaded_at: datetime
    may_remove: bool


def require_addable(session: Session, actor: Actor, deal_id: int) -> Deal:
    """Let pass only who may add a file to a deal. Ask before storing an upload.

    Raises:
        NotFound, Forbidden: see `load_working_deal`. Conflict: it has MOST_FILES files already.
    """
    deal = load_working_deal(session, actor, deal_id)
    standing = DealFile.deal_id == deal.id, DealFile.deleted_at.is_(None)
    if (session.scalar(sa.select(sa.func.count()).select_from(DealFile).where(*standing)) or 0) >= MOST_FILES:
        raise Conflict(N_("一个项目最多 50 个文件，请先删除不需要的。"))
    return deal


def add_deal_file(session: Session, actor: Actor, deal_id: int, stored: StoredFile, audience: str) -> DealFile:
    """Add a stored file for `audience`. Sending it twice adds one.

    Raises:
        NotFound, Forbidden, Conflict: see `require_addable`. Invalid: no audience (field `audience`).
    """
    deal = require_addable(session, actor, deal_id)
    chosen = read_audience(actor, deal, audience)
    same = sa.select(DealFile).where(
        readable(DealFile, actor, deal),
        DealFile.sha256 == stored.sha256,
        DealFile.name == stored.name,
        DealFile.audience == chosen,
    )
    standing = session.scalars(same.limit(1)).first()
    if standing is not None:
        return standing
    row = DealFile(
        deal_id=deal.id,
        audience=chosen,
        organization_id=side_of(actor, deal),
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        uploaded_by_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    record(session, actor, "attach", "deal_file", row.id, deal_id=deal.id, audience=chosen)
    session.flush()
    notices.tell_paper(session, actor, deal, chosen, is_file=True)
    return row


def get_deal_file(session: Session, actor: Actor, file_id: int) -> DealFile:
    """Return a file that `actor` may load.

    Raises:
        NotFound: there is none, it was deleted, or he may not know of it.
    """
    row = session.get(DealFile, file_id) if 0 < file_id <= LARGEST_ID else None
    if row is None or row.deleted_at is not None or not can_read_paper(actor, row.deal, row):
        raise NotFound(MISSING)
    return row


def remove_deal_file(session: Session, actor: Actor, file_id: int) -> Deal:
    """Take one's own file away from everybody; its content stays on disk. Return its deal.

    Raises:
        NotFound: no such file that he sent. Conflict: a confidentiality agreement stands on it.
    """
    row = get_deal_file(session, actor, file_id)
    if row.uploaded_by_id is None or row.uploaded_by_id != actor.user_id:
        raise NotFound(MISSING)
    if session.scalar(sa.select(Confidentiality.id).where(Confidentiality.file_id == row.id).limit(1)) is not None:
        raise Conflict(N_("这个文件是保密协议的依据，不能删除。"))
    row.deleted_at = utc_now()
    record(session, actor, "detach", "deal_file", row.id, deal_id=row.deal_id)
    session.flush()
    return load_deal(session, actor, row.deal_id)


def files_of(session: Session, actor: Actor, deal: Deal) -> tuple[FileView, ...]:
    """Return the files of a deal that `actor`, who may see it, may load, the newest first."""
    query = sa.select(DealFile).where(readable(DealFile, actor, deal)).options(joinedload(DealFile.uploaded_by))
    works = can_move_deal(actor, deal)
    return tuple(
        FileView(
            id=row.id,
            name=row.name,
            size=row.size,
            audience=row.audience,
            by=row.uploaded_by.name if row.uploaded_by else "",
            uploaded_at=row.uploaded_at,
            may_remove=works and row.uploaded_by_id is not None and row.uploaded_by_id == actor.user_id,
        )
        for row in session.scalars(query.order_by(DealFile.id.desc()))
    )
