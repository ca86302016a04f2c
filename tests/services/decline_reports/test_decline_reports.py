"""Reports of closed quarters: whose declines count, what is kept, who is told, who reads."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from docx import Document
from openpyxl import load_workbook

from matchmaker.domain import codes
from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.decline_reports import DeclineReport
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.matches import MatchDecision
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Role
from matchmaker.services.decisions import decide
from matchmaker.services.decline_reports.advice import ADVICE
from matchmaker.services.decline_reports.counting import Decline, declines_of
from matchmaker.services.decline_reports.exporting import report_docx, report_workbook
from matchmaker.services.decline_reports.making import last_quarter, make_reports, make_when_due
from matchmaker.services.decline_reports.reading import PartCount, quarter_report, universities
from tests.cast import make_member, make_organization
from tests.pairs import pair, publish

SPRING, SUMMER = (Period(2026, PeriodKind.QUARTER, number) for number in (2, 3))
IN_SUMMER = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture
def firms(session):
    """Five more enterprises."""
    made = [make_organization(session, "enterprise", f"企业{number}") for number in range(5)]
    return [
        make_member(session, each, f"firm{number}", f"员工{number}", Role.ENTERPRISE, is_owner=True)
        for number, each in enumerate(made)
    ]


@pytest.fixture
def coating(session, cast):
    return publish(session, cast.bob, "achievement", "疏冰涂料")


def decline(session, member, achievement, reason="price", at=IN_SUMMER):
    need = publish(session, member, "need", f"{member.name}的需求{reason}")
    row = decide(session, member.actor, pair(session, need, achievement).id, "unsuitable", reason=reason)
    row.at = at
    session.flush()
    return row


def summer(session, cast, member="bob"):
    return quarter_report(session, cast[member].actor, cast.bob.organization_id, SUMMER)


def test_only_enterprises_own_declines_within_the_quarter_count(session, cast, firms, coating):
    mine = decline(session, firms[0], coating)
    decline(session, firms[1], coating, "rival")
    decline(session, firms[2], coating, at=datetime(2026, 6, 30, 15, 59, tzinfo=UTC))
    decline(session, firms[3], coating, at=datetime(2026, 9, 30, 16, 0, tzinfo=UTC))
    decide(session, cast.carol.actor, mine.match_id, "unsuitable", reason="price")
    session.execute(sa.update(MatchDecision).where(MatchDecision.actor_id == cast.carol.user_id).values(at=IN_SUMMER))
    assert declines_of(session, SUMMER) == {
        cast.bob.organization_id: [Decline(firms[0].organization_id, coating.id, "price", "energy")]
    }


def test_quarters_do_not_overlap_and_leave_nothing_between(session, cast, firms, coating):
    edges = [datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC), datetime(2026, 6, 30, 16, tzinfo=UTC)]
    for firm, at in zip(firms, edges, strict=False):
        decline(session, firm, coating, at=at)
    found = [
        [each.enterprise_id for each in declines_of(session, period)[cast.bob.organization_id]]
        for period in (SPRING, SUMMER)
    ]
    assert found == [[firms[0].organization_id], [firms[1].organization_id]]


def test_report_says_reasons_with_advice_and_what_is_not_told_one_by_one(session, cast, firms, coating):
    for firm in firms[:3]:
        decline(session, firm, coating)
    for firm in firms[2:]:
        decline(session, firm, coating, "too_early")
    make_reports(session, SUMMER)
    report = summer(session, cast)
    assert (report.total, report.rest) == (6, 0)
    assert [(each.code, each.count, each.advice) for each in report.reasons] == [
        ("price", 3, ADVICE["price"]),
        ("too_early", 3, ADVICE["too_early"]),
    ]
    why = (("价格不合适", 3), ("太早期", 3))
    assert report.fields == (PartCount("energy", "新能源与高效节能", 6, why),)
    assert report.achievements == (PartCount(str(coating.id), "疏冰涂料", 6, why),)


def test_two_enterprises_are_not_spoken_of_and_nobody_is_told(session, cast, firms, coating):
    for firm in firms[:2]:
        decline(session, firm, coating)
        decline(session, firm, coating, "too_early")
    assert make_reports(session, SUMMER) == 1
    assert (summer(session, cast).total, session.scalars(sa.select(Notice.path)).all()) == (0, [])
    assert session.scalars(sa.select(DeclineReport.content)).one()["counts"] == []


def test_report_never_changes_and_the_office_is_told_once(session, cast, firms, coating):
    rows = [decline(session, firm, coating) for firm in firms[:4]]
    assert make_reports(session, SUMMER) == 1
    session.delete(rows[0])
    session.flush()
    assert (make_reports(session, SUMMER), summer(session, cast).total) == (0, 4)
    told = session.execute(sa.select(Notice.user_id, Notice.path)).all()
    assert told == [(cast.bob.user_id, "/decline-reports?period=2026-quarter-3")]


def test_worker_makes_reports_once_the_quarter_has_settled(database, cast):
    with database.transaction() as session:
        coating = publish(session, cast.bob, "achievement", "疏冰涂料")
        decline(session, cast.alice, coating)
    days = [date(2026, 10, 2), date(2026, 10, 3), date(2026, 10, 4)]
    assert [make_when_due(database, day) for day in days] == [0, 1, 0]


def test_readers_are_the_university_itself_and_the_bureau(session, cast, firms, coating):
    other = make_organization(session, "institute", "别的研究所")
    for firm in firms[:3]:
        decline(session, firm, coating)
    make_reports(session, SUMMER)
    assert [summer(session, cast, name).total for name in ("bob", "dave", "erin")] == [3, 3, 3]
    with pytest.raises(NotFound):
        quarter_report(session, cast.bob.actor, other.id, SUMMER)
    with pytest.raises(NotFound):
        quarter_report(session, cast.dave.actor, cast.alice.organization_id, SUMMER)
    for name in ("alice", "carol", "peter"):
        with pytest.raises(Forbidden):
            summer(session, cast, name)
    assert [(each.name, each.is_told) for each in universities(session, cast.dave.actor, SUMMER)] == [
        ("别的研究所", False),
        ("昆仑理工大学", True),
    ]
    assert universities(session, cast.bob.actor, SUMMER) == ()


def test_files_say_what_the_page_says(session, cast, firms, coating):
    for firm in firms[:3]:
        decline(session, firm, coating)
    make_reports(session, SUMMER)
    report = summer(session, cast)
    sheet = load_workbook(BytesIO(report_workbook(report, str))).active
    assert [tuple(cell.value for cell in row[:3]) for row in sheet.iter_rows(min_row=2, max_row=4)] == [
        ("合计", "企业谢绝", 3),
        ("按原因", "价格不合适", 3),
        ("按技术领域", "新能源与高效节能", 3),
    ]
    document = Document(BytesIO(report_docx(report, str)))
    assert [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 2"] == [
        "谢绝合计：3 次",
        "按技术领域",
        "按成果",
    ]


@pytest.mark.parametrize(
    ("day", "quarter"), [(date(2026, 1, 1), (2025, 4)), (date(2026, 3, 31), (2025, 4)), (date(2026, 4, 1), (2026, 1))]
)
def test_last_quarter_is_the_one_that_is_over(day, quarter):
    period = last_quarter(day)
    assert (period.year, period.number) == quarter
    assert period.until < day < period.until + timedelta(days=100)


def test_every_reason_that_reaches_a_report_has_advice():
    assert [code for code, _ in codes.table("decline_reasons").choices() if code not in {*ADVICE, "rival"}] == []
