"""Campaigns in each state of their life, made by the verbs that the site uses."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.campaigns import Campaign, CampaignEntry, CampaignExpert
from matchmaker.domain.days import today
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization
from matchmaker.services.campaigns.entries import enter
from matchmaker.services.campaigns.experts import invite
from matchmaker.services.campaigns.running import Call, create_campaign, move_campaign
from matchmaker.services.campaigns.screening import Judgement
from tests.cast import Cast, Member, make_organization
from tests.drafts import make_submitted

JUDGEMENT = Judgement(
    recommendation="keep",
    scores={"necessity": "5", "clarity": "4", "judgeability": "3", "novelty": "4"},
    text="需求真实，指标可以判断，建议保留。",
)


def a_call(**values: Any) -> Call:
    """Return a complete call for needs: opened four days ago, closing in five days, but for what `values` change."""
    day = today()
    whole = {
        "title": "企业技术需求征集",
        "kind": "need",
        "call_text": "面向全市企业征集技术需求。",
        "opens_on": (day - timedelta(days=4)).isoformat(),
        "closes_on": (day + timedelta(days=5)).isoformat(),
    }
    return Call(**{**whole, **values})


def make_campaign(session: Session, dave: Member, state: str = "open", **values: Any) -> Campaign:
    """Write a campaign and take it to `state` (draft, open, screening)."""
    campaign = create_campaign(session, dave.actor, a_call(**values))
    for step in {"draft": (), "open": ("open",), "screening": ("open", "screening")}[state]:
        move_campaign(session, dave.actor, campaign, step)
    return campaign


def make_branch(session: Session, name: str = "高新区分中心") -> Organization:
    """Add a branch."""
    return make_organization(session, "branch", name)


def make_entry(session: Session, campaign: Campaign, member: Member, **values: Any) -> CampaignEntry:
    """Submit a need and enter it."""
    listing: Listing = make_submitted(session, member, "need", **values)
    return enter(session, member.actor, campaign, listing)


def make_expert(session: Session, cast: Cast, campaign: Campaign, member: Member) -> CampaignExpert:
    """Invite somebody of the cast."""
    return invite(session, cast.dave.actor, campaign, member.membership_id)


def end_yesterday(session: Session, campaign: Campaign) -> None:
    """Move the last day of a campaign into the past."""
    campaign.closes_on = today() - timedelta(days=1)
    session.flush()
