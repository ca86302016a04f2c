"""What the address of the board, the list and the calendar narrows them to."""

from typing import Any

from flask import request

from matchmaker.domain import codes
from matchmaker.domain.permissions import can_clear_queue
from matchmaker.services.deals import brokers_at_work
from matchmaker.services.deals.filters import TEXT_MOST, DealFilter
from matchmaker.services.deals.lists import branches
from matchmaker.web.access import current_actor
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session


def wanted_deals() -> DealFilter:
    """Return what the address asks for; what it asks for in vain counts as not asked."""
    field = request.args.get("field", "")
    return DealFilter(
        owner_id=number_of(request.args.get("owner")),
        branch_id=number_of(request.args.get("branch")),
        field=field if field in codes.table("contract_fields") else "",
        text=" ".join(request.args.get("q", "").split())[:TEXT_MOST],
    )


def filter_args(wanted: DealFilter) -> dict[str, Any]:
    """Return the filter as an address carries it, without what it does not narrow."""
    args = {"owner": wanted.owner_id, "branch": wanted.branch_id, "field": wanted.field, "q": wanted.text}
    return {name: value for name, value in args.items() if value}


def filter_choices() -> dict[str, Any]:
    """Return what the filter form offers the viewer."""
    actor = current_actor()
    return {
        "fields": codes.table("contract_fields").choices(),
        "owners": brokers_at_work(session()) if can_clear_queue(actor) else (),
        "branches": branches(session(), actor),
    }
