"""Finding campaigns: one, all that a viewer may know of, and those that take entries now."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.campaigns import Campaign, CampaignEntry, CampaignState
from matchmaker.domain.days import today
from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_read_campaign, can_run_campaigns
from matchmaker.services.listings import LARGEST_ID

SOON_DAYS = 7
# Collecting first, then being screened, then what is being written, then what is over.
_ORDER = (
    CampaignState.OPEN,
    CampaignState.SCREENING,
    CampaignState.DRAFT,
    CampaignState.CLOSED,
    CampaignState.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign in a list: `days_left` until its last day (0 on it), negative once it is over; `entries` in all."""

    campaign: Campaign
    entries: int
    days_left: int
    takes_entries: bool

    @property
    def ends_soon(self) -> bool:
        """Whether there is a week or less to enter something."""
        return self.takes_entries and self.days_left <= SOON_DAYS


def get_campaign(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    """Return a campaign that `actor` may know of, its quotas loaded.

    Raises:
        NotFound: there is none, or it was not opened yet.
    """
    campaign = None
    if 0 < campaign_id <= LARGEST_ID:
        campaign = session.get(Campaign, campaign_id, options=[selectinload(Campaign.quotas)])
    if campaign is None or not can_read_campaign(actor, campaign):
        raise NotFound(N_("没有找到这次征集活动，它可能还没有公开。"))
    return campaign


def list_campaigns(session: Session, actor: Actor) -> tuple[CampaignCard, ...]:
    """Return every campaign that `actor` may know of, what is collecting first, then the newest."""
    query = sa.select(Campaign)
    if not can_run_campaigns(actor):
        query = query.where(Campaign.opened_at.is_not(None))
    place = sa.case({state: number for number, state in enumerate(_ORDER)}, value=Campaign.state)
    return _cards(session, session.scalars(query.order_by(place, Campaign.closes_on.desc(), Campaign.id.desc())).all())


def open_campaigns(session: Session, kind: str | None = None) -> tuple[CampaignCard, ...]:
    """Return the campaigns that take entries now, of one kind or all, the one that ends first at the top."""
    day = today()
    query = sa.select(Campaign).where(
        Campaign.state == CampaignState.OPEN, Campaign.opens_on <= day, Campaign.closes_on >= day
    )
    if kind is not None:
        query = query.where(Campaign.kind == kind)
    return _cards(session, session.scalars(query.order_by(Campaign.closes_on, Campaign.id)).all())


def card_of(session: Session, campaign: Campaign) -> CampaignCard:
    """Return one campaign as a list shows it."""
    return _cards(session, [campaign])[0]


def _cards(session: Session, campaigns: Sequence[Campaign]) -> tuple[CampaignCard, ...]:
    if not campaigns:  # as on most days: the home page asks
        return ()
    counting = sa.select(CampaignEntry.campaign_id, sa.func.count()).group_by(CampaignEntry.campaign_id)
    ids = [campaign.id for campaign in campaigns]
    counts = {row[0]: row[1] for row in session.execute(counting.where(CampaignEntry.campaign_id.in_(ids)))}
    day = today()
    return tuple(
        CampaignCard(campaign, counts.get(campaign.id, 0), (campaign.closes_on - day).days, campaign.takes_entries(day))
        for campaign in campaigns
    )
