"""Appointments: one's own day at an event, one meeting, what came of it, the organiser's list."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, DomainError, Invalid
from matchmaker.domain.permissions import can_cancel_appointment, can_read_minutes, can_record_outcome
from matchmaker.domain.ratings import ACCOUNT_NAMES, WISH_NAMES
from matchmaker.services.appointments.cancelling import cancel_appointment
from matchmaker.services.appointments.desk import outcome_desk
from matchmaker.services.appointments.loading import load_appointment
from matchmaker.services.appointments.my_meetings import my_meetings
from matchmaker.services.appointments.ratings import SCORES, Said
from matchmaker.services.appointments.recording import has_begun, record_outcome, say, side_said
from matchmaker.services.appointments.views import STATE_WORDS, view_appointments
from matchmaker.services.deals import can_open_for_appointment, open_for_appointment
from matchmaker.services.minutes import can_write
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("appointments", __name__)

REFUSED, OVERTAKEN = 422, 409
WORDS = ("account", "score", "note", "wish")


@blueprint.app_template_filter("meeting_state")
def meeting_state(state: str) -> str:
    """Write the state of a meeting."""
    return STATE_WORDS.get(state, state)


@blueprint.get("/events/<int:event_id>/my-meetings")
@signed_in
def mine(event_id: int) -> str:
    """One's own day at an event, for a phone."""
    return render_template("appointments/mine.html", page=my_meetings(session(), current_actor(), event_id))


@blueprint.get("/events/<int:event_id>/outcomes")
@signed_in
def outcomes(event_id: int) -> str:
    """What came of an event's meetings, for those who run it."""
    desk = outcome_desk(session(), current_actor(), event_id)
    return render_template("appointments/outcomes.html", desk=desk, event=desk.event, now=utc_now())


@blueprint.get("/appointments/<int:appointment_id>")
@signed_in
def detail(appointment_id: int) -> str:
    """One meeting: who, when, where, why, and what came of it."""
    return _page(appointment_id)


@blueprint.post("/appointments/<int:appointment_id>/word")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def word(appointment_id: int) -> Response | tuple[str, int]:
    """Say for one's own side how it was."""
    form = request.form
    said = Said(*(form.get(name, "") for name in WORDS))
    try:
        say(
            session(),
            current_actor(),
            appointment_id,
            said,
            next_step=form.get("next_step", ""),
            next_step_on=form.get("next_step_on", ""),
            seen_step=form.get("seen_step"),
        )
    except (Invalid, Conflict) as error:
        return _again(appointment_id, error)
    return _done(appointment_id, _("已记录，谢谢。评分和备注只有组织方能看到。"))


@blueprint.post("/appointments/<int:appointment_id>/outcome")
@signed_in
@limiter.limit("600/hour", key_func=by_person)
def outcome(appointment_id: int) -> Response | tuple[str, int]:
    """Record what came of it for both sides."""
    form = request.form
    one, other = (Said(*(form.get(f"{side}_{name}", "") for name in WORDS)) for side in ("one", "other"))
    try:
        row = record_outcome(
            session(),
            current_actor(),
            appointment_id,
            form.get("outcome", ""),
            one=one,
            other=other,
            next_step=form.get("next_step", ""),
            next_step_on=form.get("next_step_on", ""),
            seen_step=form.get("seen_step"),
            reason=form.get("reason", ""),
        )
    except (Invalid, Conflict) as error:
        return _again(appointment_id, error)
    if form.get("back") == "desk":
        flash(_("已登记。"), "success")
        return redirect(url_for(".outcomes", event_id=row.event_id, _anchor=f"meeting-{appointment_id}"), 303)
    return _done(appointment_id, _("已登记。"))


@blueprint.post("/appointments/<int:appointment_id>/cancel")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def cancel(appointment_id: int) -> Response | tuple[str, int]:
    """Cancel a meeting that has not begun."""
    try:
        cancel_appointment(session(), current_actor(), appointment_id, reason=request.form.get("reason", ""))
    except (Invalid, Conflict) as error:
        return _again(appointment_id, error)
    return _done(appointment_id, _("洽谈已取消，时段已经空出来，对方会收到通知。"))


@blueprint.post("/appointments/<int:appointment_id>/deal")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def open_deal(appointment_id: int) -> Response | tuple[str, int]:
    """Open a deal about what began in this meeting."""
    form = request.form
    step, day = form.get("deal_step", ""), form.get("deal_step_on", "")
    try:
        deal = open_for_appointment(session(), current_actor(), appointment_id, next_step=step, next_step_on=day)
    except (Invalid, Conflict) as error:
        return _again(appointment_id, error)
    flash(_("已建立跟进项目。"), "success")
    return redirect(url_for("deals.detail", deal_id=deal.id), 303)


def _page(appointment_id: int, error: DomainError | None = None) -> str:
    actor = current_actor()
    row = load_appointment(session(), actor, appointment_id)
    (meeting,) = view_appointments(session(), actor, [row])
    return render_template(
        "appointments/detail.html",
        meeting=meeting,
        event=row.event,
        begun=has_begun(row),
        records=can_record_outcome(actor, row),
        cancels=can_cancel_appointment(actor, row),
        reads_minutes=can_read_minutes(actor, row),
        writes_minutes=can_write(row),
        opens_deal=can_open_for_appointment(actor, row) and meeting.deal_id is None,
        said=side_said(meeting.mine),
        heard={
            side.registration_id: side_said(meeting.words.get(side.registration_id))
            for side in (meeting.one, meeting.other)
        },
        error=error,
        errors=error.errors if isinstance(error, Invalid) else {},
        typed=request.form if error is not None else None,
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    return {"accounts": ACCOUNT_NAMES, "wishes": WISH_NAMES, "scores": SCORES}


def _again(appointment_id: int, error: DomainError) -> tuple[str, int]:
    """Show the page once more with what was typed; what the failed attempt wrote is forgotten first."""
    session().rollback()
    return _page(appointment_id, error), OVERTAKEN if isinstance(error, Conflict) else REFUSED


def _done(appointment_id: int, sentence: str) -> Response:
    flash(sentence, "success")
    return redirect(url_for(".detail", appointment_id=appointment_id), 303)
