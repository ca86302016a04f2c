"""Making a report: ordered by whoever may see the ledger, done by the worker, kept with its files."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.closed_periods import MONTHS, Period, PeriodKind
from matchmaker.domain.days import today
from matchmaker.domain.disclosures import Way
from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.jobs import Job, JobKind
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.reports import PeriodReport
from matchmaker.services import jobs
from matchmaker.services.documents.period_report import ReportSheet
from matchmaker.services.documents.period_report_word import period_report_docx
from matchmaker.services.documents.period_report_workbook import period_report_xlsx
from matchmaker.services.exports.writers import MEDIA_TYPES
from matchmaker.services.job_runner import JobContext, Steps
from matchmaker.services.ledger.figures import own_branch, require_reader
from matchmaker.services.readings import collecting, write_readings
from matchmaker.services.reports.content import report_sheet
from matchmaker.services.reports.counting import period_figures
from matchmaker.services.reports.writing import TITLES, period_name
from matchmaker.services.uploads import FILES, StoredFile, take_in

FIRST_YEAR = 2020
MOST_BYTES = 100 * 1024 * 1024
DOCX = "docx"
REPORT_TYPES = {
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": MEDIA_TYPES["xlsx"],
}
STEPS = 3


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One of the two files of a report."""

    name: str
    media_type: str
    sha256: str


def order_report(session: Session, actor: Actor, period: Period) -> Job:
    """Have a report made: the bureau's of the city, a branch's of itself.

    Raises:
        Forbidden: the actor may not see the ledger.
        Invalid: the period has not begun, or is none.
    """
    require_reader(actor)
    if period.year < FIRST_YEAR or not 1 <= period.number <= 12 // MONTHS[period.kind]:
        raise Invalid(N_("请选择月份、季度或年度。"))
    if period.since > today():
        raise Invalid(N_("这段时间还没有开始。"))
    return jobs.order(
        session, actor, JobKind.MAKE_REPORT, year=period.year, kind=str(period.kind), number=period.number
    )


def make_report(context: JobContext) -> Steps:
    """Count, write both files, and keep them."""
    require_reader(context.actor)
    report, sheet = _count(context)
    yield
    docx = _kept(context.settings.data, period_report_docx(sheet), DOCX)
    yield
    xlsx = _kept(context.settings.data, period_report_xlsx(sheet), "xlsx")
    report.docx_sha256, report.docx_size = docx.sha256, docx.size
    report.xlsx_sha256, report.xlsx_size = xlsx.sha256, xlsx.size
    _keep(context, report)


def _count(context: JobContext) -> tuple[PeriodReport, ReportSheet]:
    """Return the report's row, so far without files, and what they say; whose listings were read is written down."""
    actor, branch = context.actor, own_branch(context.actor)
    period = Period(context.arguments["year"], PeriodKind(context.arguments["kind"]), context.arguments["number"])
    with context.database.read() as session, collecting() as seen:
        head = session.scalar(sa.select(sa.func.max(JournalEntry.id))) or 0
        figures = period_figures(session, period, branch)
        city, office = context.settings.city, actor.organization_name
        sheet = report_sheet(session, actor, period, city=city, office=office, branch=branch, journal_head=head)
    with context.database.transaction() as session:
        if seen:
            write_readings(session, seen, Way.EXPORT)
        context.advance(session, 1, STEPS)
    report = PeriodReport(year=period.year, kind=period.kind, number=period.number, branch_id=branch)
    report.until_on, report.is_frozen, report.journal_head = figures.until, figures.is_frozen, head
    report.made_by_id = actor.user_id
    return report, sheet


def _keep(context: JobContext, report: PeriodReport) -> None:
    with context.database.transaction() as session:
        session.add(report)
        session.flush()
        said: dict[str, Any] = {"head": report.journal_head, DOCX: report.docx_sha256, "xlsx": report.xlsx_sha256}
        record(session, context.actor, "make-report", PeriodReport.subject_kind, report.id, **said)
        context.advance(session, STEPS, STEPS, {"report_id": report.id})


def reports(session: Session, actor: Actor, limit: int = 100) -> list[PeriodReport]:
    """Return the reports that the actor may read, the latest first.

    Raises:
        Forbidden: the actor may not see the ledger.
    """
    require_reader(actor)
    query = _readable(actor).order_by(PeriodReport.id.desc()).limit(limit)
    return list(session.scalars(query.options(joinedload(PeriodReport.made_by), joinedload(PeriodReport.branch))))


def get_report(session: Session, actor: Actor, report_id: int) -> PeriodReport:
    """Return one report.

    Raises:
        Forbidden: the actor may not see the ledger.
        NotFound: there is none, or it is another branch's.
    """
    require_reader(actor)
    found = session.scalar(_readable(actor).where(PeriodReport.id == report_id)) if report_id < 2**63 else None
    if found is None:
        raise NotFound(N_("没有找到这份报告。"))
    return found


def report_file(report: PeriodReport, file_format: str, city: str) -> ReportFile:
    """Return one of a report's files.

    Raises:
        NotFound: it has none of that format.
    """
    hashes = {DOCX: report.docx_sha256, "xlsx": report.xlsx_sha256}
    if file_format not in hashes:
        raise NotFound(N_("没有找到这个文件。"))
    title = TITLES[report.period.kind] % {"city": city}
    name = f"{title}-{period_name(report.period).replace(' ', '')}.{file_format}"
    return ReportFile(name, REPORT_TYPES[file_format], hashes[file_format])


def running(session: Session, actor: Actor) -> list[Job]:
    """Return the actor's own reports that are still being made, or failed lately and have nothing after them."""
    own = Job.user_id == actor.user_id, Job.organization_id == actor.organization_id
    query = sa.select(Job).where(Job.kind == JobKind.MAKE_REPORT, *own).order_by(Job.id.desc()).limit(1)
    return [job for job in session.scalars(query) if job.state != "done"]


def _readable(actor: Actor) -> sa.Select[PeriodReport]:
    branch, query = own_branch(actor), sa.select(PeriodReport)
    return query if branch is None else query.where(PeriodReport.branch_id == branch)


def _kept(data: Path, content: bytes, file_format: str) -> StoredFile:
    return take_in(
        data, FILES, f"report.{file_format}", io.BytesIO(content), MOST_BYTES, lambda _path: REPORT_TYPES[file_format]
    )
