"""Noting what a page showed: its lists of pairs, or the pair that was opened; after the page has read, in memory."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import request

from matchmaker.domain.permissions import can_see_all_matches
from matchmaker.domain.showings import ListKind
from matchmaker.services.match_views import MatchView
from matchmaker.services.showings.lists import Sight, list_shown, pair_opened
from matchmaker.web.access import current_actor, is_htmx
from matchmaker.web.platform import platform
from matchmaker.web.visits import LONGEST_BROWSER, is_in_advance

PAGE_OF_LISTING = re.compile(r"/(needs|achievements)/\d+")


def note_list(kind: ListKind, matches: Sequence[MatchView], *, listing_id: int | None = None, first: int = 1) -> None:
    """Remember a list that is shown as a page; parts of a page that htmx asks for are not."""
    if not is_htmx():
        _note(list_shown(current_actor(), kind, matches, listing_id=listing_id, first=first))


def note_opening(match: MatchView, kind: ListKind | None = None) -> None:
    """Remember that a pair was opened, from `kind` or else from the list that the browser came from."""
    _note(pair_opened(current_actor(), match, kind or _came_from()))


def _note(sight: Sight | None) -> None:
    if sight is not None and request.method == "GET" and not is_in_advance():
        platform().sights.note(sight, request.headers.get("User-Agent", "")[:LONGEST_BROWSER])


def _came_from() -> ListKind | None:
    """The list that the browser says it came from, by its address."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return None
    path = parts.path.rstrip("/")
    if path.startswith("/listings/") and path.endswith("/matches"):
        return ListKind.LISTING
    if path.startswith("/triage"):
        return ListKind.TRIAGE
    if path.startswith("/notices"):
        return ListKind.NEWS
    if path == "/dashboard":
        return ListKind.WORKBENCH
    if PAGE_OF_LISTING.fullmatch(path):
        return ListKind.BESIDE
    if path == "/matches":
        return ListKind.ALL if can_see_all_matches(current_actor()) else ListKind.MINE
    return None
