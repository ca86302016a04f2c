"""The agenda of an event: its editor."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import AgendaItem, Event
from matchmaker.services.events.agenda import (
    AgendaLine,
    add_item,
    edit_item,
    get_item,
    in_each_others_way,
    meetings_in_the_way,
    remove_item,
)
from matchmaker.services.reading.moments import written_moment
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import PLANNERS, REFUSED, blueprint, load_run, to


@blueprint.get("/events/<int:event_id>/agenda")
@role_required(*PLANNERS)
def agenda(event_id: int) -> str:
    """The lines, and the form for another one."""
    event = load_run(event_id)
    return _page(event, _next_line(event))


@blueprint.post("/events/<int:event_id>/agenda")
@role_required(*PLANNERS)
def add_agenda_item(event_id: int) -> Response | tuple[str, int]:
    """Add a line."""
    event, typed = load_run(event_id), _typed()
    try:
        add_item(session(), current_actor(), event, typed)
    except Invalid as error:
        return _page(event, typed, error), REFUSED
    _say(event)
    return to("agenda", event_id)


@blueprint.get("/events/<int:event_id>/agenda/<int:item_id>")
@role_required(*PLANNERS)
def agenda_item(event_id: int, item_id: int) -> str:
    """The form of one line."""
    event = load_run(event_id)
    item = get_item(event, item_id)
    return _page(event, _line(item), item=item)


@blueprint.post("/events/<int:event_id>/agenda/<int:item_id>")
@role_required(*PLANNERS)
def save_agenda_item(event_id: int, item_id: int) -> Response | tuple[str, int]:
    """Change a line."""
    event, typed = load_run(event_id), _typed()
    try:
        edit_item(session(), current_actor(), event, item_id, typed)
    except Invalid as error:
        return _page(event, typed, error, get_item(event, item_id)), REFUSED
    _say(event)
    return to("agenda", event_id)


@blueprint.post("/events/<int:event_id>/agenda/<int:item_id>/remove")
@role_required(*PLANNERS)
def remove_agenda_item(event_id: int, item_id: int) -> Response:
    """Take a line off."""
    remove_item(session(), current_actor(), load_run(event_id), item_id)
    flash(_("已删除。"), "success")
    return to("agenda", event_id)


def _typed() -> AgendaLine:
    texts = {name: request.form.get(name, "") for name in ("title", "starts_at", "ends_at", "room", "speaker")}
    return AgendaLine(**texts, blocking="blocking" in request.form)


def _line(item: AgendaItem) -> AgendaLine:
    return AgendaLine(
        title=item.title,
        starts_at=written_moment(item.starts_at),
        ends_at=written_moment(item.ends_at),
        room=item.room,
        speaker=item.speaker,
        blocking=item.blocking,
    )


def _next_line(event: Event) -> AgendaLine:
    """Return an empty line that begins where the last one ends."""
    last = max((item.ends_at for item in event.agenda), default=event.starts_at)
    return AgendaLine(starts_at=written_moment(last))


def _say(event: Event) -> None:
    flash(_("议程已保存。"), "success")
    count = meetings_in_the_way(session(), event)
    if count:
        flash(_("有 %(count)s 场已安排的洽谈与议程冲突，请到时间表中调整。", count=count), "warning")


def _page(event: Event, typed: AgendaLine, error: Invalid | None = None, item: AgendaItem | None = None) -> str:
    return render_template(
        "events/agenda.html",
        event=event,
        typed=typed,
        item=item,
        error=error,
        clashes=in_each_others_way(event.agenda),
        meetings=meetings_in_the_way(session(), event),
    )
