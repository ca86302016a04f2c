"""A meeting, the deal that came of it, and its contract."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.commissions import Commission, CommissionShare
from matchmaker.domain.contracts import Contract, Payment
from matchmaker.domain.days import today
from matchmaker.domain.deal_meetings import DealMeeting
from matchmaker.domain.deal_notes import DealFile, DealNote
from matchmaker.domain.deal_offers import DealOffer
from matchmaker.domain.deals import Deal
from matchmaker.domain.matches import Match
from matchmaker.domain.registrations import Registration
from tests.cast import Member
from tests.web.hidden.rows import Ids, ids_of


def make_deal(session: Session, other: Member, match: Match, hanging: Ids) -> Ids:
    """Write a meeting of alice's at the event, and the deal that came of it."""
    began = utc_now() - timedelta(hours=1)
    event_id, alice_id = hanging["event_id"][0], hanging["registration_id"][0]
    partner = Registration(
        event_id=event_id, organization_id=other.organization_id, user_id=other.user_id, name=other.name
    )
    session.add(partner)
    session.flush()
    times = {"slot": 0, "starts_at": began, "ends_at": began + timedelta(minutes=30)}
    people = {"one_id": alice_id, "other_id": partner.id}
    appointment = Appointment(event_id=event_id, origin="match", match_id=match.id, state="held", **times, **people)
    session.add(appointment)
    session.flush()
    deal = Deal(
        open_key=f"match:{match.id}",
        match_id=match.id,
        appointment_id=appointment.id,
        one_organization_id=match.need.organization_id,
        other_organization_id=match.achievement.organization_id,
        next_step="寄样品",
        next_step_on=today(),
    )
    session.add(deal)
    session.flush()
    contract = Contract(
        deal=deal,
        name="合同",
        total_value=Decimal(1000),
        transaction_value=Decimal(1000),
        seller_organization_id=deal.other_organization_id,
        buyer_organization_id=deal.one_organization_id,
    )
    payment = Payment(contract=contract, planned_on=today(), planned_amount=Decimal(1000))
    session.add(payment)
    session.flush()
    contracts = {"contract_id": (contract.id,), "payment_id": (payment.id,)}
    return {
        "appointment_id": (appointment.id,),
        "deal_id": (deal.id,),
        **contracts,
        **_deal_papers(session, deal, match),
    }


def _deal_papers(session: Session, deal: Deal, match: Match) -> Ids:
    """Write what hangs on a deal, for its two sides or for alice's alone."""
    side, owner = match.need.organization_id, match.need.owner_id
    note = DealNote(deal_id=deal.id, audience="side", organization_id=side, text="底价", author_id=owner)
    file = DealFile(
        deal_id=deal.id,
        audience="side",
        organization_id=side,
        name="报价.pdf",
        media_type="application/pdf",
        size=3,
        sha256="4" * 64,
        uploaded_by_id=owner,
    )
    meeting = DealMeeting(deal_id=deal.id, held_on=today(), title="工作会")
    offer = DealOffer(deal_id=deal.id, from_user_id=owner, to_user_id=owner)
    fee = Commission(deal_id=deal.id, number=1, fee=Decimal(1000), payer_id=side)
    fee.shares = [CommissionShare(broker_id=owner, percent=Decimal(50))]
    rows = {"note_id": note, "deal_file_id": file, "meeting_id": meeting, "deal_offer_id": offer, "commission_id": fee}
    return ids_of(session, rows)
