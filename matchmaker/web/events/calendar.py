"""The calendar of events: what its script asks for. The page works as a list without it."""

from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, request, url_for
from flask.wrappers import Response

from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.services.events.finding import events_between
from matchmaker.web.access import current_actor, public
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import blueprint
from matchmaker.web.events.filters import wanted_events
from matchmaker.web.formatting import state_name

LONGEST = timedelta(days=100)
SECONDS = len("2026-12-01T00:00:00")


@blueprint.get("/events/calendar")
@public
def calendar() -> Response:
    """The events between `start` and `end` that the viewer may know of; moments are in official time."""
    start, end = (_moment(request.args.get(name, "")) for name in ("start", "end"))
    if not start < end <= start + LONGEST:
        raise Invalid(N_("请选择 100 天以内的一段时间。"))
    found = events_between(session(), current_actor(), start, end, wanted_events())
    return jsonify([_entry(event) for event in found])


def _entry(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "title": event.title,
        "start": _written(event.starts_at),
        "end": _written(event.ends_at),
        "url": url_for("events.detail", event_id=event.id),
        "classNames": [f"calendar-{event.kind}", f"calendar-{event.state}"],
        "extendedProps": {"place": event.place, "state": state_name(event.state)},
    }


def _written(moment: datetime) -> str:
    return moment.astimezone(CITY_ZONE).replace(tzinfo=None).isoformat(timespec="minutes")


def _moment(text: str) -> datetime:
    """Read the clock of a moment as official time: the calendar knows no zones."""
    try:
        return datetime.fromisoformat(text[:SECONDS]).replace(tzinfo=CITY_ZONE)
    except ValueError:
        raise Invalid(N_("请选择 100 天以内的一段时间。")) from None
