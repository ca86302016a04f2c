"""Files of a call: templates to fill in, the official letter."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.campaigns import Campaign, CampaignFile
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_read_campaign, can_run_campaigns
from matchmaker.services.campaigns.running import WRITABLE
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.uploads import StoredFile

MOST_FILES = 10


def campaign_files(session: Session, campaign: Campaign) -> tuple[CampaignFile, ...]:
    """Return the files of a campaign that the caller may read, in the order in which they were added."""
    return tuple(session.scalars(_present(campaign).order_by(CampaignFile.id)))


def require_file_place(session: Session, actor: Actor, campaign: Campaign) -> None:
    """Let pass only who may add a file now. Ask before storing an upload.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: the campaign is past collecting, or has MOST_FILES files.
    """
    if not can_run_campaigns(actor):
        raise Forbidden(N_("征集活动由科技局组织。"))
    if campaign.state not in WRITABLE:
        raise Conflict(N_("征集已经截止或取消，不能再修改附件。"))
    if len(campaign_files(session, campaign)) >= MOST_FILES:
        raise Conflict(N_("最多 %(most)d 个附件，请先删除不需要的。"), most=MOST_FILES)


def add_file(session: Session, actor: Actor, campaign: Campaign, stored: StoredFile) -> CampaignFile:
    """Add a stored file. Sending the same file twice adds one.

    Raises:
        Forbidden, Conflict: see `require_file_place`.
    """
    same = _present(campaign).where(CampaignFile.sha256 == stored.sha256, CampaignFile.name == stored.name)
    standing = session.scalar(same)
    require_file_place(session, actor, campaign)
    if standing is not None:
        return standing
    added = CampaignFile(
        campaign_id=campaign.id,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        uploaded_by_id=actor.user_id,
    )
    session.add(added)
    session.flush()
    record(session, actor, "attach", "campaign", campaign.id, file_id=added.id)
    return added


def get_file(session: Session, actor: Actor, file_id: int) -> CampaignFile:
    """Return a file of a campaign that the actor may know of.

    Raises:
        NotFound: there is none, it was taken away, or he may not know of it.
    """
    found = None
    if 0 < file_id <= LARGEST_ID:
        found = session.get(CampaignFile, file_id, options=[joinedload(CampaignFile.campaign)])
    if found is None or found.deleted_at is not None or not can_read_campaign(actor, found.campaign):
        raise NotFound(N_("没有找到这个文件，它可能已被删除，或您无权查看。"))
    return found


def remove_file(session: Session, actor: Actor, file_id: int) -> Campaign:
    """Take a file away; its content stays on disk, for the journal's sake. Return its campaign.

    Raises:
        NotFound: see `get_file`.
        Forbidden, Conflict: the actor is not the bureau, or the campaign is past collecting.
    """
    found = get_file(session, actor, file_id)
    if not can_run_campaigns(actor):
        raise Forbidden(N_("征集活动由科技局组织。"))
    if found.campaign.state not in WRITABLE:
        raise Conflict(N_("征集已经截止或取消，不能再修改附件。"))
    found.deleted_at = utc_now()
    session.flush()
    record(session, actor, "detach", "campaign", found.campaign_id, file_id=found.id)
    return found.campaign


def _present(campaign: Campaign) -> sa.Select[CampaignFile]:
    return sa.select(CampaignFile).where(CampaignFile.campaign_id == campaign.id, CampaignFile.deleted_at.is_(None))
