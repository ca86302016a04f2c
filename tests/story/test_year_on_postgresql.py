"""A tiny synthetic year on PostgreSQL, and a look at every page made from it: what SQLite lets pass shows here."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_login import FlaskLoginClient
from sqlalchemy.orm import Session
from synthetic.measuring import settings_of
from synthetic.play import Played, play
from synthetic.sizes import TINY

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.closed_periods import ClosedPeriod
from matchmaker.domain.contracts import Contract
from matchmaker.domain.deals import Deal
from matchmaker.domain.evidence_records import EvidenceRecord
from matchmaker.domain.jobs import Job, JobKind
from matchmaker.domain.papers import PaperKind
from matchmaker.domain.people import Membership, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.reports import PeriodReport
from matchmaker.domain.rules import RULE_NAMES
from matchmaker.domain.unmet import Grain, UnmetCluster
from matchmaker.services.charts.drawing import DRAWERS
from matchmaker.services.charts.quantities import QUANTITIES
from matchmaker.services.journal.verifying import verify
from matchmaker.services.ledger import figures
from matchmaker.services.unmet.making import draw_map
from matchmaker.web import create_app
from matchmaker.web.login import SessionUser
from tests.postgresql import open_empty
from tests.story.recount import load_everything, recount

pytestmark = pytest.mark.slow

YEAR = 2025
WEAK = 1
ROOMS = frozenset(
    {
        *("ledger", "charts", "reports", "open_data", "journal", "unmet", "rules", "papers"),
        *("contracts", "contracts_sheet", "contract_types", "deals", "commissions", "broker_records"),
    }
)
# What the bureau does not open: pages of brokers and of parties, files that nobody in the story added, parts of pages.
OTHERS = {
    *("broker_records.mine", "broker_records.my_pdf", "broker_records.my_workbook"),
    *("contracts.edit", "deals.open_form", "deals.interest_form"),
    *("contracts.certificate", "deals.download", "deals.meeting", "ledger.record_file", "papers.version"),
    *("deals.calendar", "deals.column"),
}


@pytest.fixture(scope="module")
def site_of_year(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings whose database is a PostgreSQL in which the year has been played; skip where there is none."""
    settings = settings_of(tmp_path_factory.mktemp("year"))
    database = open_empty("postgresql", settings)
    settings.indexes.mkdir(parents=True)
    settings = replace(settings, database_url=database.engine.url.render_as_string(hide_password=False))
    _play(settings, database)
    database.dispose()
    return settings


def _play(settings: Settings, database: Database) -> Played:
    played = play(settings, database, TINY, year=YEAR)
    draw_map(database, Actor.system(), grade=WEAK, grain=Grain.FINE)
    return played


@pytest.fixture(scope="module")
def database(site_of_year: Settings) -> Iterator[Database]:
    opened = Database(site_of_year.database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def app(site_of_year: Settings) -> Iterator[Flask]:
    made = create_app(site_of_year)
    made.testing = True
    made.config["RATELIMIT_ENABLED"] = False
    made.test_client_class = FlaskLoginClient
    yield made
    made.extensions["matchmaker"].close()


def test_figures_equal_a_plain_count_of_the_rows(database: Database) -> None:
    with database.read() as session:
        everything = load_everything(session)
        shown = [each for each in figures(session, Actor.system(), YEAR) if not (each.late or each.lost)]
    assert {each.indicator: each.value for each in shown} == {
        each.indicator: recount(everything, each.indicator, YEAR) for each in shown
    }


def test_journal_verifies(database: Database) -> None:
    assert verify(database).broken is None


def test_every_page_of_the_year_opens_for_the_bureau(app: Flask, database: Database) -> None:
    answers = _read_all(app, database, Role.BUREAU)
    opened = {endpoint for endpoint, status in answers if status in {200, 303}}
    assert [answer for answer in answers if answer[1] >= 500] == []
    assert {endpoint for endpoint, _status in answers} - opened == OTHERS


def test_no_page_of_the_year_fails_for_a_broker(app: Flask, database: Database) -> None:
    answers = _read_all(app, database, Role.BROKER)
    assert [answer for answer in answers if answer[1] >= 500] == []
    assert {("commissions.index", 200), ("broker_records.mine", 200), ("contracts.detail", 200)} <= set(answers)


def _read_all(app: Flask, database: Database, role: Role) -> list[tuple[str, int]]:
    """Return endpoint and status of every page."""
    with database.read() as session:
        client, addresses = app.test_client(user=_member(session, role)), list(_addresses(app, session))
    answers = []
    for endpoint, address in addresses:
        with client.get(address) as answer:
            answers.append((endpoint, answer.status_code))
    return answers


def _member(session: Session, role: Role) -> SessionUser:
    """Return the broker of the first contract, or one of the bureau."""
    contract = session.scalars(sa.select(Contract).order_by(Contract.id)).first()
    assert contract is not None
    query = sa.select(Membership).where(Membership.role == role).order_by(Membership.id)
    if role is Role.BROKER:
        query = query.where(Membership.user_id == contract.broker_id)
    membership = session.scalars(query).first()
    assert membership is not None
    version = session.get_one(User, membership.user_id).credentials_version
    return SessionUser(membership.user_id, version, membership.id)


def _addresses(app: Flask, session: Session) -> Iterator[tuple[str, str]]:
    """Yield endpoint and address of every page of the rooms, about rows of the year, all figures, charts and rules."""
    urls, known = app.url_map.bind("localhost"), _arguments(session)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in ROOMS or "GET" not in (rule.methods or ()):
            continue
        names = sorted(rule.arguments)
        fillings = (known.get(f"{rule.endpoint} {name}", known.get(name, (1,))) for name in names)
        for values in product(*fillings):
            yield rule.endpoint, urls.build(rule.endpoint, dict(zip(names, values, strict=True)))


def _arguments(session: Session) -> dict[str, tuple[Any, ...]]:
    """Return what an address is filled with, by the argument's name, or by endpoint and name where some share one."""
    rows = {"contract_id": Contract, "deal_id": Deal, "record_id": EvidenceRecord, "period_id": ClosedPeriod}
    rows |= {"report_id": PeriodReport, "cluster_id": UnmetCluster}
    found: dict[str, tuple[Any, ...]] = {name: _ids(session, row.id) for name, row in rows.items()}
    assert all(found.values()), found
    return found | {
        "job_id": _ids(session, Job.id, Job.kind == JobKind.MAKE_REPORT),
        "user_id": _ids(session, Membership.user_id, Membership.role == Role.BROKER),
        "indicator": tuple(each.indicator for each in figures(session, Actor.system(), YEAR)),
        "file_format": ("docx", "xlsx"),
        "charts.data name": tuple(DRAWERS),
        "charts.download name": tuple(DRAWERS),
        "charts.rows name": tuple(QUANTITIES),
        "kind": tuple(PaperKind),
        "code": tuple(RULE_NAMES),
    }


def _ids(session: Session, column: Any, *conditions: Any) -> tuple[int, ...]:
    return tuple(session.scalars(sa.select(column).where(*conditions).order_by(column).limit(2)))
