"""What everybody sees of events: the list and the page of each."""

from flask import render_template, request

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import KIND_NAMES, Event, EventKind
from matchmaker.domain.permissions import can_run_event
from matchmaker.services.events.finding import EventFilter, When, list_events
from matchmaker.services.events.materials import event_files
from matchmaker.services.events.moving import steps
from matchmaker.services.events.plans import branches
from matchmaker.services.events.standings import Standing, standing
from matchmaker.web.access import current_actor, public
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import blueprint, load
from matchmaker.web.events.words import MOVE_WORDS


@blueprint.app_template_filter("event_kind")
def event_kind(kind: str) -> str:
    """Write the kind of an event."""
    return KIND_NAMES.get(kind, kind)


@blueprint.app_template_global("event_standing")
def event_standing(event: Event) -> Standing:
    """Return how the viewer stands to an event, for the head of its pages."""
    return standing(session(), current_actor(), event)


def wanted_events() -> EventFilter:
    """Return what the address asks for; what it asks for in vain counts as not asked."""
    kind, field, when = (request.args.get(name, "") for name in ("kind", "field", "when"))
    return EventFilter(
        kind=kind if kind in set(EventKind) else "",
        field=field if field in codes.table("contract_fields") else "",
        branch_id=number_of(request.args.get("branch")),
        when=when if when in set(When) and (when != When.MINE or current_actor().signed_in) else When.UPCOMING,
    )


@blueprint.get("/events")
@public
def index() -> str:
    """The list of events."""
    wanted = wanted_events()
    return render_template(
        "events/index.html",
        wanted=wanted,
        page=list_events(session(), current_actor(), wanted, page_number()),
        kinds=KIND_NAMES,
        fields=codes.table("contract_fields").choices(),
        branches=branches(session()),
        args=_args(wanted),
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
        error=error,
    )


def _args(wanted: EventFilter) -> dict[str, object]:
    """Return the filter as an address carries it, without what it does not narrow."""
    args = {"kind": wanted.kind, "field": wanted.field, "branch": wanted.branch_id, "when": wanted.when}
    return {name: value for name, value in args.items() if value and value != When.UPCOMING}
