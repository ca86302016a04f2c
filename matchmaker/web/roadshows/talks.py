"""Asking for a private talk after the show."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.services.roadshows.talks import Talk, ask_talk, open_talk
from matchmaker.services.timetables.booking import MESSAGE_MOST
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.roadshows.blueprint import OVERTAKEN, REFUSED, blueprint, load, load_pitch


@blueprint.get("/events/<int:event_id>/programme/<int:pitch_id>/talk")
@signed_in
def talk(event_id: int, pitch_id: int) -> str:
    """With whom one would talk, and when both are free."""
    return _page(event_id, pitch_id)


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/talk")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def book_talk(event_id: int, pitch_id: int) -> Response | tuple[str, int]:
    """Ask for a slot; where another was quicker, what is still free is shown with the reason."""
    event, form = load(event_id), request.form
    slot, person = number_of(form.get("slot")), number_of(form.get("person"))
    try:
        ask_talk(
            session(),
            current_actor(),
            event,
            load_pitch(event, pitch_id),
            -1 if slot is None else slot,
            person_id=person,
            message=form.get("message", ""),
        )
    except (Conflict, Invalid) as error:
        session().rollback()
        return _page(event_id, pitch_id, error), OVERTAKEN if isinstance(error, Conflict) else REFUSED
    flash(_("邀约已发出。时段和桌位已为双方保留，对方答复后会通知您。"), "success")
    return redirect(url_for("slots.index", event_id=event_id), 303)


def _page(event_id: int, pitch_id: int, error: Conflict | Invalid | None = None) -> str:
    event = load(event_id)
    pitch, person = load_pitch(event, pitch_id), number_of(request.values.get("person"))
    found: Talk = open_talk(session(), current_actor(), event, pitch, person)
    return render_template(
        "roadshows/talk.html",
        event=event,
        pitch=pitch,
        talk=found,
        person=person,
        typed=request.form.get("message", ""),
        most=MESSAGE_MOST,
        error=error,
    )
