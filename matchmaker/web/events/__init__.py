"""Events: the list, the public page, planning and running them."""

from matchmaker.web.events import pages, planning
from matchmaker.web.events.blueprint import blueprint

__all__ = ["blueprint", "pages", "planning"]
