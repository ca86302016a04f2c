"""What is printed for an event's meetings: table cards, day sheets, the list at the door; and the workbook."""

import io
from collections.abc import Callable

from flask import Blueprint, Response, render_template, send_file
from flask_babel import gettext as _

from matchmaker.services.appointments.printing import Gathering, gather, meeting_sheets
from matchmaker.services.appointments.workbook import timetable_workbook
from matchmaker.services.documents import MeetingSheets, day_sheets_pdf, door_list_pdf, table_cards_pdf
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("prints", __name__)

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/events/<int:event_id>/print")
@signed_in
def index(event_id: int) -> str:
    """What can be printed now."""
    gathering = _gather(event_id)
    return render_template("appointments/print.html", event=gathering.event, gathering=gathering)


@blueprint.get("/events/<int:event_id>/print/table-cards")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def table_cards(event_id: int) -> Response:
    """Cards to stand on the tables."""
    return _pdf(event_id, table_cards_pdf, _("桌卡"))


@blueprint.get("/events/<int:event_id>/print/day-sheets")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def day_sheets(event_id: int) -> Response:
    """A sheet for each person."""
    return _pdf(event_id, day_sheets_pdf, _("个人日程"))


@blueprint.get("/events/<int:event_id>/print/door-list")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def door_list(event_id: int) -> Response:
    """The list at the door."""
    return _pdf(event_id, door_list_pdf, _("签到名单"))


@blueprint.get("/events/<int:event_id>/print/workbook")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def workbook(event_id: int) -> Response:
    """The timetable as a workbook."""
    gathering = _gather(event_id)
    return _file(timetable_workbook(gathering, translate), EXCEL, f"{gathering.event.title} {_('时间表')}.xlsx")


def _gather(event_id: int) -> Gathering:
    return gather(session(), current_actor(), event_id)


def _pdf(event_id: int, write: Callable[[MeetingSheets], bytes], name: str) -> Response:
    gathering = _gather(event_id)
    return _file(write(meeting_sheets(gathering)), "application/pdf", f"{gathering.event.title} {name}.pdf")


def _file(content: bytes, kind: str, name: str) -> Response:
    response = send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
