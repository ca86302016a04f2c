"""Why a university's achievements were declined in a quarter: the page, and the same as files."""

import io

from flask import Blueprint, Response, render_template, request, send_file
from flask_babel import gettext as _

from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.services.decline_reports.exporting import report_docx, report_workbook
from matchmaker.services.decline_reports.reading import (
    QuarterReport,
    quarter_report,
    quarters,
    read_period,
    universities,
)
from matchmaker.services.reports.making import REPORT_TYPES
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("decline_reports", __name__)

WRITERS = {"xlsx": report_workbook, "docx": report_docx}


@blueprint.get("/decline-reports")
@role_required(Role.UNIVERSITY, Role.BUREAU, Role.ADMIN)
def index() -> str:
    """One quarter of one's own university; of any, for the bureau."""
    period = read_period(request.args.get("period", ""))
    offered = universities(session(), current_actor(), period)
    first = next((each for each in offered if each.is_told), offered[0] if offered else None)
    chosen = request.args.get("organization", type=int) or (first.id if first else None)
    return render_template(
        "decline_reports/index.html",
        report=_report(chosen),
        universities=offered,
        quarters=quarters(),
        period=period,
        chosen=chosen,
    )


@blueprint.get("/decline-reports/<string:file_format>")
@role_required(Role.UNIVERSITY, Role.BUREAU, Role.ADMIN)
@limiter.limit("60/hour", key_func=by_person)
def download(file_format: str) -> Response:
    """The same as a file."""
    if file_format not in WRITERS:
        raise NotFound(N_("没有找到这个文件。"))
    report = _report(request.args.get("organization", type=int))
    if report is None or not report.total:
        raise NotFound(N_("这个季度没有可以说的，也就没有文件。"))
    content = WRITERS[file_format](report, translate)
    name = _(
        "谢绝原因-%(name)s-%(year)s年第%(n)s季度",
        name=report.organization_name,
        year=report.period.year,
        n=report.period.number,
    )
    media_type = REPORT_TYPES[file_format]
    return send_file(
        io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=f"{name}.{file_format}"
    )


def _report(chosen: int | None) -> QuarterReport | None:
    """The report asked for: one's own for a university; None where there is no university at all."""
    actor = current_actor()
    own = actor.organization_id if actor.role is Role.UNIVERSITY else None
    wanted = chosen if chosen is not None else own
    if wanted is None:
        return None
    return quarter_report(session(), actor, wanted, read_period(request.args.get("period", "")))
