"""The demonstration's data: loaded once for the tests of this module, which only read it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.contracts import Amendment, Contract
from matchmaker.domain.days import today
from matchmaker.domain.deals import OPEN_STATES, Deal, DealState
from matchmaker.domain.decline_reports import DeclineReport
from matchmaker.domain.evidence_records import EvidenceRecord, RecordState
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.tables import metadata
from matchmaker.services.actors import party
from matchmaker.services.demo import load_demo
from matchmaker.services.ledger import figures
from matchmaker.services.ledger.forecasting import Light
from matchmaker.services.ledger.periods import verify_periods
from matchmaker.services.shaping.telling import shaping_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    data = tmp_path_factory.mktemp("demo")
    database = Database(f"sqlite:///{data / 'demo.db'}")
    metadata.create_all(database.engine)
    with database.transaction() as session:
        load_demo(session, data)
    with database.read() as session:
        yield session
    database.dispose()


def test_demo_journal_is_in_the_order_of_its_days(demo: Session) -> None:
    moments = list(demo.scalars(sa.select(JournalEntry.at).order_by(JournalEntry.id)))
    assert moments == sorted(moments)
    assert moments[-1] <= utc_now()


def test_demo_has_something_new_and_something_of_every_month(demo: Session) -> None:
    published = list(demo.scalars(sa.select(Listing.published_at).where(Listing.published_at.is_not(None))))
    ages = {(utc_now() - at).days // 30 for at in published if at is not None}
    assert ages >= set(range(10))
    assert sum(utc_now() - at < timedelta(days=7) for at in published if at is not None) > 10


def test_demo_ledger_shows_every_light_and_something_to_do(demo: Session) -> None:
    year = today().year
    shown = figures(demo, Actor.system(), year)
    assert {each.light for each in shown} >= {Light.DONE, Light.BEHIND, Light.FAR_BEHIND}
    assert [each.indicator for each in shown if each.error] == []
    assert [each for each in verify_periods(demo) if not each.is_right] == []
    waiting = sa.select(EvidenceRecord.subject).where(EvidenceRecord.state == RecordState.RECORDED)
    assert len(demo.scalars(waiting).all()) == 2


def test_demo_deals_stand_in_every_state_with_a_broker_each(demo: Session) -> None:
    deals = list(demo.scalars(sa.select(Deal)))
    assert {deal.state for deal in deals} >= set(OPEN_STATES) | {DealState.LOST}
    assert [deal.id for deal in deals if deal.is_open and deal.owner_id is None] == []
    assert len({deal.owner_id for deal in deals if deal.match_id is not None}) == 2


def test_demo_contracts_are_in_every_state_of_the_desk(demo: Session) -> None:
    contracts = list(demo.scalars(sa.select(Contract)))
    assert {contract.state for contract in contracts} == {"submitted", "returned", "registered", "cancelled"}
    assert len(demo.scalars(sa.select(Amendment)).all()) == 1
    assert any(contract.needs_experts for contract in contracts)
    assert any(contract.equal_reason for contract in contracts)
    registered = {contract.deal_id for contract in contracts if contract.registered_on is not None}
    assert set(demo.scalars(sa.select(Deal.id).where(Deal.state == DealState.REGISTERED))) == registered


def test_demo_has_a_decline_report_and_a_field_that_sinks(demo: Session) -> None:
    report = demo.scalars(sa.select(DeclineReport)).one()
    reasons = [keys[0] for cut, keys, _count in report.content["counts"] if cut == "reason"]
    owner = demo.scalars(sa.select(Organization).where(Organization.external_id == "demo:wind-1")).one()
    told = shaping_of(demo, party(demo, owner.id))
    assert reasons == ["price", "too_early", "description_unclear"]
    assert [(each.field, each.declined) for each in told.sunk] == [("electronics", 3)]
    assert [each.declined for each in told.solved] == [1]
