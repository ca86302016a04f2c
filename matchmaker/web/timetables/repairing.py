"""What went wrong on the day, and the repair that it orders."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.timetables.disruptions import close_table, report_late, report_leaving, report_no_show
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.timetables.blueprint import RUNNERS, blueprint, load, number

REPORTS = {"late": report_late, "leaving": report_leaving}


@blueprint.post("/events/<int:event_id>/timetable/absences")
@role_required(*RUNNERS)
def absence(event_id: int) -> Response:
    """Somebody does not come, comes late or leaves early: a repaired draft is made at once."""
    event, what = load(event_id), request.form.get("what", "")
    if what == "no_show":
        report_no_show(session(), current_actor(), event, number("person"))
    elif what in REPORTS:
        REPORTS[what](session(), current_actor(), event, number("person"), number("slot"))
    else:
        raise Invalid(N_("请选择发生了什么。"))
    return _repairing(event_id)


@blueprint.post("/events/<int:event_id>/timetable/closures")
@role_required(*RUNNERS)
def closure(event_id: int) -> Response:
    """A table is lost: a repaired draft is made at once."""
    close_table(session(), current_actor(), load(event_id), number("table"), number("slot"))
    return _repairing(event_id)


def _repairing(event_id: int) -> Response:
    flash(_("正在修复：尽量保留已通知的洽谈，几秒钟后给出新的草稿。"), "info")
    return redirect(url_for(".show", event_id=event_id), 303)
