"""The tables of an event: their editor."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.slots import blocked, slots_of
from matchmaker.services.events.furnishing import add_tables, meetings_that_fit, name_tables, remove_table
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import PLANNERS, REFUSED, blueprint, load_run, to


@blueprint.get("/events/<int:event_id>/tables")
@role_required(*PLANNERS)
def tables(event_id: int) -> str:
    """The tables, and how many meetings they hold."""
    return _page(load_run(event_id))


@blueprint.post("/events/<int:event_id>/tables")
@role_required(*PLANNERS)
def more_tables(event_id: int) -> Response | tuple[str, int]:
    """Add some tables."""
    event, typed = load_run(event_id), request.form
    try:
        count = add_tables(session(), current_actor(), event, typed.get("count", ""), typed.get("room", ""))
    except Invalid as error:
        return _page(event, error), REFUSED
    flash(_("已添加 %(count)s 张桌子。", count=count), "success")
    return to("tables", event_id)


@blueprint.post("/events/<int:event_id>/tables/names")
@role_required(*PLANNERS)
def save_tables(event_id: int) -> Response | tuple[str, int]:
    """Name the tables."""
    event = load_run(event_id)
    typed = {
        table.id: (
            request.form.get(f"name-{table.id}", table.name),
            request.form.get(f"room-{table.id}", table.room),
        )
        for table in event.tables
    }
    try:
        name_tables(session(), current_actor(), event, typed)
    except Invalid as error:
        return _page(event, error), REFUSED
    flash(_("洽谈桌已保存。"), "success")
    return to("tables", event_id)


@blueprint.post("/events/<int:event_id>/tables/<int:table_id>/remove")
@role_required(*PLANNERS)
def take_table(event_id: int, table_id: int) -> Response:
    """Take a table away."""
    remove_table(session(), current_actor(), load_run(event_id), table_id)
    flash(_("已删除。"), "success")
    return to("tables", event_id)


def _page(event: Event, error: Invalid | None = None) -> str:
    return render_template(
        "events/tables.html",
        event=event,
        error=error,
        typed=request.form,
        slots=len(slots_of(event)),
        free=len(slots_of(event)) - len(blocked(event)),
        meetings=meetings_that_fit(event),
    )
