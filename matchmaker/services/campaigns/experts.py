"""Experts of a campaign: who can be invited, who must not judge what, and who is asked for an opinion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.campaigns import (
    Campaign,
    CampaignEntry,
    CampaignExpert,
    CampaignState,
    EntryState,
    Opinion,
    OpinionState,
)
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.people import Membership, Organization, OrganizationKind, User
from matchmaker.domain.permissions import Actor, can_run_campaigns
from matchmaker.domain.states import move
from matchmaker.services.campaigns import notices
from matchmaker.services.campaigns.entries import is_late
from matchmaker.services.campaigns.recusal import ties_of
from matchmaker.services.independent_members import IndependentMembers
from matchmaker.services.listings import LARGEST_ID

EXPERT_KINDS = (OrganizationKind.SERVICE, OrganizationKind.UNIVERSITY, OrganizationKind.INSTITUTE)
RUNNING = frozenset({CampaignState.OPEN, CampaignState.SCREENING})
DISMISSED = N_("科技局调整了评审安排。")


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """An expert of a campaign: how many opinions he was asked for, gave, and recused himself from."""

    id: int
    name: str
    organization_name: str
    asked: int
    given: int
    recused: int
    is_dismissed: bool


def expert_candidates(session: Session, actor: Actor, campaign: Campaign, text: str = "") -> list[Membership]:
    """Return who could be invited, by name: members of checked universities, institutes, services, and brokers.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    _require_bureau(actor)
    return _invitable(campaign).named(session, text)


def invite(session: Session, actor: Actor, campaign: Campaign, membership_id: int) -> CampaignExpert:
    """Invite somebody, as a member of one organization, to judge this campaign's entries; he is told.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: the campaign is over.
        NotFound: nobody who can be invited has this membership.
    """
    _require_running(actor, campaign)
    membership = _invitable(campaign).one(session, membership_id)
    if membership is None:
        raise NotFound(N_("没有找到可以邀请的专家，可能已经邀请过。"))
    expert = session.scalar(
        sa.select(CampaignExpert).where(
            CampaignExpert.campaign_id == campaign.id, CampaignExpert.user_id == membership.user_id
        )
    )
    if expert is None:
        expert = CampaignExpert(campaign=campaign, user=membership.user)
        session.add(expert)
    expert.organization, expert.invited_by_id = membership.organization, actor.user_id
    expert.invited_at, expert.dismissed_at = utc_now(), None
    session.flush()
    record(session, actor, "invite", "campaign_expert", expert.id, campaign_id=campaign.id)
    notices.tell_invited(session, expert)
    return expert


def dismiss(session: Session, actor: Actor, campaign: Campaign, expert_id: int) -> None:
    """Ask somebody for no more opinions; those that he has given stand, the others go back to be assigned.

    Raises:
        Forbidden, Conflict: see `invite`.
        NotFound: the campaign has no such expert.
    """
    _require_running(actor, campaign)
    expert = _expert(session, campaign, expert_id)
    expert.dismissed_at = expert.dismissed_at or utc_now()
    asked = sa.select(Opinion).where(Opinion.expert_id == expert.id, Opinion.state == OpinionState.ASKED)
    for opinion in session.scalars(asked):
        opinion.recusal_reason, opinion.closed_at = DISMISSED, utc_now()
        move(session, opinion, OpinionState.RECUSED, actor)
    record(session, actor, "dismiss", "campaign_expert", expert.id, campaign_id=campaign.id)


