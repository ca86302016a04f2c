"""Planning events: the form, and the moves through their life."""

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.events import Event, EventKind, EventState
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import can_plan_events
from matchmaker.services.events.duplicating import duplicate_event
from matchmaker.services.events.moving import move_event
from matchmaker.services.events.planning import create_event, edit_event, require_writable
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import OVERTAKEN, PLANNERS, REFUSED, blueprint, load_run, to
from matchmaker.web.events.pages import show
from matchmaker.web.events.words import MOVE_WORDS
from matchmaker.web.forms.events import EventForm


@blueprint.get("/events/new")
@role_required(*PLANNERS)
def new() -> str:
    """The form for a new event."""
    _require_planner()
    kind = request.args.get("kind", EventKind.SESSION)
    return _form(EventForm(kind=kind if kind in set(EventKind) else EventKind.SESSION), None)


@blueprint.post("/events/new")
@role_required(*PLANNERS)
def create() -> Response | tuple[str, int]:
    """Write a new event as a draft."""
    form = EventForm()
    try:
        event = create_event(session(), current_actor(), form.plan())
    except Invalid as error:
        return _form(form, None, error), REFUSED
    flash(_("活动已保存为草稿，只有主办方能看到。确认无误后点“公布活动”。"), "success")
    return to("detail", event.id)


@blueprint.get("/events/<int:event_id>/edit")
@role_required(*PLANNERS)
def edit(event_id: int) -> str:
    """The form of an event."""
    event = load_run(event_id)
    require_writable(event)
    return _form(EventForm.of(event), event)


@blueprint.post("/events/<int:event_id>/edit")
@role_required(*PLANNERS)
def save(event_id: int) -> Response | tuple[str, int]:
    """Change an event; what was typed is shown again where it is refused."""
    event, form = load_run(event_id), EventForm()
    try:
        edit_event(session(), current_actor(), event, form.plan(), request.form.get("version", 0, type=int))
    except Invalid as error:
        return _form(form, event, error), REFUSED
    except Conflict as error:
        return _form(form, event, error), OVERTAKEN
    flash(_("活动已保存。"), "success")
    return to("detail", event_id)


@blueprint.post("/events/<int:event_id>/move")
@role_required(*PLANNERS)
def move(event_id: int) -> Response | tuple[str, int]:
    """Take an event on, back, or cancel it."""
    event, state = load_run(event_id), request.form.get("to", "")
    if state not in MOVE_WORDS:
        raise Invalid(N_("请选择要进行的操作。"))
    try:
        said = "without_timetable" in request.form
        move_event(session(), current_actor(), event, state, request.form.get("reason", ""), without_timetable=said)
    except Invalid as error:
        return show(event, error), REFUSED
    flash(_(MOVE_WORDS[EventState(state)].done), "success")
    return to("detail", event_id)


@blueprint.post("/events/<int:event_id>/duplicate")
@role_required(*PLANNERS)
def duplicate(event_id: int) -> Response:
    """Write the same event again as a draft."""
    copy = duplicate_event(session(), current_actor(), load_run(event_id))
    flash(_("已复制为草稿，时间已顺延到以后。请核对时间和名称。"), "success")
    return to("edit", copy.id)


def _require_planner() -> None:
    if not can_plan_events(current_actor()):
        raise Forbidden(N_("活动由技术经纪人和科技局发起。"))


def _form(form: EventForm, event: Event | None, error: Invalid | Conflict | None = None) -> str:
    if error is not None:
        form.show(error)
    return render_template(
        "events/edit.html",
        form=form,
        event=event,
        version=request.form.get("version") or (event.version if event else ""),
        cancel=url_for("events.detail", event_id=event.id) if event else url_for("events.index"),
    )
