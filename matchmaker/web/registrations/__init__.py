"""Registrations for events: one's own, the organiser's table, the list of who comes."""

from matchmaker.web.registrations import own, table
from matchmaker.web.registrations.blueprint import blueprint

__all__ = ["blueprint", "own", "table"]
