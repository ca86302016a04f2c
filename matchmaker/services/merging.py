"""Merging doubles: one of the bureau proposes, another carries out; the merged one stays as a signpost."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.handovers import Handover, HandoverState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.matches import Match
from matchmaker.domain.merges import Merge, MergeState
from matchmaker.domain.people import OFFICES, ROLE_OF_KIND, Membership, MembershipState, Organization
from matchmaker.domain.permissions import Actor, can_verify_organizations
from matchmaker.domain.states import move
from matchmaker.services.deals import rename_keys
from matchmaker.services.match_lists import undecided
from matchmaker.services.organization_notices import owners, tell_person
from matchmaker.services.reading.text import prose
from matchmaker.services.references import Moved, count_references, move_references
from matchmaker.services.verification_terms import MERGED, void_verification

NOTE_LONGEST = 1000
LARGEST_ID = 2**63 - 1
# What the kept organization takes over where it says nothing itself.
FILLED = (
    "credit_code",
    "region",
    "industry",
    "size",
    "website",
    "address",
    "summary",
    "branch_id",
    "external_id",
)
_UNIQUE = ("credit_code", "external_id")


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What would happen: rows by table, fields that the kept one takes over, and whether members become plain ones."""

    moved: tuple[Moved, ...]
    filled: tuple[str, ...]
    owners_become_members: bool


def preview_merge(session: Session, actor: Actor, kept: Organization, merged: Organization) -> MergePreview:
    """Return what merging `merged` into `kept` would move.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: the two cannot be merged; the sentence says why.
    """
    _require_bureau(actor)
    _require_mergeable(kept, merged)
    filled = tuple(name for name in FILLED if getattr(kept, name) is None and getattr(merged, name) is not None)
    both_owned = bool(owners(session, kept.id)) and bool(owners(session, merged.id))
    return MergePreview(count_references(session, kept.id, merged.id), filled, both_owned)


def propose_merge(session: Session, actor: Actor, kept: Organization, merged: Organization, *, reason: str) -> Merge:
    """Be the first pair of eyes: propose that `merged` goes into `kept`.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: the two cannot be merged, or a proposal with one of them already waits.
        Invalid: no reason (field `reason`).
    """
    _require_bureau(actor)
    _require_mergeable(kept, merged)
    text = _reason(reason)
    either = Merge.kept_id.in_((kept.id, merged.id)) | Merge.merged_id.in_((kept.id, merged.id))
    if session.scalar(sa.select(Merge.id).where(Merge.state == MergeState.PROPOSED, either).limit(1)) is not None:
        raise Conflict(N_("其中一个单位已经有一项待复核的合并，请先处理。"))
    merge = Merge(kept_id=kept.id, merged_id=merged.id, reason=text, proposed_by_id=actor.user_id)
    session.add(merge)
    session.flush()
    record(session, actor, "propose", "merge", merge.id, after=merge.state, kept_id=kept.id, merged_id=merged.id)
    return merge


def call_different(session: Session, actor: Actor, first: Organization, second: Organization, *, reason: str) -> None:
    """Note that two organizations are not one, so that nobody is asked about them again.

    Raises:
        Forbidden: the actor is not the bureau.
        Invalid: no reason (field `reason`).
    """
    _require_bureau(actor)
    merge = Merge(
        kept_id=first.id,
        merged_id=second.id,
        state=MergeState.DIFFERENT,
        reason=_reason(reason),
        proposed_by_id=actor.user_id,
        decided_by_id=actor.user_id,
        decided_at=utc_now(),
    )
    session.add(merge)
    session.flush()
    record(
        session, actor, "call_different", "merge", merge.id, after=merge.state, kept_id=first.id, merged_id=second.id
    )


