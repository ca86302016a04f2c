"""What is entered in a campaign: by those who posted it until the deadline, after it by the bureau with a reason."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.campaigns import Campaign, CampaignEntry, CampaignState, EntryState, Opinion
from matchmaker.domain.days import CITY_ZONE, today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.domain.permissions import Actor, can_edit_listing, can_run_campaigns
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.reading.text import prose

LATE_REASON_MOST = 500
LATE_STATES = frozenset({CampaignState.OPEN, CampaignState.SCREENING})
CANDIDATES_MOST = 50


def enter(session: Session, actor: Actor, campaign: Campaign, listing: Listing) -> CampaignEntry:
    """Enter one's own listing. Doing so twice is one entry.

    Raises:
        Forbidden: the listing is not the actor's.
        Conflict: the campaign takes nothing now, or not this; or the listing is in another campaign.
    """
    if not can_edit_listing(actor, listing):
        raise Forbidden(N_("只有发布单位的成员可以报送这条内容。"))
    standing = entry_of(session, listing.id)
    if standing is not None and standing.campaign_id == campaign.id:
        return standing
    require_open(campaign)
    _require_fit(campaign, listing, standing)
    return _add(session, actor, campaign, listing, None)


def leave(session: Session, actor: Actor, entry: CampaignEntry) -> None:
    """Take one's own listing out of a campaign, as long as it takes entries and no expert has been asked.

    Raises:
        Forbidden: the listing is not the actor's.
        Conflict: it is too late.
    """
    if not can_edit_listing(actor, entry.listing):
        raise Forbidden(N_("只有发布单位的成员可以撤回报送。"))
    asked = session.scalar(sa.select(sa.func.count()).where(Opinion.entry_id == entry.id))
    if not entry.campaign.takes_entries(today()) or asked or entry.state != EntryState.ENTERED:
        raise Conflict(N_("征集已经截止或开始评审，不能再撤回。如有问题，请联系征集活动的联系人。"))
    record(session, actor, "leave", "listing", entry.listing_id, campaign_id=entry.campaign_id)
    session.delete(entry)
    session.flush()


def add_late(session: Session, actor: Actor, campaign: Campaign, listing: Listing | None, reason: str) -> CampaignEntry:
    """Let something in after the deadline: a listing that is not entered yet, or an entry that was submitted late.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: the campaign is not collecting or being screened, or the listing does not fit.
        Invalid: no such listing (field `listing_id`), or no reason (field `reason`).
    """
    if not can_run_campaigns(actor):
        raise Forbidden(N_("逾期报送由科技局补录。"))
    if campaign.state not in LATE_STATES:
        raise Conflict(N_("征集活动已经结束，不能再补录。"))
    if listing is None:
        raise Invalid(N_("没有找到这条内容，请核对编号。"), {"listing_id": N_("没有找到这条内容，请核对编号。")})
    text = prose(reason)[:LATE_REASON_MOST]
    if not text:
        raise Invalid(N_("请写明补录的原因。"), {"reason": N_("请写明补录的原因。")})
    standing = entry_of(session, listing.id)
    if standing is not None and standing.campaign_id == campaign.id:
        standing.late_reason = text
        record(session, actor, "admit_late", "campaign_entry", standing.id, reason=text)
        session.flush()
        return standing
    _require_fit(campaign, listing, standing)
    return _add(session, actor, campaign, listing, text)


def entry_of(session: Session, listing_id: int) -> CampaignEntry | None:
    """Return the entry of a listing with its campaign, None where it is in none."""
    query = sa.select(CampaignEntry).where(CampaignEntry.listing_id == listing_id)
    return session.scalar(query.options(joinedload(CampaignEntry.campaign)))


def get_entry(session: Session, campaign: Campaign, entry_id: int) -> CampaignEntry:
    """Return an entry of a campaign that the caller may work on.

    Raises:
        NotFound: the campaign has no such entry.
    """
    entry = session.get(CampaignEntry, entry_id) if 0 < entry_id <= LARGEST_ID else None
    if entry is None or entry.campaign_id != campaign.id:
        raise NotFound(N_("没有找到这项报送。"))
    return entry


def candidates(session: Session, actor: Actor, campaign: Campaign) -> list[Listing]:
    """Return the actor's own listings that could be entered, last saved first."""
    working = aliased(Revision)
    own = sa.or_(Listing.organization_id == actor.organization_id, Listing.broker_id == actor.user_id)
    if actor.organization_id is None:
        return []
    query = (
        sa.select(Listing)
        .join(working, working.id == sa.func.coalesce(Listing.working_revision_id, Listing.published_revision_id))
        .where(own, Listing.kind == campaign.kind, Listing.state != ListingState.CLOSED)
        .where(Listing.id.not_in(sa.select(CampaignEntry.listing_id)))
        .options(joinedload(Listing.working_revision), joinedload(Listing.published_revision))
        .order_by(working.updated_at.desc(), Listing.id.desc())
        .limit(CANDIDATES_MOST)
    )
    if campaign.fields:
        query = query.where(sa.or_(working.field.is_(None), working.field.in_(campaign.fields)))
    return list(session.scalars(query))


