"""The contract desk: opened from a deal, filled in bit by bit, handed in whole, registered once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import can_see_contract
from matchmaker.services.contracts.completeness import missing
from matchmaker.services.contracts.doubles import doubles
from matchmaker.services.contracts.filling import open_contract, save_contract, swap_sides
from matchmaker.services.contracts.lists import ContractFilter, contract_page, contracts_of_deal, waiting_contracts
from matchmaker.services.contracts.loading import load_contract
from matchmaker.services.contracts.moving import (
    cancel_contract,
    discard_contract,
    register_contract,
    return_contract,
    submit_contract,
    take_back_contract,
)
from matchmaker.services.contracts.notes import contract_notes, write_contract_note
from matchmaker.services.deals import move_deal
from matchmaker.services.deals.notes import notes_of
from tests.cast import Cast, make_member, make_organization
from tests.contracts import MATERIALS, filled, make_contract, make_deal, make_registered
from tests.deals import make_deal as make_plain_deal

TODAY = today().isoformat()


@pytest.fixture
def deal(session: Session, cast: Cast) -> Deal:
    return make_deal(session, cast)


@pytest.fixture
def contract(session: Session, cast: Cast, deal: Deal) -> Contract:
    return make_contract(session, cast, deal)


@pytest.fixture
def submitted(session: Session, cast: Cast, contract: Contract) -> Contract:
    return submit_contract(session, cast.bob.actor, contract.id, version=contract.version)


def _number(contract: Contract) -> dict[str, str]:
    return {"number": f"65-{contract.id}", "on": TODAY}


def test_draft_takes_over_what_the_deal_knows(session: Session, cast: Cast, deal: Deal) -> None:
    contract = open_contract(session, cast.carol.actor, deal.id)
    sides = contract.seller_organization_id, contract.buyer_organization_id
    assert (sides, contract.broker_id, contract.name != "") == (
        (cast.bob.organization_id, cast.alice.organization_id),
        cast.carol.user_id,
        True,
    )
    assert list(missing(contract))[:3] == ["kind", "summary", "signed_on"]


@pytest.mark.parametrize("key", ["mallory"])
def test_nobody_else_opens_or_sees_one(session: Session, cast: Cast, contract: Contract, key: str) -> None:
    with pytest.raises(NotFound):
        open_contract(session, cast[key].actor, contract.deal_id)
    with pytest.raises(NotFound):
        load_contract(session, cast[key].actor, contract.id)
    assert contract_page(session, cast[key].actor, ContractFilter()).total == 0


@pytest.mark.parametrize("key", ["dave", "erin"])
def test_office_sees_and_does_not_write(session: Session, cast: Cast, contract: Contract, key: str) -> None:
    assert load_contract(session, cast[key].actor, contract.id) is contract
    with pytest.raises(Forbidden):
        save_contract(session, cast[key].actor, contract.id, filled(), version=contract.version)


def test_a_branch_sees_and_judges_only_the_contracts_of_its_organizations(
    session: Session, cast: Cast, submitted: Contract
) -> None:
    branches = [make_organization(session, "branch", name) for name in ("新市区分中心", "天山区分中心")]
    ours, theirs = (make_member(session, branch, f"clerk{branch.id}", "克拉拉", Role.BUREAU) for branch in branches)
    session.get_one(Organization, cast.alice.organization_id).branch_id = branches[0].id
    session.flush()
    seen = {key: contract_page(session, one.actor, ContractFilter()).total for key, one in (("o", ours), ("t", theirs))}
    assert seen == {"o": 1, "t": 0}
    assert waiting_contracts(session, theirs.actor).total == 0
    judging = {"number": "65-1", "on": TODAY, "version": submitted.version}
    with pytest.raises(NotFound):
        register_contract(session, theirs.actor, submitted.id, **judging)
    assert register_contract(session, ours.actor, submitted.id, **judging).state == "registered"
    with pytest.raises(NotFound):
        cancel_contract(session, theirs.actor, submitted.id, on=TODAY, reason="x", version=submitted.version)


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "dave", "erin", "mallory", "peter"])
def test_who_sees_a_contract_finds_it_in_his_list(session: Session, cast: Cast, contract: Contract, key: str) -> None:
    listed = contract_page(session, cast[key].actor, ContractFilter()).total if cast[key].actor.role else 0
    assert (listed == 1) == can_see_contract(cast[key].actor, contract)


def test_submission_is_told_to_the_branches_of_the_parties(session: Session, cast: Cast, contract: Contract) -> None:
    branch = make_organization(session, "branch", "新市区分中心")
    clerk = make_member(session, branch, "clerk", "克拉拉", Role.BUREAU)
    session.get_one(Organization, cast.bob.organization_id).branch_id = branch.id
    submit_contract(session, cast.bob.actor, contract.id, version=contract.version)
    told = sa.select(sa.func.count()).select_from(Notice).where(Notice.user_id == clerk.user_id)
    assert session.scalar(told) == 1


@pytest.mark.parametrize(
    ("typed", "reasons"),
    [
        ({}, ("双方单位和合同名称相同", "双方单位和成交总额相同", "合同编号相同")),
        ({"name": "另一份合同", "number": "HT-2"}, ("双方单位和成交总额相同",)),
        ({"name": "另一份合同", "total_value": "121万"}, ("合同编号相同",)),
        ({"name": "另一份合同", "number": "", "total_value": "121万"}, None),
    ],
)
def test_what_may_be_a_double_is_named_before_submission(
    session: Session, cast: Cast, submitted: Contract, typed: dict[str, str], reasons: tuple[str, ...] | None
) -> None:
    twin = make_contract(session, cast, submitted.deal, **typed)
    found = [(each.id, each.reasons) for each in doubles(session, cast.bob.actor, twin)]
    assert found == ([] if reasons is None else [(submitted.id, reasons)])
    assert doubles(session, cast.bob.actor, submitted) == ()


def test_double_of_others_is_named_without_its_number(session: Session, cast: Cast, submitted: Contract) -> None:
    """Two buyers of bob's: he has used a number twice, and one buyer may not open the other's contract."""
    buyer = make_organization(session, "enterprise", "天山水泵厂")
    submitted.number = "HT-9"
    twin = Contract(
        deal=make_plain_deal(session, cast, one_organization_id=buyer.id),
        name="别的",
        number="HT-9",
        seller_organization_id=cast.bob.organization_id,
        buyer_organization_id=buyer.id,
    )
    session.add(twin)
    session.flush()
    stranger = make_member(session, buyer, "kim", "金", Role.ENTERPRISE)
    assert [(each.id, each.reasons) for each in doubles(session, stranger.actor, twin)] == [(None, ("合同编号相同",))]


def test_dispute_is_kept_with_the_draft(session: Session, cast: Cast, contract: Contract) -> None:
    save_contract(session, cast.bob.actor, contract.id, filled(), version=contract.version, is_disputed=True)
    submit_contract(session, cast.bob.actor, contract.id, version=contract.version)
    assert (contract.is_disputed, contract.needs_experts) == (True, True)


def test_lost_deal_has_no_contract(session: Session, cast: Cast, deal: Deal) -> None:
    move_deal(session, cast.carol.actor, deal.id, "lost", version=deal.version, reason="price")
    with pytest.raises(Conflict, match="请先重新跟进"):
        open_contract(session, cast.carol.actor, deal.id)


@pytest.mark.parametrize("deal_id", [0, -1, 10**9, 10**30])
def test_contract_without_a_deal_is_refused(session: Session, cast: Cast, deal_id: int) -> None:
    with pytest.raises(NotFound):
        open_contract(session, cast.bob.actor, deal_id)


def test_transaction_value_is_the_total_less_what_is_no_technology(contract: Contract) -> None:
    amounts = contract.total_value, contract.deducted, contract.transaction_value
    assert amounts == (Decimal(1_200_000), Decimal(300_000), Decimal(900_000))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"total_value": "-5"}, "total_value"),
        ({"total_value": "9" * 30}, "total_value"),
        ({"total_value": "abc"}, "total_value"),
        ({"total_value": "1000"}, "deductions"),
        ({"technology_income": "90.01万"}, "technology_income"),
        ({"kind": "gift"}, "kind"),
        ({"field": "alchemy"}, "field"),
        ({"signed_on": "2026-13-01"}, "signed_on"),
        ({"starts_on": "2027-01-02", "ends_on": "2027-01-01"}, "ends_on"),
        ({"name": "长" * 201}, "name"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, cast: Cast, contract: Contract, typed: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        save_contract(session, cast.bob.actor, contract.id, filled(**typed), version=contract.version)
    assert list(refused.value.errors) == [field]


def test_equal_amounts_need_a_reason(session: Session, cast: Cast, contract: Contract) -> None:
    save_contract(session, cast.bob.actor, contract.id, filled(), version=contract.version, deductions=())
    assert contract.transaction_value == contract.total_value
    with pytest.raises(Invalid) as refused:
        submit_contract(session, cast.bob.actor, contract.id, version=contract.version)
    assert list(refused.value.errors) == ["equal_reason"]
    typed = filled(equal_reason="合同不含设备和材料费用")
    save_contract(session, cast.bob.actor, contract.id, typed, version=contract.version)
    assert submit_contract(session, cast.bob.actor, contract.id, version=contract.version).state == "submitted"


def test_all_that_is_missing_is_named_at_once(session: Session, cast: Cast, deal: Deal) -> None:
    contract = open_contract(session, cast.bob.actor, deal.id)
    with pytest.raises(Invalid) as refused:
        submit_contract(session, cast.bob.actor, contract.id, version=contract.version)
    assert {"kind", "total_value", "signed_on", "file", "seller", "buyer"} <= set(refused.value.errors)


def test_submission_takes_the_deal_to_its_contract_and_registration_registers_it(
    session: Session, cast: Cast, deal: Deal, submitted: Contract
) -> None:
    assert (deal.state, submitted.parties["buyer"]["name"]) == ("contract", cast.alice.organization_name)
    register_contract(session, cast.dave.actor, submitted.id, **_number(submitted), version=submitted.version)
    assert (submitted.state, deal.state, deal.open_key) == ("registered", "registered", None)
    moves = sa.select(JournalEntry.after).where(JournalEntry.subject_kind == "deal", JournalEntry.action == "move")
    assert list(session.scalars(moves.order_by(JournalEntry.id))) == ["contract", "registered"]


def test_both_sides_and_the_office_are_told(session: Session, cast: Cast, submitted: Contract) -> None:
    told = set(session.scalars(sa.select(Notice.user_id).where(Notice.path == f"/contracts/{submitted.id}")))
    assert told == {cast.alice.user_id, cast.carol.user_id, cast.dave.user_id}


def test_due_day_is_fifteen_working_days_on(submitted: Contract) -> None:
    assert submitted.due_on is not None
    assert submitted.due_on >= today() + timedelta(days=19)
    assert not submitted.needs_experts


def test_five_million_or_a_dispute_needs_experts(session: Session, cast: Cast, contract: Contract) -> None:
    save_contract(session, cast.bob.actor, contract.id, filled(total_value="500万"), version=contract.version)
    submit_contract(session, cast.bob.actor, contract.id, version=contract.version)
    assert contract.needs_experts
    assert contract.due_on is not None
    assert contract.due_on >= today() + timedelta(days=30)
    take_back_contract(session, cast.bob.actor, contract.id, version=contract.version)
    save_contract(session, cast.bob.actor, contract.id, filled(), version=contract.version)
    submit_contract(session, cast.bob.actor, contract.id, version=contract.version, is_disputed=True)
    assert contract.needs_experts


def test_returned_contract_says_why_and_may_be_handed_in_again(
    session: Session, cast: Cast, submitted: Contract
) -> None:
    with pytest.raises(Invalid):
        return_contract(session, cast.dave.actor, submitted.id, reason="x", note="改", version=submitted.version)
    return_contract(
        session, cast.dave.actor, submitted.id, reason="unclear", note="写明指标", version=submitted.version
    )
    assert (submitted.state, submitted.returned_reason, submitted.due_on) == ("returned", "unclear", None)
    assert waiting_contracts(session, cast.bob.actor).total == 1
    save_contract(session, cast.bob.actor, submitted.id, filled(summary="效率 95%"), version=submitted.version)
    submit_contract(session, cast.bob.actor, submitted.id, version=submitted.version)
    assert (submitted.state, submitted.returned_note) == ("submitted", None)


def test_one_contract_and_one_number_are_registered_once(
    session: Session, cast: Cast, deal: Deal, submitted: Contract
) -> None:
    register_contract(session, cast.dave.actor, submitted.id, **_number(submitted), version=submitted.version)
    twin = make_contract(session, cast, deal)
    with pytest.raises(Conflict, match="只能登记一次"):
        submit_contract(session, cast.bob.actor, twin.id, version=twin.version)
    save_contract(session, cast.bob.actor, twin.id, filled(name="另一份合同"), version=twin.version)
    submit_contract(session, cast.bob.actor, twin.id, version=twin.version)
    with pytest.raises(Conflict, match="已经用于另一份合同"):
        register_contract(session, cast.dave.actor, twin.id, **_number(submitted), version=twin.version)


@pytest.mark.parametrize(
    ("number", "on", "field"),
    [
        ("", TODAY, "registration_number"),
        ("9" * 61, TODAY, "registration_number"),
        ("1", "", "registered_on"),
        ("1", (today() + timedelta(days=1)).isoformat(), "registered_on"),
        ("1", (today() - timedelta(days=4)).isoformat(), "registered_on"),
        ("1", "昨天", "registered_on"),
    ],
)
def test_registration_needs_a_number_and_a_day_in_order(
    session: Session, cast: Cast, submitted: Contract, number: str, on: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        register_contract(session, cast.dave.actor, submitted.id, number=number, on=on, version=submitted.version)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "erin"])
def test_only_the_bureau_registers(session: Session, cast: Cast, submitted: Contract, key: str) -> None:
    with pytest.raises(Forbidden):
        register_contract(session, cast[key].actor, submitted.id, **_number(submitted), version=submitted.version)


def test_change_after_somebody_elses_is_refused(session: Session, cast: Cast, contract: Contract) -> None:
    seen = contract.version
    save_contract(session, cast.alice.actor, contract.id, {"number": "A-1"}, version=seen)
    with pytest.raises(Conflict):
        save_contract(session, cast.bob.actor, contract.id, {"number": "B-1"}, version=seen)
    assert contract.number == "A-1"


def test_what_is_handed_in_is_not_changed(session: Session, cast: Cast, submitted: Contract) -> None:
    with pytest.raises(Conflict):
        save_contract(session, cast.bob.actor, submitted.id, filled(), version=submitted.version)
    with pytest.raises(Conflict):
        discard_contract(session, cast.bob.actor, submitted.id, version=submitted.version)


def test_cancelled_registration_stays_on_record(session: Session, cast: Cast) -> None:
    contract = make_registered(session, cast)
    with pytest.raises(Invalid):
        cancel_contract(session, cast.dave.actor, contract.id, on=TODAY, reason=" ", version=contract.version)
    cancel_contract(session, cast.dave.actor, contract.id, on=TODAY, reason="双方解除合同", version=contract.version)
    assert (contract.state, contract.cancelled_on, contract.registration_number is None) == (
        "cancelled",
        today(),
        False,
    )


def test_sides_are_swapped_with_their_contacts(session: Session, cast: Cast, contract: Contract) -> None:
    swap_sides(session, cast.carol.actor, contract.id, version=contract.version)
    session.refresh(contract)
    assert (contract.seller.name, contract.seller_contact) == (cast.alice.organization_name, "爱丽 0991-2")


def test_list_sums_both_amounts_and_narrows(session: Session, cast: Cast) -> None:
    contract = make_registered(session, cast)
    page = contract_page(session, cast.dave.actor, ContractFilter(state="registered", year=today().year))
    assert (page.total, page.total_value, page.transaction_value) == (1, Decimal(1_200_000), Decimal(900_000))
    for nothing in (
        ContractFilter(kind="service"),
        ContractFilter(field="nuclear"),
        ContractFilter(year=date.min.year + 2000),
        ContractFilter(text="%"),
        ContractFilter(branch=10**6),
    ):
        assert contract_page(session, cast.dave.actor, nothing).total == 0
    assert contract_page(session, cast.dave.actor, ContractFilter(text="除冰")).contracts == (contract,)
    assert contracts_of_deal(session, cast.alice.actor, contract.deal_id) == (contract,)


def test_deductions_are_read_row_by_row(session: Session, cast: Cast, contract: Contract) -> None:
    assert [(each.kind, each.name, each.amount) for each in contract.deductions] == [
        ("materials", "碳纤维布", Decimal(200_000)),
        ("equipment", "电源柜", Decimal(100_000)),
    ]
    bad = (*MATERIALS, type(MATERIALS[0])("", "没有类别", "5"))
    with pytest.raises(Invalid, match="第 3 行"):
        save_contract(session, cast.bob.actor, contract.id, {}, version=contract.version, deductions=bad)


def test_note_of_a_contract_is_read_by_its_audience_and_told(session: Session, cast: Cast, contract: Contract) -> None:
    session.execute(sa.delete(Notice))
    write_contract_note(session, cast.bob.actor, contract.id, "  先核对碳纤维布的发票  ", "office")
    keys = ("alice", "bob", "carol", "dave")
    read = {key: [note.text for note in contract_notes(session, cast[key].actor, contract)] for key in keys}
    assert read == {"alice": []} | {key: ["先核对碳纤维布的发票"] for key in ("bob", "carol", "dave")}
    assert notes_of(session, cast.carol.actor, contract.deal) == ()
    told = {tuple(row) for row in session.execute(sa.select(Notice.user_id, Notice.path))}
    assert told == {(cast[key].user_id, f"/contracts/{contract.id}") for key in ("carol", "dave")}


@pytest.mark.parametrize(
    ("key", "text", "audience", "error"),
    [
        ("bob", " ", "all", Invalid),
        ("bob", "长" * 4001, "all", Invalid),
        ("bob", "内容", "", Invalid),
        ("dave", "内容", "side", Invalid),
        ("erin", "内容", "all", Forbidden),
        ("mallory", "内容", "all", NotFound),
    ],
)
def test_note_of_a_contract_that_cannot_be_is_refused(
    session: Session, cast: Cast, contract: Contract, key: str, text: str, audience: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        write_contract_note(session, cast[key].actor, contract.id, text, audience)