def expert_rows(session: Session, actor: Actor, campaign: Campaign) -> tuple[ExpertRow, ...]:
    """Return the experts of a campaign with their work so far, by name.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    _require_bureau(actor)
    who: tuple[Any, ...] = (CampaignExpert.id, User.name, Organization.name, CampaignExpert.dismissed_at)
    counts = (
        sa.func.count().filter(Opinion.state == state)
        for state in (OpinionState.ASKED, OpinionState.GIVEN, OpinionState.RECUSED)
    )
    rows = session.execute(
        sa.select(*who, *counts)
        .join(User, User.id == CampaignExpert.user_id)
        .join(Organization, Organization.id == CampaignExpert.organization_id)
        .outerjoin(Opinion, Opinion.expert_id == CampaignExpert.id)
        .where(CampaignExpert.campaign_id == campaign.id)
        .group_by(*who)
        .order_by(User.name, CampaignExpert.id)
    )
    return tuple(
        ExpertRow(row_id, name, office, asked, given, recused, dismissed is not None)
        for row_id, name, office, dismissed, asked, given, recused in rows
    )


def assign(session: Session, actor: Actor, campaign: Campaign, entry: CampaignEntry, expert_id: int) -> Opinion:
    """Ask one expert for his opinion on one entry. Asking twice asks once.

    Raises:
        Forbidden, Conflict: see `invite`; or the entry cannot be judged now, or not by him.
        NotFound: the campaign has no such expert.
    """
    _require_running(actor, campaign)
    expert = _expert(session, campaign, expert_id)
    standing = next((opinion for opinion in entry.opinions if opinion.expert_id == expert.id), None)
    if standing is not None:
        return standing
    if expert.dismissed_at is not None or not is_judgeable(entry):
        raise Conflict(N_("这项报送现在不能评审：尚未提交、逾期未补录，或已经有结果。"))
    if ties_of(session, [expert])[expert.id].forbid(entry.listing):
        raise Conflict(N_("这位专家与报送单位有关联或在其回避名单上，应当回避。"))
    return _ask(session, actor, {expert.id: expert}, [(entry, expert)])[0]


def distribute(session: Session, actor: Actor, campaign: Campaign) -> int:
    """Ask for every opinion that is still missing, the least busy experts first; return how many were asked for.

    Nobody is asked about what his own organization posted, or that of somebody who must be kept apart from it.

    Raises:
        Forbidden, Conflict: see `invite`.
    """
    _require_running(actor, campaign)
    experts = {expert.id: expert for expert in _standing_experts(session, campaign)}
    ties = ties_of(session, experts.values())
    load = {row.id: row.asked + row.given for row in expert_rows(session, actor, campaign)}
    pairs: list[tuple[CampaignEntry, CampaignExpert]] = []
    for entry in judgeable_entries(session, campaign):
        taken = {opinion.expert_id for opinion in entry.opinions}
        wanted = campaign.opinions_each - sum(o.state != OpinionState.RECUSED for o in entry.opinions)
        free = [e for e in experts.values() if e.id not in taken and not ties[e.id].forbid(entry.listing)]
        for expert in sorted(free, key=lambda e: (load[e.id], e.id))[: max(0, wanted)]:
            load[expert.id] += 1
            pairs.append((entry, expert))
    return len(_ask(session, actor, experts, pairs))


def judgeable_entries(session: Session, campaign: Campaign) -> Sequence[CampaignEntry]:
    """Return the entries that experts can judge now, with their opinions."""
    found = session.scalars(
        sa.select(CampaignEntry)
        .join(Listing)
        .where(CampaignEntry.campaign_id == campaign.id, CampaignEntry.state == EntryState.ENTERED)
        .options(
            joinedload(CampaignEntry.campaign),
            joinedload(CampaignEntry.listing).joinedload(Listing.working_revision),
            joinedload(CampaignEntry.listing).joinedload(Listing.published_revision),
            sa.orm.selectinload(CampaignEntry.opinions),
        )
        .order_by(CampaignEntry.id)
    )
    return [entry for entry in found if is_judgeable(entry)]


def is_judgeable(entry: CampaignEntry) -> bool:
    """Whether an entry has been handed in, in time or let in, and not decided yet."""
    handed_in = entry.listing.state in {ListingState.SUBMITTED, ListingState.PUBLISHED}
    return handed_in and entry.state == EntryState.ENTERED and not is_late(entry)


def _ask(
    session: Session,
    actor: Actor,
    experts: dict[int, CampaignExpert],
    pairs: Iterable[tuple[CampaignEntry, CampaignExpert]],
) -> list[Opinion]:
    opinions = [Opinion(entry=entry, expert=expert) for entry, expert in pairs]
    session.add_all(opinions)
    session.flush()
    for expert in experts.values():
        own = [opinion for opinion in opinions if opinion.expert_id == expert.id]
        for opinion in own:
            record(session, actor, "ask", "opinion", opinion.id, entry_id=opinion.entry_id)
        if own:
            notices.tell_asked(session, expert, len(own))
    return opinions


def _invitable(campaign: Campaign) -> IndependentMembers:
    invited = sa.select(CampaignExpert.user_id).where(
        CampaignExpert.campaign_id == campaign.id, CampaignExpert.dismissed_at.is_(None)
    )
    return IndependentMembers(EXPERT_KINDS, invited)


def _standing_experts(session: Session, campaign: Campaign) -> Sequence[CampaignExpert]:
    query = sa.select(CampaignExpert).where(
        CampaignExpert.campaign_id == campaign.id, CampaignExpert.dismissed_at.is_(None)
    )
    return session.scalars(query.options(joinedload(CampaignExpert.user)).order_by(CampaignExpert.id)).all()


def _expert(session: Session, campaign: Campaign, expert_id: int) -> CampaignExpert:
    expert = session.get(CampaignExpert, expert_id) if 0 < expert_id <= LARGEST_ID else None
    if expert is None or expert.campaign_id != campaign.id:
        raise NotFound(N_("没有找到这位专家。"))
    return expert


def _require_bureau(actor: Actor) -> None:
    if not can_run_campaigns(actor):
        raise Forbidden(N_("专家评审由科技局组织。"))


def _require_running(actor: Actor, campaign: Campaign) -> None:
    _require_bureau(actor)
    if campaign.state not in RUNNING:
        raise Conflict(N_("征集活动还没有开始或已经结束，不能安排评审。"))
