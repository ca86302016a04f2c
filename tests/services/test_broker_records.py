"""A broker's record: counted from deals, introductions, meetings, contracts and shares; amounts of both kinds."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import AppointmentState
from matchmaker.domain.contracts import Contract, ContractState
from matchmaker.domain.deal_meetings import DealMeeting
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.journal_chain import GENESIS
from matchmaker.domain.minutes import Minutes
from matchmaker.services.broker_records.exporting import record_pdf, record_workbook
from matchmaker.services.broker_records.reading import broker_record
from matchmaker.services.introductions.introducing import introduce
from tests.appointments import make_meeting
from tests.cast import Cast
from tests.counting import counted_queries
from tests.deals import make_deal

pytestmark = pytest.mark.slow


def make_registered(session: Session, cast: Cast, deal: Deal, number: str = "2025-001") -> Contract:
    contract = Contract(
        deal_id=deal.id,
        state=ContractState.REGISTERED,
        name="低温润滑技术开发",
        seller_organization_id=cast.bob.organization_id,
        buyer_organization_id=cast.alice.organization_id,
        total_value=Decimal("1000000.50"),
        transaction_value=Decimal("800000"),
        registration_number=number,
        registered_on=date(2025, 6, 30),
    )
    session.add(contract)
    session.flush()
    return contract


def test_record_counts_introduced_met_and_signed_with_both_amounts(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast, state=DealState.REGISTERED)
    introduce(session, cast.carol.actor, deal)
    session.add(DealMeeting(deal_id=deal.id, held_on=date(2025, 5, 5), title="看样"))
    make_registered(session, cast, deal)
    make_deal(session, cast, title="另一个")
    record = broker_record(session, cast.carol.actor, cast.carol.user_id)
    opened = record.years[0]
    assert (opened.deals, opened.introduced, opened.met, opened.signed) == (2, 1, 1, 1)
    assert (opened.met_share, opened.signed_share) == (1.0, 1.0)
    registered = record.years[-1]
    assert (registered.year, registered.contracts) == (2025, 1)
    assert (registered.total_value, registered.transaction_value) == (Decimal("1000000.50"), Decimal(800000))
    assert [(row.introduced, row.follows_up, row.meetings, row.signed) for row in record.rows] == [
        (False, True, 0, False),
        (True, True, 1, True),
    ]


def met_of(session: Session, cast: Cast) -> list[tuple[int, bool]]:
    (year,) = broker_record(session, cast.carol.actor, cast.carol.user_id).years
    rows = broker_record(session, cast.carol.actor, cast.carol.user_id).rows
    assert year.met == sum(row.met for row in rows if row.introduced)
    return [(row.meetings, row.met) for row in rows]


def test_minute_with_both_sides_counts_as_met_where_no_meeting_was_recorded(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    introduce(session, cast.carol.actor, deal)
    meeting = make_meeting(session, cast)
    assert met_of(session, cast) == [(0, False)]
    minute = Minutes(appointment_id=meeting.id, number=1, text="双方谈了样品。", saved_at=deal.opened_at)
    session.add(minute)
    session.flush()
    assert met_of(session, cast) == [(0, True)]
    meeting.state = AppointmentState.CANCELLED
    session.flush()
    assert met_of(session, cast) == [(0, False)]


@pytest.mark.parametrize("way", ["before the deal", "with another organization", "held about something else"])
def test_what_else_the_sides_did_is_no_meeting_of_the_pair(session: Session, cast: Cast, way: str) -> None:
    deal = make_deal(session, cast)
    introduce(session, cast.carol.actor, deal)
    meeting = make_meeting(session, cast)
    if way == "held about something else":
        meeting.state = AppointmentState.HELD
    else:
        earlier = timedelta(days=1) if way == "before the deal" else timedelta(0)
        if not earlier:
            meeting.other.organization_id = cast.mallory.organization_id
        session.add(Minutes(appointment_id=meeting.id, number=1, text="谈过。", saved_at=deal.opened_at - earlier))
    session.flush()
    assert met_of(session, cast) == [(0, False)]


def test_broker_is_not_told_the_sides_of_a_deal_that_is_no_longer_his(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    introduce(session, cast.carol.actor, deal)
    deal.owner_id = None
    session.flush()
    (own,) = broker_record(session, cast.carol.actor, cast.carol.user_id).rows
    (seen,) = broker_record(session, cast.dave.actor, cast.carol.user_id).rows
    assert own.sides == ""
    assert seen.sides == f"{cast.alice.organization_name} × {cast.bob.organization_name}"


def test_record_is_his_own_and_the_bureaus(session: Session, cast: Cast) -> None:
    for name in ("alice", "bob", "mallory"):
        with pytest.raises(Forbidden):
            broker_record(session, cast[name].actor, cast.carol.user_id)
    with pytest.raises(Forbidden):
        broker_record(session, cast.carol.actor, cast.bob.user_id)
    for user_id in (cast.alice.user_id, 10**9, 0):
        with pytest.raises(NotFound):
            broker_record(session, cast.dave.actor, user_id)


def test_exports_name_each_record_and_the_journals_head(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast, state=DealState.REGISTERED)
    contract = make_registered(session, cast, deal)
    record = broker_record(session, cast.carol.actor, cast.carol.user_id)
    sheet = load_workbook(io.BytesIO(record_workbook(record, str))).active
    values = [cell.value for cell in sheet[2]]
    assert (values[0], values[-1]) == (f"项目 {deal.id} / 合同 {contract.id}", GENESIS)
    assert (values[10], values[11]) == (1000000.5, 800000)
    assert record_pdf(record, str).startswith(b"%PDF")


def test_record_takes_the_same_queries_for_one_and_three(session: Session, cast: Cast) -> None:
    counts = []
    for _turn in range(2):
        make_registered(session, cast, make_deal(session, cast, title=f"{_turn}"), f"n{_turn}")
        session.expire_all()
        with counted_queries(session.get_bind()) as queries:
            broker_record(session, cast.carol.actor, cast.carol.user_id)
        counts.append(len(queries))
    assert counts[0] == counts[1]
