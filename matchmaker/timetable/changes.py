"""What differs between two timetables, meeting by meeting."""

from dataclasses import dataclass
from typing import Literal

from matchmaker.timetable.problem import Assignment, Solution

Kind = Literal["kept", "moved", "dropped", "new"]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a meeting: kept in its slot at its table, moved to another, dropped, or new."""

    meeting: str
    kind: Kind
    before: Assignment | None
    after: Assignment | None

    @property
    def is_other_time(self) -> bool:
        """Whether its slot is another one than before (also where it is new or dropped)."""
        return (self.before and self.before.slot) != (self.after and self.after.slot)

    @property
    def is_other_interpreter(self) -> bool:
        """Whether it is held as before but with another interpreter."""
        return bool(self.before and self.after and self.before.interpreter != self.after.interpreter)


def compare(earlier: Solution, later: Solution) -> list[Change]:
    """Return what became of each meeting that is in either timetable: the earlier ones in order, then new ones."""
    before = {assignment.meeting: assignment for assignment in earlier.assignments}
    after = {assignment.meeting: assignment for assignment in later.assignments}
    return [
        Change(meeting, _kind(before.get(meeting), after.get(meeting)), before.get(meeting), after.get(meeting))
        for meeting in (*before, *(meeting for meeting in after if meeting not in before))
    ]


def _kind(before: Assignment | None, after: Assignment | None) -> Kind:
    if before is None:
        return "new"
    if after is None:
        return "dropped"
    return "kept" if (before.slot, before.table) == (after.slot, after.table) else "moved"
