"""The organiser's timetable: its page, solving it, changing it by hand, releasing it, repairing it."""

from matchmaker.web.timetables import arranging, placing, repairing, solving
from matchmaker.web.timetables.blueprint import blueprint

__all__ = ["arranging", "blueprint", "placing", "repairing", "solving"]
