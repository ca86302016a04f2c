"""Noting that a listing was looked at, after its page is made and outside the request's transaction."""

from flask import request

from matchmaker.domain.days import today
from matchmaker.services.visits import OFFICIAL, Visit
from matchmaker.web.access import current_actor
from matchmaker.web.limits import by_address
from matchmaker.web.platform import platform

LONGEST_BROWSER = 300
PREFETCHING = ("Sec-Purpose", "Purpose", "X-Moz")


def note_visit(listing_id: int) -> None:
    """Count the present viewer of a listing that is not his own.

    The bureau looks at everything because it is its office, and nobody looks at a page fetched in advance.
    """
    actor = current_actor()
    if request.method != "GET" or is_in_advance() or actor.role in OFFICIAL:
        return
    browser = request.headers.get("User-Agent", "")[:LONGEST_BROWSER]
    visitor = ("", "") if actor.organization_id is not None else (by_address(), browser)
    platform().visits.note(Visit(listing_id, today(), actor.organization_id, *visitor))


def is_in_advance() -> bool:
    """Whether the browser fetches a page before anybody asks for it."""
    return any("prefetch" in request.headers.get(name, "").lower() for name in PREFETCHING)
