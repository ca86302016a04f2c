"""Minutes of a meeting: written and read by those who were there, with every revision."""

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, DomainError, Invalid
from matchmaker.services.appointments.views import view_appointments
from matchmaker.services.documents import minutes_docx
from matchmaker.services.minute_files import minute_file
from matchmaker.services.minutes import (
    TEXT_MOST,
    StaleMinutes,
    can_write,
    compare_revisions,
    load_minuted,
    revisions_of,
    save_minutes,
)
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("minutes", __name__)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/appointments/<int:appointment_id>/minutes")
@signed_in
def show(appointment_id: int) -> str:
    """The minutes as they are now, or an earlier revision and what it changed."""
    return _page(appointment_id)


@blueprint.post("/appointments/<int:appointment_id>/minutes")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def save(appointment_id: int) -> Response | tuple[str, int]:
    """Save them; over a newer revision both texts are shown."""
    text, seen = request.form.get("text", ""), number_of(request.form.get("seen")) or 0
    try:
        save_minutes(session(), current_actor(), appointment_id, text, seen=seen)
    except (Invalid, Conflict) as error:
        session().rollback()
        return _page(appointment_id, error), 422 if isinstance(error, Invalid) else 409
    flash(_("纪要已保存。"), "success")
    return redirect(url_for(".show", appointment_id=appointment_id), 303)


@blueprint.get("/appointments/<int:appointment_id>/minutes/word")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def download(appointment_id: int) -> Response:
    """The minutes as a Word file."""
    file = minute_file(session(), current_actor(), appointment_id)
    content = io.BytesIO(minutes_docx(file))
    response = send_file(content, mimetype=WORD, as_attachment=True, download_name=f"{file.title}.docx")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(appointment_id: int, error: DomainError | None = None) -> str:
    actor = current_actor()
    row = load_minuted(session(), actor, appointment_id)
    (meeting,) = view_appointments(session(), actor, [row])
    revisions = revisions_of(session(), actor, appointment_id)
    number = number_of(request.args.get("revision")) if error is None else None
    stale = error if isinstance(error, StaleMinutes) else None
    shown = next((each for each in revisions if each.number == number), None)
    return render_template(
        "minutes/show.html",
        meeting=meeting,
        revisions=revisions,
        shown=shown,
        comparison=compare_revisions(session(), actor, appointment_id, number) if number is not None else None,
        writes=can_write(row),
        stale=stale,
        error=error,
        errors=error.errors if isinstance(error, Invalid) else {},
        text=request.form.get("text", "") if error is not None else revisions[0].text if revisions else "",
        most=TEXT_MOST,
    )
