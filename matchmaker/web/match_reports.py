"""The report of one pair: a page to print, and a PDF of one page."""

import io

from flask import Blueprint, Response, render_template, request, send_file

from matchmaker.services.documents import match_report_pdf
from matchmaker.services.match_reports import AUDIENCE_NAMES, MadeReport, make_report
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.evidence import ask_for_evidence
from matchmaker.web.language import current_language, translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("match_reports", __name__)


@blueprint.get("/matches/<int:match_id>/report")
@signed_in
def show(match_id: int) -> str:
    """The report as a page, for one of its audiences."""
    made = _report(match_id)
    return render_template(
        "match_reports/show.html",
        report=made.report,
        match_id=match_id,
        audience=made.audience.value,
        offered={each.value: AUDIENCE_NAMES[each] for each in made.audiences},
    )


@blueprint.get("/matches/<int:match_id>/report/pdf")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def download(match_id: int) -> Response:
    """The same on one page of paper."""
    report = _report(match_id).report
    content = io.BytesIO(match_report_pdf(report))
    name = f"{report.title}_{match_id}_{report.audience}.pdf"
    response = send_file(content, mimetype="application/pdf", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _report(match_id: int) -> MadeReport:
    made = make_report(
        session(),
        current_actor(),
        lambda: platform().engine,
        match_id,
        request.args.get("for"),
        city=translate(platform().settings.city),
        language=current_language(),
    )
    if not made.report.is_compared:
        ask_for_evidence(match_id)
    return made
