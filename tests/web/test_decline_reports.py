"""The page of a quarter's decline report and its files, for a university and for the bureau."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from matchmaker.domain.base import Database
from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.days import today
from matchmaker.domain.people import Role
from matchmaker.services.decisions import decide
from matchmaker.services.decline_reports.making import last_quarter, make_reports
from tests.cast import Cast, make_member, make_organization
from tests.conftest import ClientOf
from tests.pairs import pair, publish

pytestmark = pytest.mark.slow


@pytest.fixture
def period(database: Database, cast: Cast) -> Period:
    """The last quarter, in which three enterprises declined bob's achievement for its price."""
    period = last_quarter(today())
    with database.transaction() as session:
        coating = publish(session, cast.bob, "achievement", "疏冰涂料")
        for number in range(3):
            firm = make_organization(session, "enterprise", f"企业{number}")
            member = make_member(session, firm, f"firm{number}", "员工", Role.ENTERPRISE)
            match = pair(session, publish(session, member, "need", f"需求{number}"), coating)
            decision = decide(session, member.actor, match.id, "unsuitable", reason="price")
            decision.at = datetime(period.since.year, period.since.month, 15, tzinfo=UTC)
        session.flush()
        make_reports(session, period)
    return period


def test_university_reads_reasons_with_advice_and_takes_files(client_of: ClientOf, cast: Cast, period: Period) -> None:
    bob = client_of("bob")
    text = bob.get(f"/decline-reports?period={period.key}").text
    assert ("3 次谢绝，按原因" in text, "写明报价包含什么" in text, "企业0" in text) == (True, True, False)
    sheet = load_workbook(BytesIO(bob.get(f"/decline-reports/xlsx?period={period.key}").data)).active
    assert sheet["C2"].value == 3
    assert bob.get(f"/decline-reports/docx?period={period.key}").data[:2] == b"PK"
    assert [bob.get(f"/decline-reports/{name}").status_code for name in ("pdf", "..")] == [404, 404]
    assert bob.get(f"/decline-reports?organization={cast.alice.organization_id}").status_code == 404


def test_bureau_begins_with_a_university_of_which_something_is_told(
    database: Database, client_of: ClientOf, cast: Cast, period: Period
) -> None:
    with database.transaction() as session:
        silent = make_organization(session, "university", "阿里大学").id
    dave = client_of("dave")
    assert "昆仑理工大学：3 次谢绝，按原因" in dave.get("/decline-reports").text
    assert "这个季度没有可以说的" in dave.get(f"/decline-reports?organization={silent}").text
    assert dave.get(f"/decline-reports/xlsx?organization={silent}").status_code == 404
    assert [client_of(key).get("/decline-reports").status_code for key in ("alice", "carol")] == [403, 403]


def test_quarter_that_is_not_offered_is_the_last_one(client_of: ClientOf, period: Period) -> None:
    unknown = Period(2001, PeriodKind.QUARTER, 1)
    for key in (unknown.key, "x", "9" * 99):
        assert "3 次谢绝，按原因" in client_of("bob").get(f"/decline-reports?period={key}").text
