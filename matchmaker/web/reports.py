"""Reports of a month, a quarter or a year: ordering one, following it, taking its files along."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.days import today
from matchmaker.domain.errors import Invalid
from matchmaker.domain.jobs import JobKind
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.services import jobs
from matchmaker.services.reports import making
from matchmaker.web.access import current_actor, is_htmx, role_required
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.stored_files import handed_out

blueprint = Blueprint("reports", __name__)

YEARS = 3
"""How many years back a report can be asked for on the page."""


@blueprint.get("/reports")
@role_required(Role.BUREAU, Role.ADMIN)
def index() -> str:
    """The reports made so far, and what can be asked for."""
    actor = current_actor()
    return render_template(
        "reports/index.html",
        reports=making.reports(session(), actor),
        pending=[jobs.view_job(job) for job in making.running(session(), actor)],
        periods=_offered(),
        chosen=request.args.get("period", ""),
    )


@blueprint.post("/reports")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("30/hour", key_func=by_person)
def begin() -> BaseResponse:
    """Have a report made."""
    job = making.order_report(session(), current_actor(), _period(request.form.get("period", "")))
    return redirect(url_for(".show", job_id=job.id), 303)


@blueprint.get("/reports/jobs/<int:job_id>")
@role_required(Role.BUREAU, Role.ADMIN)
def show(job_id: int) -> str | BaseResponse:
    """How far a report is; once it is done, the list with it at its head."""
    job = jobs.view_job(jobs.get_job(session(), current_actor(), job_id, JobKind.MAKE_REPORT))
    if is_htmx():
        if job.is_over:
            return Response(headers={"HX-Redirect": url_for(".show", job_id=job_id)})
        return render_template("reports/_progress.html", job=job)
    if job.state == "done":
        return redirect(url_for(".index"), 303)
    return render_template("reports/show.html", job=job)


@blueprint.get("/reports/<int:report_id>/<string:file_format>")
@role_required(Role.BUREAU, Role.ADMIN)
def download(report_id: int, file_format: str) -> Response:
    """Hand out one of a report's files."""
    report = making.get_report(session(), current_actor(), report_id)
    file = making.report_file(report, file_format, platform().settings.city)
    return handed_out(file.sha256, file.media_type, file.name)


def _offered() -> list[Period]:
    """Return the periods that have begun, the latest first: months of a year, then quarters, then years."""
    day, found = today(), []
    for kind, count in ((PeriodKind.MONTH, 12), (PeriodKind.QUARTER, 4), (PeriodKind.YEAR, 1)):
        for year in range(day.year, day.year - YEARS, -1):
            periods = (Period(year, kind, number) for number in range(count, 0, -1))
            found += [period for period in periods if period.since <= day]
    return found


def _period(text: str) -> Period:
    """Read a period's key, 2026-quarter-3."""
    year, _dash, rest = text.partition("-")
    kind, _dash, number = rest.partition("-")
    digits = all(part.isascii() and part.isdigit() and len(part) < 5 for part in (year, number))
    if kind not in set(PeriodKind) or not digits or not 2000 <= int(year) <= 2100:
        raise Invalid(N_("请选择月份、季度或年度。"))
    return Period(int(year), PeriodKind(kind), int(number))