def proposed_merges(session: Session, actor: Actor) -> list[Merge]:
    """Return the proposals that wait for a second pair of eyes, the oldest first.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    _require_bureau(actor)
    loaded = (Merge.kept, Merge.merged, Merge.proposed_by)
    query = sa.select(Merge).where(Merge.state == MergeState.PROPOSED).order_by(Merge.id)
    return list(session.scalars(query.options(*(joinedload(part) for part in loaded))))


def get_merge(session: Session, actor: Actor, merge_id: int) -> Merge:
    """Return a merge.

    Raises:
        Forbidden: the actor is not the bureau.
        NotFound: there is none.
    """
    _require_bureau(actor)
    found = session.get(Merge, merge_id) if 0 < merge_id <= LARGEST_ID else None
    if found is None:
        raise NotFound(N_("没有找到这项合并。"))
    return found


def can_carry_out(actor: Actor, merge: Merge) -> bool:
    """Whether the actor may be the second pair of eyes: another one of the bureau than who proposed."""
    second = merge.proposed_by_id is None or actor.user_id != merge.proposed_by_id
    return can_verify_organizations(actor) and second and merge.state == MergeState.PROPOSED


def reject_merge(session: Session, actor: Actor, merge_id: int, *, note: str) -> Merge:
    """Reject a proposal; whoever made it may also take it back in this way.

    Raises:
        Forbidden, NotFound: see `get_merge`.
        Conflict: it is decided already.
        Invalid: no note (field `note`).
    """
    merge = get_merge(session, actor, merge_id)
    merge.decision_note = _reason(note, "note")
    merge.decided_by_id, merge.decided_at = actor.user_id, utc_now()
    move(session, merge, MergeState.REJECTED, actor, merge.decision_note)
    return merge


def carry_out_merge(session: Session, actor: Actor, merge_id: int) -> Merge:
    """Be the second pair of eyes and merge: everything that names the merged organization names the kept one.

    Owners of the merged one become plain members, unless the kept one has no owner: whose word counts there must not
    change by a merge. The indexes read all listings again, and every pair is judged again.

    Raises:
        Forbidden: the actor is not the bureau, or has proposed it himself.
        NotFound: there is no such proposal.
        Conflict: it is decided already, or the two can no longer be merged.
    """
    merge = get_merge(session, actor, merge_id)
    if merge.state == MergeState.PROPOSED and not can_carry_out(actor, merge):
        raise Forbidden(N_("合并必须由另一位同事复核。请由另一位同事或平台管理员确认。"))
    kept, merged = merge.kept, merge.merged
    _require_mergeable(kept, merged)
    merge.decided_by_id, merge.decided_at = actor.user_id, utc_now()
    move(session, merge, MergeState.MERGED, actor)
    told = {person.id: person for each in (kept, merged) for person in owners(session, each.id)}
    _end_what_stands(session, actor, merged)
    _settle_owners(session, kept, merged)
    _drop_pairs_between(session, kept.id, merged.id)
    _fill(session, kept, merged)
    moved = move_references(session, kept.id, merged.id)
    rename_keys(session, kept.id)
    merge.moved = {row.table: row.rows for row in moved}
    merged.merged_into_id, merged.suspended_at = kept.id, None
    _count_change(session, kept.id)
    record(session, actor, "merge", "organization", merged.id, into=kept.id)
    record(session, actor, "merge", "organization", kept.id, took=merged.id)
    title = Sentence(N_("%(merged)s 已并入 %(kept)s"), merged=merged.name, kept=kept.name)
    body = Sentence(
        N_("科技局确认两者是同一个单位。成员、需求和成果、匹配记录都已转到 %(kept)s，旧链接会自动跳转。"),
        kept=kept.name,
    )
    for person in told.values():
        tell_person(session, person, kept.id, title, body)
    return merge


def _end_what_stands(session: Session, actor: Actor, merged: Organization) -> None:
    void_verification(session, actor, merged, MERGED)
    offers = sa.select(Handover).where(Handover.organization_id == merged.id, Handover.state == HandoverState.OFFERED)
    for offer in session.scalars(offers):
        move(session, offer, HandoverState.RECALLED, actor, MERGED)


def _settle_owners(session: Session, kept: Organization, merged: Organization) -> None:
    if owners(session, kept.id):
        of_merged = Membership.organization_id == merged.id, Membership.state != MembershipState.ENDED
        session.execute(sa.update(Membership).where(*of_merged).values(is_owner=False))


def _drop_pairs_between(session: Session, kept_id: int, merged_id: int) -> None:
    """An organization is not matched with itself; what was decided about such a pair stays, out of every list."""
    one, other = (sa.select(Listing.id).where(Listing.organization_id == each) for each in (kept_id, merged_id))
    between = sa.or_(
        sa.and_(Match.need_id.in_(one), Match.achievement_id.in_(other)),
        sa.and_(Match.need_id.in_(other), Match.achievement_id.in_(one)),
    )
    session.execute(sa.delete(Match).where(between, *undecided()))
    unlisted = {"in_need_list": False, "in_achievement_list": False}
    unseen = {"need_side_score": None, "achievement_side_score": None}
    session.execute(sa.update(Match).where(between).values(unlisted | unseen))


def _fill(session: Session, kept: Organization, merged: Organization) -> None:
    taken = {name: getattr(merged, name) for name in FILLED if getattr(kept, name) is None}
    for name in _UNIQUE:
        if taken.get(name) is not None:
            setattr(merged, name, None)
    session.flush()
    for name, value in taken.items():
        setattr(kept, name, value)
    session.flush()


def _count_change(session: Session, organization_id: int) -> None:
    live = Listing.organization_id == organization_id, Listing.state == ListingState.PUBLISHED
    session.execute(sa.update(Listing).where(*live).values(pair_revision=Listing.pair_revision + 1))
    session.execute(sa.insert(IndexChange).from_select(["listing_id"], sa.select(Listing.id).where(*live)))
    session.flush()


def _require_bureau(actor: Actor) -> None:
    if not can_verify_organizations(actor):
        raise Forbidden(N_("重复单位由科技局处理。"))


def _require_mergeable(kept: Organization, merged: Organization) -> None:
    if kept is merged:
        raise Conflict(N_("不能把一个单位合并到它自己。"))
    if kept.kind in OFFICES or merged.kind in OFFICES:
        raise Conflict(N_("科技主管部门和分中心不能合并。"))
    if ROLE_OF_KIND[kept.kind] is not ROLE_OF_KIND[merged.kind]:
        raise Conflict(N_("两个单位的类型不同，成员的身份不能互换，请先更正类型。"))
    if kept.merged_into_id is not None or merged.merged_into_id is not None:
        raise Conflict(N_("其中一个单位已经被合并，请刷新页面查看。"))
    if kept.is_suspended or merged.is_suspended:
        raise Conflict(N_("其中一个单位正被停用，请先恢复再合并：合并不能绕过停用。"))


def _reason(text: str, field: str = "reason") -> str:
    reason = prose(text)
    if not 0 < len(reason) <= NOTE_LONGEST:
        raise Invalid(N_("请写明原因（最多 1000 字）。"), {field: N_("请写明原因（最多 1000 字）。")})
    return reason
