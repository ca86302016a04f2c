"""What the address of the list and of the calendar narrows them to."""

from flask import request

from matchmaker.domain import codes
from matchmaker.domain.events import EventKind
from matchmaker.services.events.finding import EventFilter, When
from matchmaker.web.access import current_actor
from matchmaker.web.addresses import number_of


def wanted_events() -> EventFilter:
    """Return what the address asks for; what it asks for in vain counts as not asked."""
    kind, field, when = (request.args.get(name, "") for name in ("kind", "field", "when"))
    return EventFilter(
        kind=kind if kind in set(EventKind) else "",
        field=field if field in codes.table("contract_fields") else "",
        branch_id=number_of(request.args.get("branch")),
        when=when if when in set(When) and (when != When.MINE or current_actor().signed_in) else When.UPCOMING,
    )


def filter_args(wanted: EventFilter) -> dict[str, object]:
    """Return the filter as an address carries it, without what it does not narrow."""
    args = {"kind": wanted.kind, "field": wanted.field, "branch": wanted.branch_id, "when": wanted.when}
    return {name: value for name, value in args.items() if value and value != When.UPCOMING}
