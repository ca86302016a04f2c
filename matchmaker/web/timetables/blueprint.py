"""The blueprint of timetables, the page itself, and how its forms are read and answered."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.events import Event
from matchmaker.domain.people import Role
from matchmaker.services.events.loading import load_run_event
from matchmaker.services.timetables.desk import Desk, desk_of
from matchmaker.services.timetables.solving import SECONDS
from matchmaker.web.access import current_actor, is_htmx, role_required
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session

RUNNERS = (Role.BROKER, Role.BUREAU)

blueprint = Blueprint("timetables", __name__)


def load(event_id: int) -> Event:
    """Return an event that whoever asks runs."""
    return load_run_event(session(), current_actor(), event_id)


def number(name: str) -> int:
    """Return a number of the form; what is none is -1, which names nothing."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def optional(name: str) -> int | None:
    """Return the id that a choice of the form stands for, None where nothing is chosen."""
    return number_of(request.form.get(name))


def answer(event: Event, sentence: str = "") -> Response | str:
    """Show the changed timetable: in place to htmx, else by leading to the page."""
    if is_htmx():
        return render_template("timetables/_board.html", **context(desk_of(session(), event)))
    if sentence:
        flash(sentence, "success")
    return redirect(url_for("timetables.show", event_id=event.id), 303)


def context(desk: Desk) -> dict[str, object]:
    """Return what the templates of the page need."""
    chosen = number_of(request.values.get("person")) or 0
    return {"desk": desk, "event": desk.event, "seconds": SECONDS, "chosen": chosen}


@blueprint.get("/events/<int:event_id>/timetable")
@role_required(*RUNNERS)
def show(event_id: int) -> str:
    """The timetable: the draft, or what stands."""
    return render_template("timetables/show.html", **context(desk_of(session(), load(event_id))))


@blueprint.app_template_filter("solver_stage")
def solver_stage(stage: str) -> str:
    """Write what the solver works at."""
    names = {
        "first": _("寻找第一份可行的排期"),
        "value": _("让更多想见的人见面"),
        "fairness": _("照顾满足得最少的人"),
        "gaps": _("减少等待的空档"),
    }
    return str(names.get(stage, _("正在计算")))
