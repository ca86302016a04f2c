"""Registering oneself or a colleague, changing that, staying away, and seeing who else comes."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.permissions import can_change_registration, can_run_event
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.accounts import own_user
from matchmaker.services.events.attendees import parties
from matchmaker.services.events.registering import (
    STANDING,
    change_registration,
    colleagues,
    get_registration,
    own_registration,
    register,
    takes_registrations,
    withdraw,
)
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import OVERTAKEN, REFUSED, load, to
from matchmaker.web.forms.registrations import RegistrationForm
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.registrations.blueprint import blueprint


@blueprint.get("/events/<int:event_id>/register")
@signed_in
def enrol(event_id: int) -> str:
    """The form to register, or what one has registered and may change."""
    event = load(event_id)
    mine = own_registration(session(), current_actor(), event)
    if mine is not None and mine.state in STANDING:
        return _form(RegistrationForm.of(mine), event, mine)
    return _form(_begun(), event, None)


@blueprint.get("/events/<int:event_id>/register-colleague")
@signed_in
def enrol_colleague(event_id: int) -> str:
    """The form to register a colleague."""
    return _form(RegistrationForm(formdata=None), load(event_id), None, colleague=True)


@blueprint.post("/events/<int:event_id>/register")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def add(event_id: int) -> Response | tuple[str, int]:
    """Register the person himself, or a colleague."""
    event, form = load(event_id), RegistrationForm()
    colleague = request.form.get("who") == "colleague"
    try:
        registration = register(session(), current_actor(), event, form.enrolment(), colleague=colleague)
    except Invalid as error:
        form.show(error)
        return _form(form, event, None, colleague=colleague), REFUSED
    except Conflict as error:
        form.show(error)
        return _form(form, event, None, colleague=colleague), OVERTAKEN
    flash(_said(registration), "success")
    return to("detail", event_id)


@blueprint.get("/registrations/<int:registration_id>")
@signed_in
def edit(registration_id: int) -> str:
    """A registration that one may change."""
    registration = get_registration(session(), current_actor(), registration_id)
    return _form(RegistrationForm.of(registration), registration.event, registration)


@blueprint.post("/registrations/<int:registration_id>")
@signed_in
def save(registration_id: int) -> Response | tuple[str, int]:
    """Change a registration."""
    registration, form = get_registration(session(), current_actor(), registration_id), RegistrationForm()
    try:
        change_registration(session(), current_actor(), registration, form.enrolment())
    except Invalid as error:
        form.show(error)
        return _form(form, registration.event, registration), REFUSED
    flash(_("报名信息已保存。"), "success")
    return _back(registration)


@blueprint.post("/registrations/<int:registration_id>/withdraw")
@signed_in
def leave(registration_id: int) -> Response:
    """Take a registration back."""
    registration = get_registration(session(), current_actor(), registration_id)
    withdraw(session(), current_actor(), registration)
    flash(_("已退出。名额会留给候补的人。"), "success")
    return _back(registration)


@blueprint.get("/events/<int:event_id>/participants")
@signed_in
def participants(event_id: int) -> str:
    """Who comes: organizations and names, for those who come themselves."""
    event = load(event_id)
    return render_template(
        "registrations/participants.html", event=event, parties=parties(session(), current_actor(), event)
    )


def _back(registration: Registration) -> Response:
    if not can_change_registration(current_actor(), registration):
        return redirect(url_for("registrations.table", event_id=registration.event_id), 303)
    return to("detail", registration.event_id)


def _begun() -> RegistrationForm:
    user = own_user(session(), current_actor())
    form = RegistrationForm(formdata=None)
    form.name.data, form.phone.data = user.name, user.mobile or ""
    return form


def _said(registration: Registration) -> str:
    said = {
        RegistrationState.REQUESTED: _("报名已提交，主办方确认后会通知您。"),
        RegistrationState.ACCEPTED: _("报名成功，期待您的到来。"),
        RegistrationState.WAITLISTED: _("名额已满，您已进入候补名单，有名额时会通知您。"),
    }
    return str(said[RegistrationState(registration.state)])


def _form(form: RegistrationForm, event: Event, registration: Registration | None, *, colleague: bool = False) -> str:
    actor = current_actor()
    return render_template(
        "registrations/edit.html",
        form=form,
        event=event,
        registration=registration,
        colleague=colleague,
        colleagues=colleagues(session(), actor, event),
        is_open=takes_registrations(event),
        may_run=can_run_event(actor, event),
    )
