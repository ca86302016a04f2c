"""A tiny synthetic year, played once through the services for all tests of this module, which only read it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from synthetic.measuring import settings_of
from synthetic.play import Played, play_at
from synthetic.sizes import TINY, Sizes

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.commissions import Commission, CommissionState
from matchmaker.domain.contracts import Contract
from matchmaker.domain.deals import STANDING_STATES, Deal, DealState
from matchmaker.domain.events import Event
from matchmaker.domain.indicators import Measure
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Membership, Organization, OrganizationKind, Role
from matchmaker.domain.permissions import Actor
from matchmaker.domain.reports import PeriodReport
from matchmaker.services.actors import actor_of
from matchmaker.services.charts.stages import Stage, journeys
from matchmaker.services.funnel import Cohort
from matchmaker.services.journal.verifying import verify
from matchmaker.services.ledger import chosen_rows, figures
from matchmaker.services.ledger.frozen import standing_periods
from matchmaker.services.ledger.periods import reopen_period, verify_periods
from matchmaker.services.uploads import stored_path
from tests.story.recount import load_everything, recount

pytestmark = pytest.mark.slow

YEAR = 2025


@pytest.fixture(scope="module")
def settings_of_year(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def played(settings_of_year: Settings) -> Played:
    return play_at(settings_of_year, TINY, year=YEAR)


@pytest.fixture(scope="module")
def year(settings_of_year: Settings, played: Played) -> Iterator[Session]:
    database = Database(settings_of_year.database_url)
    with database.read() as session:
        yield session
    database.dispose()


def test_journal_has_the_dates_of_the_year_in_order(year: Session) -> None:
    moments = list(year.scalars(sa.select(JournalEntry.at).order_by(JournalEntry.id)))
    assert moments == sorted(moments)
    assert datetime(2024, 12, 31, 16, tzinfo=UTC) <= moments[0] <= moments[-1] < datetime(2025, 12, 31, 16, tzinfo=UTC)


def test_as_much_happened_as_was_asked_for(year: Session, played: Played) -> None:
    kinds = Counter(year.scalars(sa.select(Listing.kind)))
    assert kinds == {"need": TINY.needs, "achievement": TINY.achievements}
    assert len(set(year.scalars(sa.select(Event.kind)))) == 5
    assert year.scalar(sa.select(sa.func.count()).select_from(Event)) == TINY.events
    assert played.counts["meetings held"] > 0
    assert played.counts["reports"] == TINY.reports
    assert played.counts["papers drafted"] > 0


def test_commissions_of_the_year_are_agreed_by_all_or_refused(year: Session, played: Played) -> None:
    proposals = year.scalars(sa.select(Commission)).all()
    assert len(proposals) == played.counts["commissions proposed"] > 0
    for proposal in proposals:
        everybody = proposal.fee_agreed_at is not None and all(share.agreed_at for share in proposal.shares)
        assert everybody == (proposal.state == CommissionState.AGREED)


def test_reports_of_the_year_lie_where_their_hashes_say(year: Session, settings_of_year: Settings) -> None:
    reports = year.scalars(sa.select(PeriodReport)).all()
    assert len(reports) == TINY.reports
    for report in reports:
        for sha256, size in ((report.docx_sha256, report.docx_size), (report.xlsx_sha256, report.xlsx_size)):
            assert stored_path(settings_of_year.data, sha256).stat().st_size == size


def test_same_seed_tells_the_same_story(tmp_path: Path) -> None:
    few = Sizes(2, 1, 1, 1, needs=2, achievements=2, events=1, visitors=2, deals=0, contracts=0, records=0, reports=0)
    told = [_told(tmp_path / name, few, seed) for name, seed in (("one", 3), ("again", 3), ("other", 4))]
    assert told[0] == told[1]
    assert told[0] != told[2]


def _told(folder: Path, sizes: Sizes, seed: int) -> list[tuple[object, ...]]:
    settings = settings_of(folder)
    play_at(settings, sizes, year=YEAR, seed=seed)
    database = Database(settings.database_url)
    columns = JournalEntry.at, JournalEntry.action, JournalEntry.subject_kind, JournalEntry.subject_id
    with database.read() as session:
        rows = [tuple(row) for row in session.execute(sa.select(*columns).order_by(JournalEntry.id))]
    database.dispose()
    return rows


def test_no_day_of_the_story_is_outside_its_year(year: Session) -> None:
    days = [moment.date() for moment in year.scalars(sa.select(Listing.published_at)) if moment is not None]
    assert date(YEAR, 1, 1) <= min(days) <= max(days) <= date(YEAR, 12, 31)


def test_every_figure_equals_a_plain_count_of_the_rows(year: Session) -> None:
    everything, keeper = load_everything(year), _keeper(year)
    shown = {each.indicator: each.value for each in figures(year, keeper, YEAR)}
    late = {each.indicator for each in figures(year, keeper, YEAR) if each.late or each.lost}
    counted = {indicator: recount(everything, indicator, YEAR) for indicator in shown}
    assert {name: value for name, value in shown.items() if name not in late} == {
        name: value for name, value in counted.items() if name not in late
    }
    assert sum(value > 0 for value in counted.values()) > 10


def test_reopened_figures_equal_a_plain_count_of_the_rows(settings_of_year: Settings, played: Played) -> None:
    """What came after a month was closed counts once it is open again: then nothing of the year is left out."""
    database = Database(settings_of_year.database_url)
    with database.write() as session:
        keeper = _keeper(session)
        for closed in standing_periods(session, YEAR):
            reopen_period(session, keeper, closed, "重新计算")
        everything = load_everything(session)
        shown = {each.indicator: each.value for each in figures(session, keeper, YEAR)}
        counted = {indicator: recount(everything, indicator, YEAR) for indicator in shown}
        session.rollback()
    database.dispose()
    assert shown == counted


def test_branches_and_quarters_add_up_to_the_city(year: Session) -> None:
    keeper = _keeper(year)
    for each in figures(year, keeper, YEAR):
        if each.definition.measure != Measure.LATEST and each.definition.once == "record":
            rows = chosen_rows(year, keeper, each.indicator, YEAR).rows
            assert len({(row.subject_kind, row.subject_id) for row in rows}) == len(rows)
            parts = [chosen_rows(year, keeper, each.indicator, YEAR, quarter=quarter).rows for quarter in range(1, 5)]
            assert sum(map(len, parts)) == len(rows)


def test_closed_months_still_have_their_hashes(year: Session) -> None:
    checks = verify_periods(year, YEAR)
    assert len(checks) == 12  # eleven months, one of them closed twice
    assert all(check.is_right for check in checks)


def test_journal_of_the_year_verifies(settings_of_year: Settings, played: Played) -> None:
    database = Database(settings_of_year.database_url)
    found = verify(database)
    with database.read() as session:
        entries = session.scalar(sa.select(sa.func.count()).select_from(JournalEntry))
    database.dispose()
    assert (found.broken, found.checked) == (None, entries)


def test_nothing_waits_without_an_owner(year: Session) -> None:
    open_deals = year.scalars(sa.select(Deal).where(Deal.state.in_(STANDING_STATES))).all()
    assert [deal.id for deal in open_deals if deal.owner_id is None] == []
    assert len({deal.source for deal in year.scalars(sa.select(Deal))}) > 1


def test_every_contract_of_the_year_is_one_of_a_deal_and_in_order(year: Session) -> None:
    contracts = year.scalars(sa.select(Contract)).all()
    assert len(contracts) == TINY.contracts
    for contract in contracts:
        income, transaction, total = contract.technology_income, contract.transaction_value, contract.total_value
        assert Decimal(0) <= income <= transaction <= total
        assert transaction == total - contract.deducted
        assert (contract.deal.state == DealState.REGISTERED) == (contract.registered_on is not None)


def test_every_stage_of_the_funnel_is_no_wider_than_the_one_before(year: Session) -> None:
    cohort = Cohort(kind="need", since=date(YEAR, 1, 1), until=date(YEAR, 12, 31))
    counts = {row.stage: row.count for row in journeys(year, cohort).counts()}
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    registered = [deal.match for deal in year.scalars(sa.select(Deal)) if deal.state == DealState.REGISTERED]
    assert counts[Stage.COLLECTED] == TINY.needs
    assert counts[Stage.REGISTERED] == len({match.need_id for match in registered if match is not None}) > 0


def _keeper(session: Session) -> Actor:
    bureau = Organization.kind == OrganizationKind.BUREAU, Membership.role == Role.BUREAU
    query = sa.select(Membership).join(Organization).where(*bureau).order_by(Membership.id).limit(1)
    return actor_of(session, session.scalars(query).one())
