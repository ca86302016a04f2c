"""The staff of an event: their editor."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import Event, EventStaff
from matchmaker.domain.slots import spans
from matchmaker.services.events.staffing import (
    DUTY_NAMES,
    StaffLine,
    add_staff,
    candidates,
    edit_staff,
    get_staff,
    remove_staff,
)
from matchmaker.services.reading.moments import written_moment
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import PLANNERS, REFUSED, blueprint, load_run, to
from matchmaker.web.forms.registrations import ABSENCE_ROWS, language_choices, typed_absences


@blueprint.get("/events/<int:event_id>/staff")
@role_required(*PLANNERS)
def staff(event_id: int) -> str:
    """The people, and the form for another one."""
    return _page(load_run(event_id), StaffLine())


@blueprint.post("/events/<int:event_id>/staff")
@role_required(*PLANNERS)
def more_staff(event_id: int) -> Response | tuple[str, int]:
    """Add somebody."""
    event, typed = load_run(event_id), _typed()
    try:
        add_staff(session(), current_actor(), event, typed)
    except Invalid as error:
        return _page(event, typed, error), REFUSED
    flash(_("工作人员已保存。"), "success")
    return to("staff", event_id)


@blueprint.get("/events/<int:event_id>/staff/<int:staff_id>")
@role_required(*PLANNERS)
def one_of_staff(event_id: int, staff_id: int) -> str:
    """The form of one of them."""
    event = load_run(event_id)
    person = get_staff(event, staff_id)
    return _page(event, _line(person), person=person)


@blueprint.post("/events/<int:event_id>/staff/<int:staff_id>")
@role_required(*PLANNERS)
def save_staff(event_id: int, staff_id: int) -> Response | tuple[str, int]:
    """Change one of them."""
    event, typed = load_run(event_id), _typed()
    try:
        edit_staff(session(), current_actor(), event, staff_id, typed)
    except Invalid as error:
        return _page(event, typed, error, get_staff(event, staff_id)), REFUSED
    flash(_("工作人员已保存。"), "success")
    return to("staff", event_id)


@blueprint.post("/events/<int:event_id>/staff/<int:staff_id>/remove")
@role_required(*PLANNERS)
def dismiss_staff(event_id: int, staff_id: int) -> Response:
    """Take somebody off."""
    remove_staff(session(), current_actor(), load_run(event_id), staff_id)
    flash(_("已删除。"), "success")
    return to("staff", event_id)


def _typed() -> StaffLine:
    texts = {name: request.form.get(name, "") for name in ("duty", "name", "phone", "user_id")}
    return StaffLine(**texts, languages=tuple(request.form.getlist("languages")), absences=tuple(typed_absences()))


def _line(person: EventStaff) -> StaffLine:
    return StaffLine(
        duty=person.duty,
        name=person.name,
        phone=person.phone,
        languages=tuple(person.languages),
        user_id=str(person.user_id or ""),
        absences=tuple((written_moment(start), written_moment(end)) for start, end in spans(person.absences)),
    )


def _page(event: Event, typed: StaffLine, error: Invalid | None = None, person: EventStaff | None = None) -> str:
    empty = max(1, ABSENCE_ROWS - 1 - len(typed.absences))
    return render_template(
        "events/staff.html",
        event=event,
        typed=typed,
        person=person,
        error=error,
        duties=DUTY_NAMES,
        languages=language_choices(),
        members=candidates(session(), event),
        absence_rows=[*typed.absences, *(("", ""),) * empty],
    )
