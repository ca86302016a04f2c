"""Events: the list, the public page, planning and running them."""

from matchmaker.web.events import agenda, calendar, materials, pages, planning, staff, tables
from matchmaker.web.events.blueprint import blueprint

__all__ = ["agenda", "blueprint", "calendar", "materials", "pages", "planning", "staff", "tables"]
