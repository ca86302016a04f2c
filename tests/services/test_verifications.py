"""Verification: documents of the owner, two pairs of eyes of the bureau, an end, and a new beginning."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today, years_after
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import Actor
from matchmaker.domain.verifications import Verification
from matchmaker.services.organizations import Profile, update_organization
from matchmaker.services.uploads import StoredFile
from matchmaker.services.verification_desk import (
    check_by_register,
    check_verification,
    confirm_verification,
    other_verifiers,
    refuse_verification,
    return_to_check,
    verification_queue,
)
from matchmaker.services.verification_terms import end_verifications_due, remind_of_renewal
from matchmaker.services.verifications import (
    add_document,
    get_verification,
    open_document,
    remove_document,
    submit_verification,
    verifications_of,
    withdraw_verification,
)
from tests.cast import Cast, Member, make_member

LICENCE = StoredFile("营业执照.pdf", "application/pdf", 3, "a" * 64)
OTHERS = StoredFile("授权.pdf", "application/pdf", 3, "b" * 64)


def _machines(session: Session, cast: Cast) -> Organization:
    return session.get_one(Organization, cast.alice.organization_id)


@pytest.fixture
def submitted(session: Session, cast: Cast) -> Verification:
    machines = _machines(session, cast)
    machines.verified_at = None
    add_document(session, cast.alice.actor, machines, LICENCE, "business_licence")
    return submit_verification(session, cast.alice.actor, machines, note="新注册")


def _told(session: Session, member: Member) -> list[str]:
    return list(session.scalars(sa.select(Notice.title).where(Notice.user_id == member.user_id)))


def test_organization_is_verified_by_two_people_of_the_bureau(
    session: Session, cast: Cast, submitted: Verification
) -> None:
    check_verification(session, cast.dave.actor, submitted.id, note="与公示系统一致")
    assert submitted.organization.verified_at is None
    with pytest.raises(Forbidden, match="两个人"):
        confirm_verification(session, cast.dave.actor, submitted.id)
    confirm_verification(session, cast.erin.actor, submitted.id)
    organization = submitted.organization
    assert (organization.verified_at is not None, organization.verified_until) == (True, years_after(today(), 3))
    assert (submitted.checked_by_id, submitted.decided_by_id) == (cast.dave.user_id, cast.erin.user_id)
    assert _told(session, cast.alice) == ["单位已通过核验"]
    states = sa.select(JournalEntry.after).where(
        JournalEntry.subject_kind == "verification", JournalEntry.action == "move"
    )
    assert session.scalars(states.order_by(JournalEntry.id)).all() == ["submitted", "checked", "verified"]


def test_verification_is_the_bureaus(session: Session, cast: Cast, submitted: Verification) -> None:
    verbs = {
        check_verification: {},
        confirm_verification: {},
        return_to_check: {"note": "不"},
        refuse_verification: {"reason": "other", "advice": "不"},
    }
    for key in ("alice", "bob", "carol", "mallory", "peter"):
        for verb, arguments in verbs.items():
            with pytest.raises(Forbidden):
                verb(session, cast[key].actor, submitted.id, **arguments)
        with pytest.raises(Forbidden):
            check_by_register(session, cast[key].actor, submitted.organization)
        with pytest.raises(Forbidden):
            verification_queue(session, cast[key].actor, "submitted")


def test_member_of_the_bureau_who_owns_the_organization_is_not_its_verifier(
    session: Session, cast: Cast, submitted: Verification
) -> None:
    submitted.submitted_by_id = cast.dave.user_id
    for verb, arguments in ((check_verification, {}), (refuse_verification, {"reason": "other", "advice": "不"})):
        with pytest.raises(Forbidden):
            verb(session, cast.dave.actor, submitted.id, **arguments)


def test_refusal_names_a_coded_reason_and_advice(session: Session, cast: Cast, submitted: Verification) -> None:
    for reason, advice, fields in (
        ("", "", ["advice", "reason"]),
        ("magic", "重拍", ["reason"]),
        ("other", " ", ["advice"]),
    ):
        with pytest.raises(Invalid) as refused:
            refuse_verification(session, cast.dave.actor, submitted.id, reason=reason, advice=advice)
        assert sorted(refused.value.errors) == fields
    refuse_verification(session, cast.dave.actor, submitted.id, reason="unreadable", advice="请重新拍照。")
    assert (submitted.state, submitted.refusal_reason, submitted.organization.verified_at) == (
        "refused",
        "unreadable",
        None,
    )
    assert _told(session, cast.alice) == ["单位核验未通过"]
    with pytest.raises(Conflict):
        refuse_verification(session, cast.erin.actor, submitted.id, reason="unreadable", advice="再次")


def test_second_pair_of_eyes_may_send_it_back_to_the_first(
    session: Session, cast: Cast, submitted: Verification
) -> None:
    check_verification(session, cast.dave.actor, submitted.id)
    with pytest.raises(Invalid):
        return_to_check(session, cast.erin.actor, submitted.id, note="")
    return_to_check(session, cast.erin.actor, submitted.id, note="地址不符")
    assert (submitted.state, submitted.checked_by_id, submitted.check_note) == ("submitted", None, "地址不符")


def test_change_of_name_or_code_meanwhile_takes_it_back(session: Session, cast: Cast, submitted: Verification) -> None:
    check_verification(session, cast.dave.actor, submitted.id)
    update_organization(
        session, cast.alice.actor, submitted.organization, Profile(name="天山重工有限公司", region="650104")
    )
    assert submitted.state == "withdrawn"
    with pytest.raises(Conflict):
        confirm_verification(session, cast.erin.actor, submitted.id)


@pytest.mark.parametrize("days", [-1, 0, 366 * 6])
def test_result_counts_until_a_sensible_day(session: Session, cast: Cast, submitted: Verification, days: int) -> None:
    check_verification(session, cast.dave.actor, submitted.id)
    with pytest.raises(Invalid) as refused:
        confirm_verification(session, cast.erin.actor, submitted.id, valid_until=today() + timedelta(days=days))
    assert list(refused.value.errors) == ["valid_until"]


def test_owner_is_reminded_once_and_the_result_runs_out(session: Session, cast: Cast, submitted: Verification) -> None:
    check_verification(session, cast.dave.actor, submitted.id)
    until = today() + timedelta(days=40)
    confirm_verification(session, cast.erin.actor, submitted.id, valid_until=until)
    counts = [remind_of_renewal(session, today() + timedelta(days=days)) for days in (0, 15, 16)]
    assert counts == [0, 1, 0]
    assert [end_verifications_due(session, day) for day in (until, until + timedelta(days=1))] == [0, 1]
    organization = submitted.organization
    assert (submitted.state, organization.verified_at, organization.verified_until) == ("lapsed", None, None)
    assert _told(session, cast.alice)[-1] == "单位核验已过期"


def test_renewal_keeps_the_former_result_until_it_is_confirmed(
    session: Session, cast: Cast, submitted: Verification
) -> None:
    check_verification(session, cast.dave.actor, submitted.id)
    confirm_verification(session, cast.erin.actor, submitted.id)
    machines = submitted.organization
    add_document(session, cast.alice.actor, machines, OTHERS, "other")
    renewal = submit_verification(session, cast.alice.actor, machines)
    assert machines.verified_at is not None
    check_verification(session, cast.erin.actor, renewal.id)
    confirm_verification(session, cast.dave.actor, renewal.id)
    assert (submitted.state, renewal.state) == ("lapsed", "verified")


def test_documents_are_opened_by_owners_and_the_bureau_only_and_each_opening_is_journaled(
    session: Session, cast: Cast, submitted: Verification
) -> None:
    document = submitted.documents[0]
    colleague = make_member(session, submitted.organization, "gul", "古丽", Role.ENTERPRISE)
    for actor in (
        colleague.actor,
        *(cast[key].actor for key in ("bob", "carol", "mallory", "peter")),
        Actor.anonymous(),
    ):
        with pytest.raises(NotFound):
            open_document(session, actor, document.id)
        with pytest.raises(NotFound):
            get_verification(session, actor, submitted.id)
    for member in (cast.alice, cast.dave, cast.erin):
        assert open_document(session, member.actor, document.id).sha256 == LICENCE.sha256
    opened = sa.select(JournalEntry.actor_id).where(JournalEntry.action == "open_document")
    assert session.scalars(opened).all() == [cast.alice.user_id, cast.dave.user_id, cast.erin.user_id]


def test_draft_is_not_before_the_bureau_yet(session: Session, cast: Cast) -> None:
    machines = _machines(session, cast)
    document = add_document(session, cast.alice.actor, machines, LICENCE, "business_licence")
    with pytest.raises(NotFound):
        open_document(session, cast.dave.actor, document.id)
    assert add_document(session, cast.alice.actor, machines, LICENCE, "business_licence") is document
    remove_document(session, cast.alice.actor, document.id)
    with pytest.raises(Invalid):
        submit_verification(session, cast.alice.actor, machines)


def test_what_is_handed_in_is_fixed_until_it_is_withdrawn(
    session: Session, cast: Cast, submitted: Verification
) -> None:
    machines, actor = submitted.organization, cast.alice.actor
    with pytest.raises(Conflict):
        add_document(session, actor, machines, OTHERS, "other")
    with pytest.raises(Conflict):
        remove_document(session, actor, submitted.documents[0].id)
    with pytest.raises(Conflict):
        submit_verification(session, actor, machines)
    withdraw_verification(session, actor, machines)
    add_document(session, actor, machines, OTHERS, "other")
    draft, former = verifications_of(session, actor, machines)
    session.refresh(draft)
    assert (former.state, draft.state, len(draft.documents)) == ("withdrawn", "draft", 2)


def test_documents_are_handed_in_by_owners_only(session: Session, cast: Cast) -> None:
    machines = _machines(session, cast)
    colleague = make_member(session, machines, "gul", "古丽", Role.ENTERPRISE)
    for actor in (colleague.actor, cast.bob.actor, cast.dave.actor, cast.erin.actor, cast.mallory.actor):
        with pytest.raises(Forbidden):
            add_document(session, actor, machines, LICENCE, "business_licence")
    with pytest.raises(Invalid):
        add_document(session, cast.alice.actor, machines, LICENCE, "passport")


def test_bureau_checks_by_the_register_and_still_two_must_look(session: Session, cast: Cast) -> None:
    trade = session.get_one(Organization, cast.mallory.organization_id)
    trade.verified_at = None
    verification = check_by_register(session, cast.dave.actor, trade)
    with pytest.raises(Forbidden):
        confirm_verification(session, cast.dave.actor, verification.id)
    with pytest.raises(Conflict):
        check_by_register(session, cast.erin.actor, trade)
    confirm_verification(session, cast.erin.actor, verification.id)
    assert trade.verified_at is not None
    with pytest.raises(Forbidden):
        check_by_register(session, cast.dave.actor, session.get_one(Organization, cast.dave.organization_id))


def test_queue_counts_states_and_knows_whether_there_is_a_second_person(
    session: Session, cast: Cast, submitted: Verification
) -> None:
    page = verification_queue(session, cast.dave.actor, "submitted")
    assert ([row.id for row in page.rows], page.counts) == ([submitted.id], {"submitted": 1})
    assert (other_verifiers(session, cast.dave.actor), other_verifiers(session, cast.erin.actor)) == (1, 1)
