"""Deals: board, list and calendar, one deal with its papers, opening one, moving and handing it on."""

from matchmaker.web.deals import (
    board,
    calendar,
    confidentiality,
    lists,
    meetings,
    moves,
    opening,
    owners,
    pages,
    papers,
)
from matchmaker.web.deals.blueprint import blueprint

__all__ = [
    "blueprint",
    "board",
    "calendar",
    "confidentiality",
    "lists",
    "meetings",
    "moves",
    "opening",
    "owners",
    "pages",
    "papers",
]
