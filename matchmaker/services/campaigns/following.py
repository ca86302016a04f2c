"""Following a campaign: how many entries each branch has at each stage, and the rows behind each number.

Numbers and rows come from the same conditions (`STAGES`), so a number always opens to as many rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matchmaker.domain.campaigns import Campaign, CampaignEntry, EntryState
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.indicators import PUBLISHED_NEEDS
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, ListingState
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_follow_campaigns, can_run_campaigns, is_branch_staff
from matchmaker.services.campaigns.entries import is_late
from matchmaker.services.campaigns.screening import Agreement, agreement
from matchmaker.services.ledger import Figure, figure
from matchmaker.services.readings import note_titled

NO_BRANCH = 0
"""What stands for entries of organizations that belong to no branch."""
PAGE_SIZE = 30
# A branch is on its way while its share of the quota keeps up with the days that passed, and behind below a part of it.
BEHIND = 0.6

HANDED_IN = (ListingState.SUBMITTED, ListingState.RETURNED, ListingState.PUBLISHED)
STAGES: dict[str, Callable[[], sa.ColumnElement[bool]]] = {
    "collected": sa.true,
    "submitted": lambda: sa.or_(Listing.state.in_(HANDED_IN), Listing.published_revision_id.is_not(None)),
    "screened_in": lambda: CampaignEntry.state == EntryState.SCREENED_IN,
    "screened_out": lambda: CampaignEntry.state == EntryState.SCREENED_OUT,
    "published": lambda: Listing.published_revision_id.is_not(None),
}


@dataclass(frozen=True, slots=True)
class BranchRow:
    """The numbers of one branch; `id` is NO_BRANCH for entries of none, `quota` None where it has none."""

    id: int
    name: str
    quota: int | None
    counts: dict[str, int]
    light: str

    @property
    def share(self) -> float | None:
        """Part of the quota that is handed in; more than 1 where it is exceeded."""
        return self.counts["submitted"] / self.quota if self.quota else None


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """How far a campaign is. `total` counts what the viewer may see; `elapsed` is the part of its days that passed."""

    rows: tuple[BranchRow, ...]
    total: BranchRow
    elapsed: float
    promise: Figure | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in a list. `title` is empty as long as only its own side may read it."""

    id: int
    listing_id: int
    kind: str
    title: str
    organization_name: str
    branch_name: str
    listing_state: str
    state: str
    late_reason: str
    is_late: bool
    agreement: Agreement
    asked: int


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One page of entries."""

    rows: tuple[EntryRow, ...]
    total: int
    number: int
    pages: int


def campaign_progress(session: Session, actor: Actor, campaign: Campaign) -> CampaignProgress:
    """Return the table of a campaign; a branch sees its own row.

    Raises:
        Forbidden: the actor follows no campaigns.
    """
    _require_follower(actor)
    branch = sa.func.coalesce(Organization.branch_id, NO_BRANCH)
    counting = [sa.func.count().filter(condition()) for condition in STAGES.values()]
    found = session.execute(_entries(actor, campaign).with_only_columns(branch, *counting).group_by(branch))
    counts = {row[0]: dict(zip(STAGES, row[1:], strict=True)) for row in found}
    quotas = {quota.branch_id: quota.target for quota in campaign.quotas if _sees(actor, quota.branch_id)}
    names = _names(session, counts.keys() | quotas.keys())
    elapsed = _elapsed(campaign, today())
    rows = [
        _row(branch_id, names[branch_id], quotas.get(branch_id), counts.get(branch_id, {}), elapsed)
        for branch_id in sorted(counts.keys() | quotas.keys(), key=lambda each: (each == NO_BRANCH, names[each]))
    ]
    everything = {stage: sum(row.counts[stage] for row in rows) for stage in STAGES}
    quota = sum(quotas.values()) if is_branch_staff(actor) else campaign.target or sum(quotas.values())
    total = _row(NO_BRANCH, N_("合计"), quota or None, everything, elapsed)
    promise = figure(session, actor, PUBLISHED_NEEDS, today().year) if campaign.kind == ListingKind.NEED else None
    return CampaignProgress(tuple(rows), total, elapsed, promise)


def campaign_entries(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    *,
    stage: str = "collected",
    branch_id: int | None = None,
    page: int = 1,
) -> EntryPage:
    """Return the entries behind one number of the table: those of a stage, of one branch or of all that he may see.

    What is not decided stands first, the newest at the top.

    Raises:
        Forbidden: the actor follows no campaigns.
    """
    _require_follower(actor)
    query = _entries(actor, campaign).where(STAGES.get(stage, sa.true)())
    if branch_id is not None:
        query = query.where(sa.func.coalesce(Organization.branch_id, NO_BRANCH) == branch_id)
    total = session.scalar(query.with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, page), pages)
    branch = aliased(Organization)
    found = session.execute(
        query.outerjoin(branch, branch.id == Organization.branch_id)
        .with_only_columns(CampaignEntry, branch.name)
        .options(
            joinedload(CampaignEntry.campaign),
            joinedload(CampaignEntry.listing).joinedload(Listing.organization),
            joinedload(CampaignEntry.listing).joinedload(Listing.working_revision),
            joinedload(CampaignEntry.listing).joinedload(Listing.published_revision),
            selectinload(CampaignEntry.opinions),
        )
        .order_by(CampaignEntry.state != EntryState.ENTERED, CampaignEntry.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    rows = tuple(_entry_row(actor, entry, branch_name or "", campaign) for entry, branch_name in found)
    return EntryPage(rows, total, number, pages)


def _require_follower(actor: Actor) -> None:
    if not can_follow_campaigns(actor):
        raise Forbidden(N_("征集进度只对科技局和分中心开放。"))


def _sees(actor: Actor, branch_id: int) -> bool:
    return not is_branch_staff(actor) or branch_id == actor.organization_id


def _entries(actor: Actor, campaign: Campaign) -> sa.Select[CampaignEntry]:
    query = (
        sa.select(CampaignEntry)
        .join(Listing, Listing.id == CampaignEntry.listing_id)
        .join(Organization, Organization.id == Listing.organization_id)
        .where(CampaignEntry.campaign_id == campaign.id)
    )
    return query.where(Organization.branch_id == actor.organization_id) if is_branch_staff(actor) else query


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(sa.select(Organization.id, Organization.name).where(Organization.id.in_(ids)))
    return {NO_BRANCH: N_("未分配分中心"), **{row[0]: row[1] for row in rows}}


def _elapsed(campaign: Campaign, day: date) -> float:
    """Part of the campaign's days that have passed, from 0 to 1; a day counts once it is over."""
    length = (campaign.closes_on - campaign.opens_on).days + 1
    return min(1.0, max(0.0, (day - campaign.opens_on).days / length))


