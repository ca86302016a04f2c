"""Deals: from what they are opened, who sees and moves them, and that there is never a second one."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Membership, MembershipState, Organization, Role
from matchmaker.services.appointments.ratings import Said
from matchmaker.services.appointments.recording import record_outcome, say
from matchmaker.services.deals import (
    advance,
    brokers_at_work,
    hand_over_deal,
    load_deal,
    move_deal,
    open_for_appointment,
    open_for_match,
    plan_deal,
)
from matchmaker.services.decisions import decide
from matchmaker.services.members import end_membership
from matchmaker.services.merging import carry_out_merge, propose_merge
from tests.appointments import make_meeting
from tests.cast import Cast, Member, make_member, make_organization

SOON = (today() + timedelta(days=7)).isoformat()
STEP = {"next_step": "寄样品", "next_step_on": SOON}


@pytest.fixture
def meeting(session: Session, cast: Cast) -> Appointment:
    appointment = make_meeting(session, cast)
    record_outcome(session, cast.carol.actor, appointment.id, "held")
    return appointment


@pytest.fixture
def deal(session: Session, cast: Cast, meeting: Appointment) -> Deal:
    return open_for_appointment(session, cast.carol.actor, meeting.id, **STEP)


@pytest.fixture
def vera(session: Session, cast: Cast) -> Member:
    office = session.get_one(Organization, cast.peter.organization_id)
    return make_member(session, office, "vera", "维拉", Role.BROKER)


def _match(meeting: Appointment) -> Match:
    assert meeting.match is not None
    return meeting.match


def test_deal_of_a_meeting_is_in_talks_about_its_match(
    session: Session, cast: Cast, deal: Deal, meeting: Appointment
) -> None:
    assert (deal.state, deal.match_id, deal.appointment_id) == ("talks", _match(meeting).id, meeting.id)
    assert (deal.one_organization_id, deal.other_organization_id, deal.owner_id) == (
        cast.alice.organization_id,
        cast.bob.organization_id,
        cast.carol.user_id,
    )


def test_deal_opened_by_a_side_belongs_to_the_broker_of_the_event(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    assert open_for_appointment(session, cast.bob.actor, meeting.id, **STEP).owner_id == cast.carol.user_id


def test_meeting_that_was_missed_opens_no_deal(session: Session, cast: Cast) -> None:
    appointment = make_meeting(session, cast)
    with pytest.raises(Conflict):
        open_for_appointment(session, cast.alice.actor, appointment.id, **STEP)
    say(session, cast.alice.actor, appointment.id, Said("other_absent"))
    with pytest.raises(Conflict):
        open_for_appointment(session, cast.carol.actor, appointment.id, **STEP)


def test_match_opens_a_deal_once_both_are_interested(session: Session, cast: Cast) -> None:
    match = _match(make_meeting(session, cast))
    for actor in (cast.carol.actor, cast.alice.actor):
        with pytest.raises(Forbidden):
            open_for_match(session, actor, match.id, **STEP)
    for actor in (cast.alice.actor, cast.bob.actor):
        decide(session, actor, match.id, "interested")
    session.expire_all()
    deal = open_for_match(session, cast.alice.actor, match.id, **STEP)
    assert (deal.state, deal.owner_id, deal.appointment_id) == ("lead", None, None)


def test_second_open_deal_of_one_match_is_refused_by_sentence_and_by_constraint(
    session: Session, cast: Cast, deal: Deal, meeting: Appointment
) -> None:
    with pytest.raises(Conflict, match=cast.carol.name):
        open_for_match(session, cast.dave.actor, _match(meeting).id, **STEP)
    twin = Deal(open_key=deal.open_key, one_organization_id=deal.one_organization_id, other_organization_id=1)
    session.add(twin)
    with pytest.raises(IntegrityError):
        session.flush()


def test_second_open_deal_of_one_pair_is_refused_whoever_comes_first(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    meeting.match_id = None
    session.flush()
    session.expire_all()
    first = open_for_appointment(session, cast.alice.actor, meeting.id, **STEP)
    first.one_organization_id, first.other_organization_id = first.other_organization_id, first.one_organization_id
    session.flush()
    with pytest.raises(Conflict):
        open_for_appointment(session, cast.bob.actor, meeting.id, **STEP)


def test_lost_deal_makes_room_for_another_and_comes_back_only_into_an_empty_place(
    session: Session, cast: Cast, deal: Deal, meeting: Appointment
) -> None:
    move_deal(session, cast.alice.actor, deal.id, "lost", version=deal.version, reason="price", note="差太多")
    assert (deal.lost_reason, deal.open_key) == ("price", None)
    second = open_for_appointment(session, cast.bob.actor, meeting.id, **STEP)
    with pytest.raises(Conflict):
        move_deal(session, cast.carol.actor, deal.id, "talks", version=deal.version)
    move_deal(session, cast.carol.actor, second.id, "lost", version=second.version, reason="silent")
    session.refresh(deal)
    move_deal(session, cast.carol.actor, deal.id, "talks", version=deal.version)
    assert (deal.state, deal.lost_reason, deal.open_key) == ("talks", None, f"match:{_match(meeting).id}")


def test_deal_goes_from_talks_to_registered_and_is_in_the_journal(session: Session, cast: Cast, deal: Deal) -> None:
    for state in ("intent", "contract"):
        move_deal(session, cast.carol.actor, deal.id, state, version=deal.version)
    with pytest.raises(Conflict, match="技术合同"):
        move_deal(session, cast.carol.actor, deal.id, "registered", version=deal.version)
    advance(session, cast.dave.actor, deal, "registered")
    rows = session.scalars(sa.select(JournalEntry).where(JournalEntry.subject_kind == "deal").order_by(JournalEntry.id))
    assert [(row.action, row.after) for row in rows] == [
        ("open", "talks"),
        ("move", "intent"),
        ("move", "contract"),
        ("move", "registered"),
    ]
    assert deal.open_key is None
    with pytest.raises(Conflict):
        plan_deal(session, cast.carol.actor, deal.id, **STEP, version=deal.version)


@pytest.mark.parametrize("to", ["registered", "sleeping", "elsewhere", ""])
def test_deal_cannot_jump(session: Session, cast: Cast, deal: Deal, to: str) -> None:
    with pytest.raises((Conflict, Invalid)):
        move_deal(session, cast.carol.actor, deal.id, to, version=deal.version)


@pytest.mark.parametrize("reason", ["", "nonsense"])
def test_losing_needs_a_reason_of_the_list(session: Session, cast: Cast, deal: Deal, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        move_deal(session, cast.carol.actor, deal.id, "lost", version=deal.version, reason=reason)
    assert list(refused.value.errors) == ["reason"]


def test_change_after_somebody_elses_is_refused(session: Session, cast: Cast, deal: Deal) -> None:
    plan_deal(session, cast.carol.actor, deal.id, next_step="去现场", next_step_on=SOON, version=1)
    with pytest.raises(Conflict):
        plan_deal(session, cast.alice.actor, deal.id, **STEP, version=1)
    with pytest.raises(Conflict):
        move_deal(session, cast.alice.actor, deal.id, "intent", version=1)
    assert deal.next_step == "去现场"


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "dave", "erin"])
def test_sides_broker_and_bureau_see_a_deal(session: Session, cast: Cast, deal: Deal, key: str) -> None:
    assert load_deal(session, cast[key].actor, deal.id) is deal


@pytest.mark.parametrize("key", ["mallory", "peter"])
def test_outsiders_do_not_learn_that_there_is_a_deal(session: Session, cast: Cast, deal: Deal, key: str) -> None:
    with pytest.raises(NotFound):
        move_deal(session, cast[key].actor, deal.id, "intent", version=1)


def test_another_broker_does_not_see_it_until_it_is_handed_to_him(
    session: Session, cast: Cast, deal: Deal, vera: Member
) -> None:
    with pytest.raises(NotFound):
        load_deal(session, vera.actor, deal.id)
    hand_over_deal(session, cast.dave.actor, deal.id, vera.user_id, version=deal.version)
    assert load_deal(session, vera.actor, deal.id).owner_id == vera.user_id
    with pytest.raises(NotFound):
        load_deal(session, cast.carol.actor, deal.id)
    told = sa.select(Notice.path).where(Notice.user_id == vera.user_id)
    assert session.scalars(told).all() == [f"/deals/{deal.id}"]


def test_only_the_bureau_hands_it_over_and_to_brokers_at_work_only(
    session: Session, cast: Cast, deal: Deal, vera: Member
) -> None:
    assert [user.id for user in brokers_at_work(session)] == [cast.carol.user_id, vera.user_id]
    for key in ("alice", "carol", "erin"):
        with pytest.raises(Forbidden):
            hand_over_deal(session, cast[key].actor, deal.id, vera.user_id, version=1)
    for nobody in (cast.peter.user_id, cast.alice.user_id, 10**9):
        with pytest.raises(Invalid):
            hand_over_deal(session, cast.dave.actor, deal.id, nobody, version=1)


def test_administrator_looks_on(session: Session, cast: Cast, deal: Deal) -> None:
    with pytest.raises(Forbidden):
        move_deal(session, cast.erin.actor, deal.id, "intent", version=1)


def test_deal_of_a_broker_who_leaves_waits_for_the_bureau(
    session: Session, cast: Cast, deal: Deal, vera: Member
) -> None:
    hand_over_deal(session, cast.dave.actor, deal.id, vera.user_id, version=1)
    membership = session.get_one(Membership, vera.membership_id)
    end_membership(session, cast.peter.actor, membership)
    session.refresh(deal)
    assert (deal.owner_id, membership.state) == (None, MembershipState.ENDED)
    assert hand_over_deal(session, cast.dave.actor, deal.id, cast.carol.user_id, version=deal.version).owner_id == (
        cast.carol.user_id
    )


def test_merging_renames_what_open_deals_are_about(session: Session, cast: Cast, meeting: Appointment) -> None:
    double = make_organization(session, "enterprise", "新疆天山机械有限责任公司")
    other = Deal(one_organization_id=double.id, other_organization_id=cast.bob.organization_id, next_step="x")
    other.open_key = other.subject_key
    session.add(other)
    session.flush()
    kept = session.get_one(Organization, cast.alice.organization_id)
    merge = propose_merge(session, cast.dave.actor, kept, double, reason="重复注册")
    carry_out_merge(session, cast.erin.actor, merge.id)
    session.refresh(other)
    assert other.one_organization_id == cast.alice.organization_id
    assert other.open_key == other.subject_key == f"pair:{cast.alice.organization_id}-{cast.bob.organization_id}"
