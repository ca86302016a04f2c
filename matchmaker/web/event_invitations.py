"""Invitations: whom an event is for, inviting them, and the answer of who was invited."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers.response import Response

from matchmaker.domain import codes
from matchmaker.domain.errors import Conflict, DomainError, Invalid
from matchmaker.domain.event_invitations import (
    DECLINE_REASONS,
    MESSAGE_MOST,
    NOTE_MOST,
    TOPIC_MOST,
    EventInvitation,
    InvitationState,
)
from matchmaker.domain.events import Event
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.people import Role
from matchmaker.services.engine import Engine
from matchmaker.services.events.audience import GOOD, LISTINGS_MOST, Basis, about_listings, audience, topic_of
from matchmaker.services.events.inviting import (
    accept,
    can_invite,
    count_invitations,
    decline,
    invitation_to,
    invitations_of,
    invite,
    load_invitation,
    note_opened,
    waiting_invitations,
)
from matchmaker.services.events.loading import load_run_event
from matchmaker.services.events.registering import takes_registrations
from matchmaker.web.access import current_actor, role_required, signed_in
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("event_invitations", __name__)

REFUSED, OVERTAKEN = 422, 409
WORDS_MOST = 200
PLANNERS = (Role.BROKER, Role.BUREAU)


@blueprint.app_template_global("open_invitation")
def open_invitation(event: Event) -> EventInvitation | None:
    """Return the invitation of the viewer's organization that waits for an answer."""
    found = invitation_to(session(), current_actor(), event)
    return found if found is not None and found.state == InvitationState.INVITED else None


@blueprint.app_template_global("waiting_invitations")
def waiting() -> tuple[EventInvitation, ...]:
    """Return what invitations wait for the viewer's organization, for its dashboard."""
    return waiting_invitations(session(), current_actor())


@blueprint.get("/events/<int:event_id>/invitations")
@role_required(*PLANNERS)
@limiter.limit("240/hour", key_func=by_person)
def index(event_id: int) -> str:
    """Whom to invite, and what became of invitations."""
    return _page(load_run_event(session(), current_actor(), event_id))


@blueprint.post("/events/<int:event_id>/invitations")
@role_required(*PLANNERS)
@limiter.limit("120/hour", key_func=by_person)
def send(event_id: int) -> Response | tuple[str, int]:
    """Invite one organization or several."""
    event = load_run_event(session(), current_actor(), event_id)
    basis = _basis(event)
    one = request.form.get("one", type=int)
    chosen = [one] if one is not None else request.form.getlist("organization", type=int)
    try:
        done = invite(
            session(),
            current_actor(),
            event,
            basis,
            chosen,
            topic=request.form.get("topic", ""),
            message=request.form.get("message", ""),
            engine=_engine(basis),
        )
    except (Invalid, Conflict) as error:
        return _page(event, error), REFUSED if isinstance(error, Invalid) else OVERTAKEN
    if done.new:
        flash(ngettext("已邀请 %(num)s 家单位。", "已邀请 %(num)s 家单位。", done.new), "success")
    if done.known:
        flash(_("%(count)s 家单位之前已经邀请过、已经报名或没有成员，没有再发。", count=done.known), "info")
    args = _args(basis)
    return redirect(url_for(".index", event_id=event_id, page=page_number(), **args), 303)


@blueprint.get("/event-invitations/<int:invitation_id>")
@signed_in
def show(invitation_id: int) -> str:
    """The invitation, to who is invited."""
    invitation = load_invitation(session(), current_actor(), invitation_id)
    if invitation.opened_at is None:
        # Reading a page commits nothing, so this has a transaction of its own.
        with platform().database.transaction() as writing:
            note_opened(writing, invitation_id)
    return _invitation_page(invitation_id)


@blueprint.post("/event-invitations/<int:invitation_id>/accept")
@signed_in
def accept_invitation(invitation_id: int) -> Response | tuple[str, int]:
    """Say yes, and go on to register."""
    invitation = load_invitation(session(), current_actor(), invitation_id)
    try:
        accept(session(), current_actor(), invitation)
    except Conflict as error:
        return _invitation_page(invitation_id, error), OVERTAKEN
    if takes_registrations(invitation.event):
        flash(_("已接受邀请，请填写参会人。"), "success")
        return redirect(url_for("registrations.enrol", event_id=invitation.event_id), 303)
    flash(_("已接受邀请，主办方已收到。"), "success")
    return redirect(url_for(".show", invitation_id=invitation_id), 303)


@blueprint.post("/event-invitations/<int:invitation_id>/decline")
@signed_in
def decline_invitation(invitation_id: int) -> Response | tuple[str, int]:
    """Say no, and why."""
    invitation = load_invitation(session(), current_actor(), invitation_id)
    try:
        decline(session(), current_actor(), invitation, request.form.get("reason", ""), request.form.get("note", ""))
    except (Invalid, Conflict) as error:
        return _invitation_page(invitation_id, error), REFUSED if isinstance(error, Invalid) else OVERTAKEN
    flash(_("已告知主办方。改变主意时可以再接受。"), "success")
    return redirect(url_for(".show", invitation_id=invitation_id), 303)


def _page(event: Event, error: DomainError | None = None) -> str:
    basis = _basis(event)
    engine = _engine(basis)
    found = audience(session(), current_actor(), event, basis, engine, page_number())
    rows = invitations_of(session(), current_actor(), event)
    return render_template(
        "event_invitations/index.html",
        event=event,
        basis=basis,
        audience=found,
        listings=about_listings(session(), current_actor(), basis, engine),
        invitations=rows,
        counts=count_invitations(rows),
        may_invite=can_invite(current_actor(), event),
        fields=codes.table("contract_fields").choices(),
        topic=request.form.get("topic") if error else topic_of(event, basis),
        message=request.form.get("message", ""),
        reasons=DECLINE_REASONS,
        topic_most=TOPIC_MOST,
        message_most=MESSAGE_MOST,
        args=_args(basis),
        error=error,
    )


def _invitation_page(invitation_id: int, error: DomainError | None = None) -> str:
    invitation = load_invitation(session(), current_actor(), invitation_id)
    return render_template(
        "event_invitations/show.html",
        invitation=invitation,
        event=invitation.event,
        is_open=takes_registrations(invitation.event),
        reasons=DECLINE_REASONS,
        note_most=NOTE_MOST,
        error=error,
        typed=request.form,
    )


def _basis(event: Event) -> Basis:
    """Read what the event is about from the address or the form; at first it is the event's own field."""
    values = request.values
    kind, field = values.get("kind", ""), values.get("field", "")
    if {"kind", "field", "q", "listing"}.isdisjoint(values.keys()):
        field = event.fields[0] if event.fields else ""
    grade = values.get("grade", GOOD, type=int)
    return Basis(
        kind=kind if kind in set(ListingKind) else ListingKind.ACHIEVEMENT,
        field=field if field in codes.table("contract_fields") else "",
        words=values.get("q", "").replace("\x00", "").strip()[:WORDS_MOST],
        listing_ids=tuple(dict.fromkeys(values.getlist("listing", type=int)))[:LISTINGS_MOST],
        grade=grade if grade in {1, 2, 3} else GOOD,
    )


def _args(basis: Basis) -> dict[str, Any]:
    args: dict[str, Any] = {
        "kind": basis.kind,
        "field": basis.field,
        "q": basis.words,
        "grade": basis.grade,
        "listing": list(basis.listing_ids),
    }
    return {name: value for name, value in args.items() if value != [] and (value or name == "field")}


def _engine(basis: Basis) -> Engine | None:
    return platform().engine if basis.words else None
