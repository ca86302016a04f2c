"""Which meetings a small conflict can hold at all: nearly always few, so the search for it is short.

Take a meeting out of an irreducible conflict: the others fit. It does not fit in beside them, so each slot that it
could have is taken from it, by one of them that needs the same party, broker, interpreter or fixed place, or by as
many as there are tables. Whatever has more slots than the others can take from it is in no conflict of that size.
"""

from collections import Counter
from collections.abc import Iterator

from matchmaker.timetable.musts import Musts


def suspects(musts: Musts, most: int) -> list[int]:
    """Return the numbers of the meetings that an irreducible conflict of at most `most` meetings can hold.

    Conflicts that are about a party's maximum alone are not looked for: counting finds them.
    """
    rest = [number for number in range(len(musts.meetings)) if most > 1]
    needs = [list(_needs(musts, number)) for number in rest]
    open_slots = {slot for slots in musts.allowed for slot in slots}
    tables = max(1, min((musts.open_tables[slot] for slot in open_slots), default=1))
    while True:
        count = Counter(need for number in rest for need in needs[number])
        others = min(most, len(rest)) - 1
        kept = []
        for number in rest:
            near = min(others, sum(count[need] - 1 for need in needs[number]))
            if len(musts.allowed[number]) <= near + (others - near) // tables:
                kept.append(number)
        if len(kept) == len(rest):
            return kept
        rest = kept


def _needs(musts: Musts, number: int) -> Iterator[object]:
    """Yield what only one meeting, or only so many in a language, can have in a slot."""
    meeting = musts.meetings[number]
    yield from musts.resources_of(meeting)
    if meeting.language is not None:
        yield "language"
    if meeting.fixed is not None and meeting.fixed.table is not None:
        yield meeting.fixed.slot, meeting.fixed.table