def _row(branch_id: int, name: str, quota: int | None, counts: dict[str, int], elapsed: float) -> BranchRow:
    whole = {stage: counts.get(stage, 0) for stage in STAGES}
    return BranchRow(branch_id, name, quota, whole, _light(whole["submitted"], quota, elapsed))


def _light(submitted: int, quota: int | None, elapsed: float) -> str:
    """Say how a branch does: done, on_way, behind, far_behind; none where it has no quota."""
    if not quota:
        return "none"
    share = submitted / quota
    if share >= 1:
        return "done"
    if share >= elapsed:
        return "on_way"
    return "behind" if share >= elapsed * BEHIND else "far_behind"


def _entry_row(actor: Actor, entry: CampaignEntry, branch_name: str, campaign: Campaign) -> EntryRow:
    listing = entry.listing
    is_private = listing.published_revision_id is None and listing.state not in HANDED_IN
    own = listing.working_revision if listing.state != ListingState.PUBLISHED else None
    title = "" if is_private and not actor.is_system else (own or listing.current).title
    if title:
        note_titled(actor, listing)
    return EntryRow(
        id=entry.id,
        listing_id=listing.id,
        kind=listing.kind,
        title=title,
        organization_name=listing.organization.name,
        branch_name=branch_name,
        listing_state=listing.state,
        state=entry.state,
        late_reason=(entry.late_reason or "") if can_run_campaigns(actor) else "",
        is_late=is_late(entry),
        agreement=agreement(entry.opinions, campaign.opinions_each),
        asked=sum(opinion.state == "asked" for opinion in entry.opinions),
    )
