"""Checking in: tickets with their QR codes, what scanning one does, and the list of the desk."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.errors import Conflict, DomainError, Invalid, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.services.calendars.feeds import own_registration
from matchmaker.services.events.checking_in import (
    WalkIn,
    can_check_in,
    check_in,
    get_at_desk,
    load_desk_event,
    require_desk,
    suggest_organizations,
    undo,
    walk_in,
)
from matchmaker.services.events.checking_in import desk as desk_of
from matchmaker.services.events.loading import load_event
from matchmaker.services.events.tickets import FAULTS, Ticket, load_ticket, ticket_of, ticket_path
from matchmaker.web.access import current_actor, is_htmx, public, signed_in
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.security import secret_key

blueprint = Blueprint("check_ins", __name__)

REFUSED, OVERTAKEN = 422, 409
TYPED_MOST = 60


@blueprint.get("/events/<int:event_id>/ticket")
@signed_in
def ticket(event_id: int) -> Response:
    """My ticket for an event."""
    actor = current_actor()
    event = load_event(session(), actor, event_id)
    registration = own_registration(session(), actor.user_id, event.id)
    if registration is None:
        raise NotFound(N_("您没有报名这场活动，所以没有参会凭证。"))
    return _ticket_page(ticket_of(registration, actor))


@blueprint.get("/check-in/<token>")
@public
@limiter.limit("120/minute")
def scanned(token: str) -> Response:
    """What scanning a ticket opens: the ticket itself; for who works at the desk, the button that checks in."""
    found = load_ticket(session(), current_actor(), secret_key(), token)
    if can_check_in(current_actor(), found.event):
        return _kept_from_others(render_template("check_ins/scanned.html", ticket=found, token=token, faults=FAULTS))
    return _ticket_page(found)


@blueprint.post("/check-in/<token>")
@signed_in
@limiter.limit("120/minute", key_func=by_person)
def check_in_scanned(token: str) -> BaseResponse:
    """Check in whose ticket was scanned."""
    found = load_ticket(session(), current_actor(), secret_key(), token)
    _check_in(found)
    return redirect(url_for(".scanned", token=token), 303)


@blueprint.get("/events/<int:event_id>/check-in")
@signed_in
def desk(event_id: int) -> str:
    """The list of the desk."""
    event = load_desk_event(session(), current_actor(), event_id)
    return _desk(event)


@blueprint.post("/events/<int:event_id>/check-in/<int:registration_id>")
@signed_in
def check_in_listed(event_id: int, registration_id: int) -> BaseResponse | str:
    """Check in somebody on the list."""
    event = load_desk_event(session(), current_actor(), event_id)
    check_in(session(), current_actor(), get_at_desk(session(), event, registration_id))
    return _back(event)


@blueprint.post("/events/<int:event_id>/check-in/<int:registration_id>/undo")
@signed_in
def undo_check_in(event_id: int, registration_id: int) -> BaseResponse | str:
    """Take a slip back."""
    event = load_desk_event(session(), current_actor(), event_id)
    undo(session(), current_actor(), get_at_desk(session(), event, registration_id))
    return _back(event)


@blueprint.post("/events/<int:event_id>/check-in/walk-ins")
@signed_in
@limiter.limit("600/hour", key_func=by_person)
def register_walk_in(event_id: int) -> BaseResponse | tuple[str, int]:
    """Register and check in somebody who stands at the desk."""
    event = load_desk_event(session(), current_actor(), event_id)
    typed = WalkIn(*(request.form.get(name, "") for name in ("name", "organization", "position", "phone")))
    try:
        registration = walk_in(session(), current_actor(), event, typed)
    except (Invalid, Conflict) as error:
        return _desk(event, error), REFUSED if isinstance(error, Invalid) else OVERTAKEN
    flash(_("%(name)s 已登记并签到。", name=registration.name), "success")
    return redirect(url_for(".desk", event_id=event.id), 303)


@blueprint.get("/events/<int:event_id>/check-in/organizations")
@signed_in
def organizations(event_id: int) -> str:
    """Names of organizations for the field of the walk-in form."""
    event = load_desk_event(session(), current_actor(), event_id)
    typed = request.args.get("organization", "")
    names = suggest_organizations(session(), current_actor(), event, typed)
    return render_template("check_ins/_organizations.html", names=names)


def _check_in(found: Ticket) -> None:
    require_desk(current_actor(), found.event)
    try:
        is_first = check_in(session(), current_actor(), found.registration)
    except Conflict as error:
        flash(translate(error), "warning")
        return
    name = found.registration.name
    flash(_("%(name)s 已签到。", name=name) if is_first else _("%(name)s 之前已经签到。", name=name), "success")


def _back(event: Event) -> BaseResponse | str:
    if is_htmx():
        return _list(event)
    return redirect(url_for(".desk", event_id=event.id, q=_typed() or None), 303)


def _desk(event: Event, error: DomainError | None = None) -> str:
    if is_htmx() and error is None:
        return _list(event)
    found = desk_of(session(), current_actor(), event, _typed())
    return render_template(
        "check_ins/desk.html", event=event, desk=found, q=_typed(), faults=FAULTS, error=error, typed=request.form
    )


def _list(event: Event) -> str:
    found = desk_of(session(), current_actor(), event, _typed())
    return render_template("check_ins/_list.html", event=event, desk=found, q=_typed())


def _typed() -> str:
    return request.values.get("q", "").replace("\x00", "").strip()[:TYPED_MOST]


def _ticket_page(found: Ticket) -> Response:
    link = platform().settings.base_url + ticket_path(secret_key(), found.registration.id)
    return _kept_from_others(render_template("check_ins/ticket.html", ticket=found, link=link, faults=FAULTS))


def _kept_from_others(page: str) -> Response:
    """Let nothing on the way keep a page that is for one reader, and no search find it."""
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
