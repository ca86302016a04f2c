"""Changing the draft by hand: each change is checked by the server before anything is shown of it."""

from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.services.timetables.placing import add_meeting, lock_meeting, move_meeting, remove_meeting
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.timetables.blueprint import RUNNERS, answer, blueprint, load, number, optional


@blueprint.post("/events/<int:event_id>/timetable/placements/<int:placement_id>/move")
@role_required(*RUNNERS)
def move(event_id: int, placement_id: int) -> Response | str:
    """Move a meeting to another place, or swap it with what stands there."""
    event, slot, table_id = load(event_id), number("slot"), optional("table")
    version = number("version")
    move_meeting(session(), current_actor(), event, placement_id, slot=slot, table_id=table_id, version=version)
    return answer(event, _("已移动。"))


@blueprint.post("/events/<int:event_id>/timetable/placements/<int:placement_id>/lock")
@role_required(*RUNNERS)
def lock(event_id: int, placement_id: int) -> Response | str:
    """Lock a meeting where it is, or unlock it."""
    event, locked = load(event_id), bool(number("locked") == 1)
    lock_meeting(session(), current_actor(), event, placement_id, locked=locked, version=number("version"))
    return answer(event, _("已锁定，自动排期不会移动它。") if locked else _("已解锁。"))


@blueprint.post("/events/<int:event_id>/timetable/placements/<int:placement_id>/remove")
@role_required(*RUNNERS)
def remove(event_id: int, placement_id: int) -> Response | str:
    """Take a meeting out of the draft."""
    event = load(event_id)
    remove_meeting(session(), current_actor(), event, placement_id, version=number("version"))
    return answer(event, _("已移出草稿。"))


@blueprint.post("/events/<int:event_id>/timetable/placements")
@role_required(*RUNNERS)
def add(event_id: int) -> Response | str:
    """Put a meeting into the draft by hand, at the first place where it fits."""
    event = load(event_id)
    add_meeting(session(), current_actor(), event, number("one"), number("other"), version=number("version"))
    return answer(event, _("已排入并锁定。"))
