"""The organiser's pairs, and the threshold of the platform's own proposals."""

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.services.timetables.arranging import arrange, drop_arrangement, set_threshold
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.timetables.blueprint import RUNNERS, answer, blueprint, load, number, optional


@blueprint.post("/events/<int:event_id>/timetable/arrangements")
@role_required(*RUNNERS)
def add_arrangement(event_id: int) -> Response | str:
    """Let two people meet whatever else is held."""
    event = load(event_id)
    arrange(session(), current_actor(), event, number("one"), number("other"), optional("broker"))
    return answer(event, _("已指定，下次自动排期时必须安排。"))


@blueprint.post("/events/<int:event_id>/timetable/arrangements/<int:arrangement_id>/drop")
@role_required(*RUNNERS)
def drop(event_id: int, arrangement_id: int) -> Response | str:
    """Take a pair back."""
    event = load(event_id)
    drop_arrangement(session(), current_actor(), event, arrangement_id)
    return answer(event, _("已取消指定。"))


@blueprint.post("/events/<int:event_id>/timetable/threshold")
@role_required(*RUNNERS)
def threshold(event_id: int) -> Response | str:
    """Say from which match on the platform proposes."""
    event = load(event_id)
    set_threshold(session(), current_actor(), event, request.form.get("threshold", ""))
    return answer(event, _("匹配门槛已保存。"))
