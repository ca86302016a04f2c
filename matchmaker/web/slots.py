"""Booking oneself: asking another participant for a free slot, answering, calling off."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event
from matchmaker.services.events.loading import load_event
from matchmaker.services.timetables.booking import MESSAGE_MOST, answer, ask, cancel
from matchmaker.services.timetables.slots_page import slots_page
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter

OVERTAKEN, REFUSED = 409, 422

blueprint = Blueprint("slots", __name__)


@blueprint.get("/events/<int:event_id>/slots")
@signed_in
def index(event_id: int) -> str:
    """One's own meetings and asks, and with somebody chosen, the slots that suit both."""
    event = load_event(session(), current_actor(), event_id)
    return _page(event, number_of(request.args.get("person")))


@blueprint.post("/events/<int:event_id>/slots")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def book(event_id: int) -> Response | tuple[str, int]:
    """Ask somebody for a slot; where another was quicker, what is still free is shown with the reason."""
    event = load_event(session(), current_actor(), event_id)
    person, slot = number_of(request.form.get("person")) or 0, number_of(request.form.get("slot"))
    try:
        ask(session(), current_actor(), event, person, -1 if slot is None else slot, request.form.get("message", ""))
    except (Conflict, Invalid) as error:
        session().rollback()
        event = load_event(session(), current_actor(), event_id)
        return _page(event, person, error), OVERTAKEN if isinstance(error, Conflict) else REFUSED
    flash(_("邀约已发出。时段和桌位已为双方保留，对方答复后会通知您。"), "success")
    return _to(event_id)


@blueprint.post("/events/<int:event_id>/slots/<int:appointment_id>/answer")
@signed_in
def reply(event_id: int, appointment_id: int) -> Response:
    """Accept or decline."""
    event, accept = load_event(session(), current_actor(), event_id), request.form.get("accept") == "yes"
    answer(session(), current_actor(), event, appointment_id, accept=accept)
    flash(_("已接受，洽谈已列入您的安排。") if accept else _("已谢绝。"), "success")
    return _to(event_id)


@blueprint.post("/events/<int:event_id>/slots/<int:appointment_id>/cancel")
@signed_in
def call_off(event_id: int, appointment_id: int) -> Response:
    """Call a meeting off, or take an ask back."""
    event = load_event(session(), current_actor(), event_id)
    cancel(session(), current_actor(), event, appointment_id, request.form.get("reason", ""))
    flash(_("已取消，时段已经空出。"), "info")
    return _to(event_id)


def _page(event: Event, person: int | None, error: Conflict | Invalid | None = None) -> str:
    page = slots_page(session(), current_actor(), event, person)
    return render_template(
        "slots/index.html",
        page=page,
        event=event,
        error=error,
        typed=request.form.get("message", ""),
        most=MESSAGE_MOST,
    )


def _to(event_id: int) -> Response:
    return redirect(url_for(".index", event_id=event_id), 303)
