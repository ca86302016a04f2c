"""Reminders before a campaign's last day: to branches short of their quota, to organizations with drafts."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain.campaigns import Campaign, CampaignEntry, CampaignState
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.permissions import Actor, can_run_campaigns
from matchmaker.services.campaigns import notices
from matchmaker.services.campaigns.entries import require_open
from matchmaker.services.campaigns.following import campaign_progress
from matchmaker.services.ownership import members

DAYS_BEFORE = 3
"""Everybody concerned is reminded by itself this many days before the last day, if not that day already by hand."""


def remind(session: Session, actor: Actor, campaign: Campaign) -> int:
    """Remind everybody concerned now, at most once a day; return how many branches and drafts it was about.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: the campaign takes no entries, or people were reminded today.
    """
    if not can_run_campaigns(actor):
        raise Forbidden(N_("提醒由科技局发出。"))
    require_open(campaign)
    if campaign.reminded_on == today():
        raise Conflict(N_("今天已经提醒过，请明天再发。"))
    return _remind(session, actor, campaign)


def remind_of_endings(session: Session, day: date) -> int:
    """Remind by itself of campaigns that end in DAYS_BEFORE days or less, once each; return how many campaigns."""
    due = session.scalars(
        sa.select(Campaign)
        .where(
            Campaign.state == CampaignState.OPEN,
            Campaign.opens_on <= day,
            Campaign.closes_on >= day,
            Campaign.closes_on <= day + timedelta(days=DAYS_BEFORE),
        )
        .options(selectinload(Campaign.quotas))
    ).all()
    late = [campaign for campaign in due if not _was_reminded(campaign)]
    for campaign in late:
        _remind(session, Actor.system(), campaign, day)
    return len(late)


def _was_reminded(campaign: Campaign) -> bool:
    reminded = campaign.reminded_on
    return reminded is not None and reminded >= campaign.closes_on - timedelta(days=DAYS_BEFORE)


def _remind(session: Session, actor: Actor, campaign: Campaign, day: date | None = None) -> int:
    count = 0
    for row in campaign_progress(session, actor, campaign).rows:
        if row.quota is not None and row.counts["submitted"] < row.quota:
            count += 1
            for person in members(session, row.id):
                notices.remind_branch(session, campaign, person, row.counts["submitted"], row.quota)
    for entry in _drafts(session, campaign):
        count += 1
        notices.remind_owner(session, entry)
    campaign.reminded_on = day or today()
    record(session, actor, "remind", "campaign", campaign.id, count=count)
    session.flush()
    return count


def _drafts(session: Session, campaign: Campaign) -> list[CampaignEntry]:
    unsent = (ListingState.DRAFT, ListingState.CONFIRMING, ListingState.RETURNED)
    listing = joinedload(CampaignEntry.listing)
    return list(
        session.scalars(
            sa.select(CampaignEntry)
            .join(Listing)
            .where(CampaignEntry.campaign_id == campaign.id, Listing.state.in_(unsent))
            .options(
                joinedload(CampaignEntry.campaign),
                listing.joinedload(Listing.owner),
                listing.joinedload(Listing.broker),
                listing.joinedload(Listing.working_revision),
            )
            .order_by(CampaignEntry.id)
        )
    )