def require_open(campaign: Campaign) -> None:
    """Let pass only while the campaign takes entries.

    Raises:
        Conflict: it does not, and why.
    """
    day = today()
    if campaign.takes_entries(day):
        return
    if campaign.state == CampaignState.CANCELLED:
        raise Conflict(N_("这次征集活动已经取消，不再接收报送。"))
    if campaign.state == CampaignState.OPEN and day < campaign.opens_on:
        raise Conflict(N_("征集将于 %(day)s 开始，请到时再报送。"), day=campaign.opens_on.isoformat())
    raise Conflict(
        N_("征集已于 %(day)s 截止，不能再报送。您写的内容仍在，可以照常发布；如确需补报，请联系征集活动的联系人。"),
        day=campaign.closes_on.isoformat(),
    )


def is_late(entry: CampaignEntry) -> bool:
    """Whether an entry was handed in after the campaign's last day and nobody has let it in."""
    submitted = entry.listing.current.submitted_at
    if entry.late_reason or submitted is None:
        return False
    return submitted.astimezone(CITY_ZONE).date() > entry.campaign.closes_on


def own_entries(session: Session, actor: Actor, campaign: Campaign) -> list[CampaignEntry]:
    """Return what the actor's organization, or he for his clients, has entered in a campaign, the newest first."""
    if actor.organization_id is None:
        return []
    own = sa.or_(Listing.organization_id == actor.organization_id, Listing.broker_id == actor.user_id)
    return list(
        session.scalars(
            sa.select(CampaignEntry)
            .join(Listing)
            .where(CampaignEntry.campaign_id == campaign.id, own)
            .options(
                joinedload(CampaignEntry.listing).joinedload(Listing.working_revision),
                joinedload(CampaignEntry.listing).joinedload(Listing.published_revision),
            )
            .order_by(CampaignEntry.id.desc())
        )
    )


def own_entry(session: Session, actor: Actor, listing: Listing) -> CampaignEntry | None:
    """Return the entry of a listing for its own side and for those who run campaigns; None for everybody else."""
    if not (can_edit_listing(actor, listing) or can_run_campaigns(actor)):
        return None
    return entry_of(session, listing.id)


def _require_fit(campaign: Campaign, listing: Listing, standing: CampaignEntry | None) -> None:
    if standing is not None:
        raise Conflict(N_("这条内容已经报送到《%(title)s》，一条内容只能参加一次征集。"), title=standing.campaign.title)
    if listing.kind != campaign.kind:
        raise Conflict(N_("这次征集的类型不同，不能报送这条内容。"))
    if listing.state == ListingState.CLOSED:
        raise Conflict(N_("这条内容已经结束，不能报送。"))
    wanted = listing.working_revision or listing.current
    if campaign.fields and wanted.field and wanted.field not in campaign.fields:
        names = "、".join(codes.table("contract_fields").name(code) for code in campaign.fields)
        raise Conflict(N_("这次只征集以下领域：%(fields)s。"), fields=names)


def _add(session: Session, actor: Actor, campaign: Campaign, listing: Listing, late: str | None) -> CampaignEntry:
    entry = CampaignEntry(
        campaign=campaign,
        listing=listing,
        entered_by_id=actor.user_id,
        entered_at=utc_now(),
        late_reason=late,
    )
    session.add(entry)
    session.flush()
    record(session, actor, "enter", "listing", listing.id, campaign_id=campaign.id, late=late is not None)
    return entry
