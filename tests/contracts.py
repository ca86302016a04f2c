"""Contracts made by the services: what tests of the desk, the papers and the ledger begin with."""

from datetime import timedelta

from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.people import Organization
from matchmaker.services.appointments.recording import record_outcome
from matchmaker.services.contracts.filling import open_contract, save_contract
from matchmaker.services.contracts.moving import register_contract, submit_contract
from matchmaker.services.contracts.reading import DeductionRow
from matchmaker.services.deals import open_for_appointment
from matchmaker.services.uploads import StoredFile
from tests.appointments import make_meeting
from tests.cast import Cast

SIGNED_TEXT = StoredFile("合同.pdf", "application/pdf", 1000, "a" * 64)
CODES = {"alice": "91650100MA77CAST0A", "bob": "12650000CAST00000B"}


def filled(**typed: str) -> dict[str, str]:
    """Return a form that lacks nothing; other values by name."""
    day = today()
    whole = {
        "name": "风机叶片电热除冰涂层开发合同",
        "number": "HT-2026-001",
        "kind": "commissioned_development",
        "field": "energy",
        "summary": "开发适用于 -40 ℃ 的电热除冰涂层，并完成三台机组的挂机试验。",
        "signed_on": (day - timedelta(days=3)).isoformat(),
        "starts_on": (day - timedelta(days=3)).isoformat(),
        "ends_on": (day + timedelta(days=300)).isoformat(),
        "total_value": "120万",
        "technology_income": "",
        "equal_reason": "",
        "payment_way": "instalments",
        "ip_kind": "invention",
        "plan_source": "unplanned",
        "goal": "goal_energy",
        "seller_contact": "鲍勃 0991-1",
        "buyer_contact": "爱丽 0991-2",
    }
    return {**whole, **typed}


MATERIALS = (DeductionRow("materials", "碳纤维布", "20万"), DeductionRow("equipment", "电源柜", "100000"))


def make_deal(session: Session, cast: Cast) -> Deal:
    """Let alice and bob meet and carol follow it up."""
    meeting = make_meeting(session, cast)
    record_outcome(session, cast.carol.actor, meeting.id, "held")
    step = {"next_step": "起草合同", "next_step_on": (today() + timedelta(days=7)).isoformat()}
    return open_for_appointment(session, cast.carol.actor, meeting.id, **step)


def make_contract(session: Session, cast: Cast, deal: Deal | None = None, **typed: str) -> Contract:
    """Write a contract of alice's and bob's that may be handed in; values of the form by name."""
    for key, code in CODES.items():
        organization = session.get_one(Organization, cast[key].organization_id)
        organization.credit_code, organization.region = organization.credit_code or code, "650104"
        organization.industry, organization.size = "44", "large"
    deal = deal if deal is not None else make_deal(session, cast)
    contract = open_contract(session, cast.bob.actor, deal.id)
    return save_contract(
        session, cast.bob.actor, contract.id, filled(**typed), version=1, deductions=MATERIALS, file=SIGNED_TEXT
    )


def make_registered(session: Session, cast: Cast, deal: Deal | None = None, **typed: str) -> Contract:
    """Write one that is registered today under the number of its id."""
    contract = make_contract(session, cast, deal, **typed)
    submit_contract(session, cast.bob.actor, contract.id, version=contract.version)
    return register_contract(
        session,
        cast.dave.actor,
        contract.id,
        number=f"2026650100{contract.id:06}",
        on=today().isoformat(),
        version=contract.version,
    )
