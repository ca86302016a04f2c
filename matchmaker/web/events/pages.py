"""What everybody sees of events: the list and the page of each."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask_babel import gettext as _

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import KIND_NAMES, Event
from matchmaker.domain.permissions import can_run_event
from matchmaker.services.events.finding import (
    EventCard,
    WaitingEvent,
    list_events,
    my_events,
    next_events,
    waiting_events,
)
from matchmaker.services.events.history import HistoryLine, event_history
from matchmaker.services.events.materials import event_files
from matchmaker.services.events.moving import steps
from matchmaker.services.events.plans import branches
from matchmaker.services.events.standings import Standing, standing
from matchmaker.web.access import current_actor, public
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import blueprint, load
from matchmaker.web.events.filters import filter_args, wanted_events
from matchmaker.web.events.words import ACTION_WORDS, MOVE_WORDS
from matchmaker.web.formatting import state_name
from matchmaker.web.language import translate

VIEWS = ("month", "week")
"""Views of the calendar beside the list."""


@blueprint.app_template_filter("event_kind")
def event_kind(kind: str) -> str:
    """Write the kind of an event."""
    return KIND_NAMES.get(kind, kind)


@blueprint.app_template_global("event_standing")
def event_standing(event: Event) -> Standing:
    """Return how the viewer stands to an event, for the head of its pages."""
    return standing(session(), current_actor(), event)


@blueprint.app_template_global("next_events")
def next_cards(most: int = 3) -> tuple[EventCard, ...]:
    """Return the next events that the viewer may come to, for the home page."""
    return next_events(session(), current_actor(), most)


@blueprint.app_template_global("own_events")
def own_cards(most: int = 5) -> tuple[EventCard, ...]:
    """Return the viewer's own events to come, for his dashboard."""
    return my_events(session(), current_actor(), most)


@blueprint.app_template_global("events_to_decide")
def events_to_decide() -> tuple[WaitingEvent, ...]:
    """Return the events at which registrations wait for the viewer, for his dashboard."""
    return waiting_events(session(), current_actor())


@blueprint.get("/events")
@public
def index() -> str:
    """The list of events."""
    wanted, view = wanted_events(), request.args.get("view", "")
    return render_template(
        "events/index.html",
        wanted=wanted,
        view=view if view in VIEWS else "",
        now=utc_now().astimezone(CITY_ZONE).replace(tzinfo=None).isoformat(timespec="seconds"),
        page=list_events(session(), current_actor(), wanted, page_number()),
        kinds=KIND_NAMES,
        fields=codes.table("contract_fields").choices(),
        branches=branches(session()),
        args=filter_args(wanted),
    )


@blueprint.get("/events/<int:event_id>")
@public
def detail(event_id: int) -> str:
    """One event: what, when, where, for whom."""
    event = load(event_id)
    return show(event)


def show(event: Event, error: Invalid | None = None) -> str:
    """Write the page of an event, with what a move of it was refused for."""
    may_run = can_run_event(current_actor(), event)
    return render_template(
        "events/show.html",
        event=event,
        steps=steps(session(), event) if may_run else (),
        words_of=MOVE_WORDS,
        files=event_files(session(), current_actor(), event),
        history=_told(event) if may_run else (),
        error=error,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One step of an event's history in words."""

    at: datetime
    text: str
    by: str
    reason: str | None
    tone: str


def _told(event: Event) -> tuple[Told, ...]:
    lines = event_history(session(), current_actor(), event, ACTION_WORDS)
    return tuple(
        Told(
            at=line.at,
            text=translate(ACTION_WORDS[line.action])
            + (f" “{state_name(line.after or '')}”" if line.action == "move" else ""),
            by=line.by,
            reason=translate(line.reason) if line.reason else None,
            tone="success" if line.action == "move" else "neutral",
        )
        for line in lines
    )


def _text(line: HistoryLine) -> str:
    if line.action == "move":
        return str(_("状态变为“%(state)s”", state=state_name(line.after or "")))
    return translate(ACTION_WORDS[line.action])
