"""Having the solver make a timetable, following it, stopping it; throwing a draft away, releasing it."""

from flask import Response as FragmentResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.services.timetables.desk import desk_of
from matchmaker.services.timetables.drafting import discard_draft, draft_of
from matchmaker.services.timetables.releasing import release as release_draft
from matchmaker.services.timetables.solving import order_solving, stop_solving
from matchmaker.web.access import current_actor, is_htmx, role_required
from matchmaker.web.database import session
from matchmaker.web.timetables.blueprint import RUNNERS, answer, blueprint, context, load, number


@blueprint.post("/events/<int:event_id>/timetable/solve")
@role_required(*RUNNERS)
def solve(event_id: int) -> Response:
    """Have the worker solve the draft."""
    event = load(event_id)
    order_solving(session(), current_actor(), event, request.form.get("mode", ""), number("seconds"))
    return _page(event_id)


@blueprint.get("/events/<int:event_id>/timetable/progress")
@role_required(*RUNNERS)
def progress(event_id: int) -> str | Response:
    """How far the solver is; the page itself once it is done."""
    event = load(event_id)
    draft = draft_of(session(), event)
    if not is_htmx():
        return _page(event_id)
    if draft is None or not draft.is_solving:
        return FragmentResponse(headers={"HX-Redirect": url_for(".show", event_id=event_id)})
    return render_template("timetables/_progress.html", **context(desk_of(session(), event)))


@blueprint.post("/events/<int:event_id>/timetable/stop")
@role_required(*RUNNERS)
def stop(event_id: int) -> Response:
    """End the solver with the best so far."""
    stop_solving(session(), current_actor(), load(event_id))
    flash(_("正在停止，保留目前最好的排期。"), "info")
    return _page(event_id)


@blueprint.post("/events/<int:event_id>/timetable/discard")
@role_required(*RUNNERS)
def discard(event_id: int) -> Response:
    """Throw the draft away."""
    discard_draft(session(), current_actor(), load(event_id))
    flash(_("草稿已放弃，已发布的安排没有变化。"), "info")
    return _page(event_id)


@blueprint.post("/events/<int:event_id>/timetable/release")
@role_required(*RUNNERS)
def release(event_id: int) -> Response | str:
    """Release the draft as it was shown."""
    event = load(event_id)
    changed = release_draft(session(), current_actor(), event, stamp=request.form.get("stamp", ""))
    told = len({person for change in changed for person in change.pair})
    said = _("排期已发布：%(changes)s 处变化，已通知 %(people)s 位参会人。", changes=len(changed), people=told)
    return answer(event, said)


def _page(event_id: int) -> Response:
    return redirect(url_for(".show", event_id=event_id), 303)
