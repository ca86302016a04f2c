"""One pitch: putting it on the programme, its page, answering, changing it, taking it off."""

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.permissions import can_run_event, owns
from matchmaker.domain.pitches import Pitch, PitchState
from matchmaker.services.projection import project
from matchmaker.services.roadshows.interest import can_tap, interest_rows, own_interest
from matchmaker.services.roadshows.loading import can_see_pitch, is_under_way, is_worked_on, roadshow_of
from matchmaker.services.roadshows.pitches import (
    Answer,
    PitchPlan,
    add_pitch,
    ask_again,
    can_answer_pitch,
    candidates,
    confirm_pitch,
    edit_pitch,
    is_anonymous,
    withdraw_pitch,
)
from matchmaker.services.roadshows.programme import programme_of
from matchmaker.services.roadshows.slides import MOST_FILES, can_change_slides
from matchmaker.services.roadshows.talks import can_talk
from matchmaker.services.uploads import ACCEPTED
from matchmaker.web.access import current_actor, public, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.platform import platform
from matchmaker.web.roadshows.blueprint import (
    OVERTAKEN,
    REFUSED,
    blueprint,
    load,
    load_pitch,
    load_run,
    to,
    version_of,
)


@blueprint.get("/events/<int:event_id>/programme/new")
@signed_in
def choose(event_id: int) -> str:
    """What could be put on the programme, and the form of a pitch with a title of its own."""
    return _new(load_run(event_id))


@blueprint.post("/events/<int:event_id>/programme/new")
@signed_in
def add(event_id: int) -> Response | tuple[str, int]:
    """Put something on the programme."""
    event = load_run(event_id)
    try:
        pitch = add_pitch(session(), current_actor(), event, _plan(number_of(request.form.get("listing_id"))))
    except Invalid as error:
        return _new(event, error), REFUSED
    if pitch.presenter is None:
        flash(_("已加入节目单。这个单位在平台上没有成员，请电话确认后代为登记。"), "success")
    else:
        flash(_("已加入节目单，%(name)s 会收到邀请，确认之后公开。", name=pitch.presenter.name), "success")
    return to("programme", event_id)


@blueprint.get("/events/<int:event_id>/programme/<int:pitch_id>")
@public
def pitch(event_id: int, pitch_id: int) -> str:
    """One pitch: what, who, when, its slides, and what the viewer can do about it."""
    event = load(event_id)
    return _page(event, load_pitch(event, pitch_id))


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/confirm")
@signed_in
def confirm(event_id: int, pitch_id: int) -> Response | tuple[str, int]:
    """Say that one presents it."""
    event, form = load(event_id), request.form
    found = load_pitch(event, pitch_id)
    answer = Answer(speakers=form.get("speakers", ""), is_named="is_named" in form)
    try:
        confirm_pitch(session(), current_actor(), event, found, answer)
    except Invalid as error:
        return _page(event, found, error), REFUSED
    flash(_("已确认，列入节目单。"), "success")
    return to("pitch", event_id, pitch_id=pitch_id)


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/withdraw")
@signed_in
def withdraw(event_id: int, pitch_id: int) -> Response | tuple[str, int]:
    """Take a pitch off."""
    event = load(event_id)
    found = load_pitch(event, pitch_id)
    try:
        withdraw_pitch(session(), current_actor(), event, found, request.form.get("reason", ""))
    except Invalid as error:
        return _page(event, found, error), REFUSED
    flash(_("已撤下，对方会收到通知。"), "success")
    return to("programme", event_id)


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/ask")
@signed_in
def ask(event_id: int, pitch_id: int) -> Response:
    """Put a pitch back that was taken off."""
    event = load_run(event_id)
    ask_again(session(), current_actor(), event, load_pitch(event, pitch_id))
    flash(_("已重新列入，项目方会再收到邀请。"), "success")
    return to("programme", event_id)


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/edit")
@signed_in
def edit(event_id: int, pitch_id: int) -> Response | tuple[str, int]:
    """Change title, speakers and lengths."""
    event = load_run(event_id)
    found = load_pitch(event, pitch_id)
    try:
        edit_pitch(session(), current_actor(), event, found, _plan(found.listing_id), version_of())
    except Invalid as error:
        return _page(event, found, error), REFUSED
    except Conflict as error:
        return _page(event, found, error), OVERTAKEN
    flash(_("已保存。"), "success")
    return to("pitch", event_id, pitch_id=pitch_id)


def _plan(listing_id: int | None) -> PitchPlan:
    form = request.form
    names = ("title", "organization", "speakers", "present_minutes", "question_minutes", "note")
    return PitchPlan(listing_id=listing_id, **{name: form.get(name, "") for name in names})


def _new(event: Event, error: Invalid | None = None) -> str:
    text, kind = request.args.get("q", ""), request.args.get("kind", "")
    kind = kind if kind in set(ListingKind) else ""
    actor = current_actor()
    return render_template(
        "roadshows/new.html",
        event=event,
        views=[project(listing, actor) for listing in candidates(session(), actor, event, text, kind)],
        text=text,
        kind=kind,
        typed=request.form,
        error=error,
        faults=error.errors if error else {},
    )


def _page(event: Event, found: Pitch, error: Invalid | Conflict | None = None) -> str:
    actor = current_actor()
    own, runs = owns(actor, found), can_run_event(actor, event)
    views = programme_of(session(), actor, event).pitches
    sees = can_see_pitch(actor, event, found)
    return render_template(
        "roadshows/pitch.html",
        event=event,
        pitch=found,
        view=next((view for view in views if view.id == found.id), None),
        listing=project(found.listing, actor) if sees and found.listing is not None else None,
        roadshow=roadshow_of(session(), event),
        runs=runs,
        may_answer=found.state == "invited"
        and is_worked_on(event)
        and can_answer_pitch(session(), actor, event, found),
        may_change=runs and sees and found.stands and is_worked_on(event),
        may_withdraw=(own or runs) and found.stands and is_worked_on(event),
        may_upload=found.stands and is_under_way(event) and can_change_slides(actor, event, found),
        may_tap=is_under_way(event) and can_tap(session(), actor, event, found),
        may_talk=can_talk(session(), actor, event),
        interest=own_interest(session(), actor, event, found),
        interested=interest_rows(session(), actor, event, found) if sees and (own or runs) else None,
        anonymous=is_anonymous(found),
        accepted=ACCEPTED,
        most_files=MOST_FILES,
        most_bytes=platform().settings.max_upload_bytes,
        error=error,
        faults=error.errors if isinstance(error, Invalid) else {},
        typed=request.form if error is not None else None,
        back=url_for("roadshows.programme", event_id=event.id),
    )


def _may_answer(event: Event, found: Pitch) -> bool:
    waits = found.state == PitchState.PROPOSED and is_worked_on(event)
    return waits and can_answer_pitch(session(), current_actor(), event, found)
