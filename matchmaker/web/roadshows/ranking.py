"""The ranking: live for the organiser, the published results for presenters and judges, the record as PDF."""

import io

from flask import Response as FileResponse
from flask import flash, render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.permissions import can_run_event
from matchmaker.domain.roadshows import TRIMMED_FROM
from matchmaker.services.documents import roadshow_record_pdf
from matchmaker.services.roadshows.ranking import live_ranking
from matchmaker.services.roadshows.record import make_record
from matchmaker.services.roadshows.results import publish_results, reopenings, results, unpublish_results
from matchmaker.services.roadshows.running import RANKED_BY_NAMES
from matchmaker.services.roadshows.sheets import reopen_sheet
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.roadshows.blueprint import REFUSED, blueprint, load, load_run, to


@blueprint.get("/events/<int:event_id>/ranking")
@signed_in
def ranking(event_id: int) -> str:
    """The ranking for who runs the event, the results for everybody else who may read them."""
    event, actor = load(event_id), current_actor()
    if can_run_event(actor, event):
        return _page(event)
    return render_template(
        "roadshows/results.html",
        event=event,
        ranking=results(session(), actor, event),
        ways=RANKED_BY_NAMES,
        trimmed_from=TRIMMED_FROM,
    )


@blueprint.get("/events/<int:event_id>/ranking/live")
@signed_in
def live(event_id: int) -> str:
    """The table alone, which the page asks for again and again."""
    event = load_run(event_id)
    found = live_ranking(session(), current_actor(), event)
    return render_template("roadshows/_ranking.html", event=event, ranking=found, ways=RANKED_BY_NAMES)


@blueprint.post("/events/<int:event_id>/ranking/publish")
@signed_in
def publish(event_id: int) -> Response | tuple[str, int]:
    """Let presenters read the results."""
    event = load_run(event_id)
    try:
        publish_results(session(), current_actor(), event, anyway="anyway" in request.form)
    except Invalid as error:
        return _page(event, error), REFUSED
    flash(_("结果已公布，路演单位会收到通知。"), "success")
    return to("ranking", event_id)


@blueprint.post("/events/<int:event_id>/ranking/unpublish")
@signed_in
def unpublish(event_id: int) -> Response | tuple[str, int]:
    """Take the results back."""
    event = load_run(event_id)
    try:
        unpublish_results(session(), current_actor(), event, request.form.get("reason", ""))
    except Invalid as error:
        return _page(event, error), REFUSED
    flash(_("已撤回公布，路演单位看不到结果。"), "success")
    return to("ranking", event_id)


@blueprint.post("/events/<int:event_id>/ranking/<int:sheet_id>/reopen")
@signed_in
def reopen(event_id: int, sheet_id: int) -> Response | tuple[str, int]:
    """Give a signed sheet back to its judge."""
    event = load_run(event_id)
    try:
        reopen_sheet(session(), current_actor(), event, sheet_id, request.form.get("reason", ""))
    except Invalid as error:
        return _page(event, error), REFUSED
    flash(_("评分表已退回，评委会看到原因。"), "success")
    return to("ranking", event_id)


@blueprint.get("/events/<int:event_id>/ranking/record")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def record(event_id: int) -> FileResponse:
    """The result on paper."""
    event = load_run(event_id)
    made = io.BytesIO(roadshow_record_pdf(make_record(session(), current_actor(), event)))
    name = _("路演结果_%(title)s.pdf", title=event.title)
    response = send_file(made, mimetype="application/pdf", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(event: Event, error: Invalid | None = None) -> str:
    actor = current_actor()
    return render_template(
        "roadshows/ranking.html",
        event=event,
        ranking=live_ranking(session(), actor, event),
        reopenings=reopenings(session(), actor, event),
        ways=RANKED_BY_NAMES,
        trimmed_from=TRIMMED_FROM,
        error=error,
    )
