"""Merging doubles: what goes over, what becomes of collisions, and the signpost that stays."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.base import utc_now
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.inventors import Inventor
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Membership, MembershipState, Organization, Role
from matchmaker.domain.sub_units import SubUnit
from matchmaker.domain.tables import metadata
from matchmaker.services.merging import (
    carry_out_merge,
    get_merge,
    preview_merge,
    propose_merge,
    proposed_merges,
    reject_merge,
)
from matchmaker.services.organizations import find_known, get_organization
from matchmaker.services.references import HISTORY, references
from tests.cast import Cast, Member, make_member, make_organization
from tests.pairs import pair, publish


@pytest.fixture
def double(session: Session) -> Organization:
    return make_organization(session, "enterprise", "新疆天山机械有限责任公司", website="https://tianshan.example")


@pytest.fixture
def gul(session: Session, double: Organization) -> Member:
    return make_member(session, double, "gul", "古丽", Role.ENTERPRISE, is_owner=True)


def _kept(session: Session, cast: Cast) -> Organization:
    return session.get_one(Organization, cast.alice.organization_id)


def _merge(session: Session, cast: Cast, double: Organization) -> None:
    merge = propose_merge(session, cast.dave.actor, _kept(session, cast), double, reason="重复注册")
    carry_out_merge(session, cast.erin.actor, merge.id)


def _membership(session: Session, member: Member) -> tuple[int, str, bool]:
    row = session.get_one(Membership, member.membership_id)
    return row.organization_id, row.state, row.is_owner


def test_every_reference_to_an_organization_is_moved_or_history() -> None:
    found = {(table.name, column.name) for table, column in references()}
    every = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "organizations"
    }
    assert every - found == {(table, column) for table, column in every if table in HISTORY}
    assert {"memberships", "listings", "match_decisions", "sub_units", "inventors", "verifications"} <= {
        table for table, _ in found
    }


def test_merge_moves_everything_that_the_preview_names(
    session: Session, cast: Cast, double: Organization, gul: Member
) -> None:
    listing = publish(session, gul, "need", "齿轮箱漏油")
    session.add_all(
        (SubUnit(organization_id=double.id, name="研究院"), Inventor(organization_id=double.id, name="李明"))
    )
    session.flush()
    kept = _kept(session, cast)
    preview = preview_merge(session, cast.dave.actor, kept, double)
    assert {row.table: (row.rows, row.stayed) for row in preview.moved} == {
        "memberships": (1, 0),
        "listings": (1, 0),
        "sub_units": (1, 0),
        "inventors": (1, 0),
    }
    assert (preview.filled, preview.owners_become_members) == (("website",), True)
    _merge(session, cast, double)
    assert session.get_one(Listing, listing.id).organization_id == kept.id
    assert _membership(session, gul) == (kept.id, "active", False)
    assert session.scalars(sa.select(Inventor.organization_id)).all() == [kept.id]
    assert (double.merged_into_id, double.verified_at, kept.website) == (kept.id, None, "https://tianshan.example")
    told = {row.user_id: row.title for row in session.scalars(sa.select(Notice))}
    assert told == dict.fromkeys((cast.alice.user_id, gul.user_id), "新疆天山机械有限责任公司 已并入 天山机械有限公司")


def test_indexes_and_pairs_are_refreshed(session: Session, cast: Cast, double: Organization, gul: Member) -> None:
    listing, own = publish(session, gul, "need", "齿轮箱漏油"), publish(session, cast.alice, "achievement", "密封")
    pair(session, listing, own)
    decided = pair(session, publish(session, gul, "need", "轴承"), own)
    session.add(MatchDecision(match_id=decided.id, organization_id=gul.organization_id, decision="interested"))
    session.flush()
    _merge(session, cast, double)
    assert {session.get_one(Listing, each).pair_revision for each in (listing.id, own.id)} == {2}
    assert {listing.id, own.id} <= set(session.scalars(sa.select(IndexChange.listing_id)))
    left = session.scalars(sa.select(Match)).one()
    assert (left.id, left.in_need_list, left.need_side_score, left.achievement_side_score) == (
        decided.id,
        False,
        None,
        None,
    )


def test_person_in_both_keeps_the_better_membership(session: Session, cast: Cast, double: Organization) -> None:
    kept = _kept(session, cast)
    member = make_member(session, kept, "timur", "铁木尔", Role.ENTERPRISE, state=MembershipState.ENDED)
    second = Membership(user_id=member.user_id, organization_id=double.id, role="enterprise", state="active")
    session.add(second)
    session.flush()
    preview = preview_merge(session, cast.dave.actor, kept, double)
    assert [(row.table, row.rows, row.stayed) for row in preview.moved] == [("memberships", 0, 1)]
    _merge(session, cast, double)
    assert _membership(session, member) == (kept.id, "active", False)
    session.refresh(second)
    assert (second.organization_id, second.state) == (double.id, "ended")


def test_owner_of_the_double_stays_owner_where_the_kept_one_has_none(
    session: Session, cast: Cast, double: Organization, gul: Member
) -> None:
    session.get_one(Membership, cast.alice.membership_id).state = MembershipState.ENDED
    _merge(session, cast, double)
    assert _membership(session, gul) == (cast.alice.organization_id, "active", True)


def test_later_of_two_decisions_about_a_pair_stands(
    session: Session, cast: Cast, double: Organization, gul: Member
) -> None:
    match = pair(session, publish(session, gul, "need", "漏油"), publish(session, cast.bob, "achievement", "密封"))
    for organization_id, decision, hours in ((gul.organization_id, "interested", 1), (1, "unsuitable", 2)):
        at = utc_now() - timedelta(hours=hours)
        session.add(MatchDecision(match_id=match.id, organization_id=organization_id, decision=decision, at=at))
    session.flush()
    _merge(session, cast, double)
    rows = session.execute(sa.select(MatchDecision.organization_id, MatchDecision.decision))
    assert [tuple(row) for row in rows] == [(cast.alice.organization_id, "interested")]


def test_same_external_id_in_both_stays_apart(session: Session, cast: Cast, double: Organization, gul: Member) -> None:
    mine, theirs = publish(session, cast.alice, "need", "甲"), publish(session, gul, "need", "乙")
    mine.external_id = theirs.external_id = "N-1"
    session.flush()
    _merge(session, cast, double)
    rows = session.execute(sa.select(Listing.organization_id, Listing.external_id).order_by(Listing.id))
    assert [tuple(row) for row in rows] == [(1, "N-1"), (1, f"N-1@{double.id}")]


def test_old_addresses_and_names_lead_to_the_kept_one(session: Session, cast: Cast, double: Organization) -> None:
    double.credit_code = "91650100MA7DD000X0"
    _merge(session, cast, double)
    kept = _kept(session, cast)
    assert get_organization(session, cast.dave.actor, double.id) is kept
    assert find_known(session, double.name, None) == ("name", kept)
    assert find_known(session, None, "91650100MA7DD000X0") == ("credit_code", kept)


def test_merge_needs_two_people_and_a_reason(session: Session, cast: Cast, double: Organization) -> None:
    kept = _kept(session, cast)
    with pytest.raises(Invalid):
        propose_merge(session, cast.dave.actor, kept, double, reason=" ")
    merge = propose_merge(session, cast.dave.actor, kept, double, reason="重复注册")
    assert [row.id for row in proposed_merges(session, cast.erin.actor)] == [merge.id]
    with pytest.raises(Forbidden):
        carry_out_merge(session, cast.dave.actor, merge.id)
    with pytest.raises(Conflict):
        propose_merge(session, cast.erin.actor, double, kept, reason="反过来")
    reject_merge(session, cast.erin.actor, merge.id, note="不是同一家")
    with pytest.raises(Conflict):
        carry_out_merge(session, cast.erin.actor, merge.id)
    assert double.merged_into_id is None


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "mallory", "peter"])
def test_merging_is_the_bureaus(session: Session, cast: Cast, double: Organization, key: str) -> None:
    actor, kept = cast[key].actor, _kept(session, cast)
    merge = propose_merge(session, cast.dave.actor, kept, double, reason="重复注册")
    for verb, arguments, more in (
        (preview_merge, (kept, double), {}),
        (propose_merge, (kept, double), {"reason": "不"}),
        (proposed_merges, (), {}),
        (get_merge, (merge.id,), {}),
        (reject_merge, (merge.id,), {"note": "不"}),
        (carry_out_merge, (merge.id,), {}),
    ):
        with pytest.raises(Forbidden):
            verb(session, actor, *arguments, **more)


def test_what_must_not_be_merged_is_refused_with_the_reason(session: Session, cast: Cast, double: Organization) -> None:
    kept = _kept(session, cast)
    for other, sentence in (
        (kept, "它自己"),
        (session.get_one(Organization, cast.bob.organization_id), "类型不同"),
        (session.get_one(Organization, cast.dave.organization_id), "不能合并"),
    ):
        with pytest.raises(Conflict, match=sentence):
            propose_merge(session, cast.dave.actor, kept, other, reason="重复")
    double.suspended_at = utc_now()
    with pytest.raises(Conflict, match="停用"):
        propose_merge(session, cast.dave.actor, kept, double, reason="重复")


def test_listing_whose_outcome_names_the_kept_one_goes_over_too(
    session: Session, cast: Cast, double: Organization, gul: Member
) -> None:
    listing = publish(session, gul, "need", "齿轮箱漏油")
    listing.outcome_organization_id = cast.alice.organization_id
    session.flush()
    _merge(session, cast, double)
    session.refresh(listing)
    assert (listing.organization_id, listing.outcome_organization_id) == (cast.alice.organization_id,) * 2


def test_what_stood_between_the_two_stays_as_it_was(session: Session, cast: Cast, double: Organization) -> None:
    session.add_all(
        Avoidance(organization_id=double.id, avoided_id=avoided, name="某单位", kind="rival")
        for avoided in (cast.alice.organization_id, cast.bob.organization_id)
    )
    session.flush()
    _merge(session, cast, double)
    rows = session.execute(sa.select(Avoidance.organization_id, Avoidance.avoided_id).order_by(Avoidance.id))
    assert [tuple(row) for row in rows] == [(double.id, 1), (cast.alice.organization_id, cast.bob.organization_id)]
