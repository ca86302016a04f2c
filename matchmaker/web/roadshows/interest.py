"""Interest of the audience: the tap, taking it back, and what somebody says with it on purpose."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.pitches import Pitch
from matchmaker.services.roadshows.interest import can_tap, leave_contact, name_match, own_interest, tap, untap
from matchmaker.services.roadshows.talks import can_talk
from matchmaker.web.access import current_actor, is_htmx, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.roadshows.blueprint import blueprint, load, load_pitch, to


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/interest")
@signed_in
def show_interest(event_id: int, pitch_id: int) -> Response | str:
    """Note a tap."""
    event = load(event_id)
    pitch = load_pitch(event, pitch_id)
    tap(session(), current_actor(), event, pitch)
    return _answer(event, pitch)


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/interest/undo")
@signed_in
def take_interest_back(event_id: int, pitch_id: int) -> Response | str:
    """Take a tap back."""
    event = load(event_id)
    pitch = load_pitch(event, pitch_id)
    untap(session(), current_actor(), event, pitch)
    return _answer(event, pitch)


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/interest/match")
@signed_in
def name_listing(event_id: int, pitch_id: int) -> Response | str:
    """Say which of one's own listings the interest is about."""
    event, form = load(event_id), request.form
    pitch = load_pitch(event, pitch_id)
    try:
        name_match(
            session(),
            current_actor(),
            event,
            pitch,
            number_of(form.get("match_id")) or 0,
            agreed="agreed" in form,
            seen=form.get("seen"),
        )
    except Invalid as error:
        if is_htmx():
            return _panel(event, pitch, error)
        raise
    if not is_htmx():
        flash(_("已向对方表示感兴趣。"), "success")
    return _answer(event, pitch)


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/interest/contact")
@signed_in
def let_know(event_id: int, pitch_id: int) -> Response | str:
    """Let the presenter know who is interested."""
    event = load(event_id)
    pitch = load_pitch(event, pitch_id)
    leave_contact(session(), current_actor(), event, pitch)
    return _answer(event, pitch)


def _answer(event: Event, pitch: Pitch) -> Response | str:
    if is_htmx():
        return _panel(event, pitch)
    return to("pitch", event.id, pitch_id=pitch.id)


def _panel(event: Event, pitch: Pitch, error: Invalid | None = None) -> str:
    actor = current_actor()
    return render_template(
        "roadshows/_interest.html",
        event=event,
        pitch_id=pitch.id,
        interest=own_interest(session(), actor, event, pitch),
        may_tap=can_tap(session(), actor, event, pitch),
        may_talk=can_talk(session(), actor, event),
        error=error,
    )
