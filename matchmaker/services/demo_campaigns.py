"""The demonstration's campaign: three branches with quotas, entries at every stage, opinions given and asked for."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.campaigns import (
    BranchQuota,
    Campaign,
    CampaignEntry,
    CampaignExpert,
    CampaignState,
    EntryState,
    Opinion,
    OpinionState,
)
from matchmaker.domain.days import today
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, ListingState
from matchmaker.domain.people import Membership, Organization, OrganizationKind
from matchmaker.domain.permissions import Actor
from matchmaker.domain.screening import Recommendation
from matchmaker.domain.states import move

PAST_DAYS, LEFT_DAYS = 12, 8
QUOTAS = (10, 8, 6)
ENTERED = 24
EXPERTS = 3
TITLE = N_("企业技术需求征集（演示）")
CALL = N_(
    "为摸清全市企业的技术难题，促成与高校院所的对接，现面向全市企业征集技术需求。\n\n"
    "一、征集范围\n生产经营中遇到的、自己难以解决的技术问题，包括新产品开发、工艺改进、节能降耗和数字化改造。\n\n"
    "二、填报要求\n写清要解决的问题和应用场合，给出可以判断的技术指标；涉及商业秘密的可以匿名发布。"
    "不得填报涉密内容和可以直接购买成熟产品解决的问题。\n\n"
    "三、评审和发布\n每项由两名专家评审，专家看不到单位名称。入选的需求编入汇编并推荐给高校院所；"
    "没有入选的会收到原因和修改建议。"
)
OPINION = N_("问题真实，应用场合清楚；建议补充现有工艺能达到的数值，便于判断提升幅度。")


def load_demo_campaign(session: Session) -> Campaign:
    """Write one open campaign over the demonstration's listings."""
    branches = _branches(session)
    campaign = Campaign(
        title=TITLE,
        kind=ListingKind.NEED,
        call_text=CALL,
        opens_on=today() - timedelta(days=PAST_DAYS),
        closes_on=today() + timedelta(days=LEFT_DAYS),
        contact=N_("科技成果转化科　马丽　0991-0000000"),
        opened_at=utc_now() - timedelta(days=PAST_DAYS),
        quotas=[BranchQuota(branch=branch, target=target) for branch, target in zip(branches, QUOTAS, strict=False)],
    )
    session.add(campaign)
    session.flush()
    move(session, campaign, CampaignState.OPEN, Actor.system())
    experts = _experts(session, campaign)
    for number, listing in enumerate(_needs(session)):
        _enter(session, campaign, listing, experts, number)
    session.flush()
    return campaign


def _branches(session: Session) -> list[Organization]:
    """Return the branches, each given the enterprises of its own district."""
    branches = list(
        session.scalars(
            sa.select(Organization).where(Organization.kind == OrganizationKind.BRANCH).order_by(Organization.id)
        )
    )
    for branch in branches:
        session.execute(
            sa.update(Organization)
            .where(Organization.kind == OrganizationKind.ENTERPRISE, Organization.region == branch.region)
            .values(branch_id=branch.id)
        )
    return branches


def _experts(session: Session, campaign: Campaign) -> list[CampaignExpert]:
    kinds = (OrganizationKind.UNIVERSITY, OrganizationKind.INSTITUTE)
    members = session.scalars(
        sa.select(Membership)
        .join(Organization)
        .where(Organization.kind.in_(kinds))
        .order_by(Membership.id)
        .limit(EXPERTS)
    )
    experts = [
        CampaignExpert(campaign=campaign, user_id=row.user_id, organization_id=row.organization_id) for row in members
    ]
    session.add_all(experts)
    session.flush()
    return experts


def _needs(session: Session) -> list[Listing]:
    """Return what waits for review, and the newest of what is published."""
    waits = sa.case((Listing.state == ListingState.SUBMITTED, 0), else_=1)
    needs = sa.select(Listing).where(Listing.kind == ListingKind.NEED).order_by(waits, Listing.id)
    return list(session.scalars(needs.limit(ENTERED)))


def _enter(session: Session, campaign: Campaign, listing: Listing, experts: list[CampaignExpert], number: int) -> None:
    entry = CampaignEntry(campaign=campaign, listing=listing, entered_by_id=listing.owner_id)
    session.add(entry)
    session.flush()
    asked = [Opinion(entry=entry, expert=expert) for expert in experts[number % 2 : number % 2 + 2]]
    session.add_all(asked)
    session.flush()
    waits = listing.state == ListingState.SUBMITTED
    for opinion in asked[1:] if waits else asked:
        _give(session, opinion, listing, number)
    if not waits:
        entry.decided_at, entry.decided_revision_id = utc_now(), listing.current.id
        move(session, entry, EntryState.SCREENED_IN, Actor.system())


def _give(session: Session, opinion: Opinion, listing: Listing, number: int) -> None:
    opinion.recommendation = Recommendation.KEEP if number % 3 else Recommendation.CLARIFY
    opinion.scores = {"necessity": 5, "clarity": 3 + number % 3, "judgeability": 3 + number % 2, "novelty": 4}
    opinion.text, opinion.revision_id, opinion.closed_at = OPINION, listing.current.id, utc_now()
    move(session, opinion, OpinionState.GIVEN, Actor.system())
