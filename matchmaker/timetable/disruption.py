"""What goes wrong with a timetable that stands: somebody does not come or comes late, a table is lost."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from matchmaker.timetable.problem import Fixed, Meeting, Party, Problem


def disrupted(
    problem: Problem,
    *,
    absent: Collection[str] = (),
    late: Mapping[str, int] | None = None,
    closed_tables: Collection[int] = (),
) -> Problem:
    """Return the problem without whoever is `absent`, whoever is `late` before his slot, and `closed_tables`.

    What was fixed where it cannot be any more is let loose, and a must that no slot is left for is none any more: one
    that stays away must not make everything impossible.

    Raises:
        KeyError: there is no such party. IndexError: there is no such slot or table.
    """
    late = dict(late or {})
    known = {party.id for party in problem.parties}
    if unknown := [party for party in (*absent, *late) if party not in known]:
        raise KeyError(unknown[0])
    slots, tables = range(problem.slots), range(problem.tables)
    if any(slot not in slots for slot in late.values()) or any(table not in tables for table in closed_tables):
        raise IndexError
    parties = tuple(_party(party, problem.slots, absent, late) for party in problem.parties)
    closed = problem.closed | {(slot, table) for slot in slots for table in closed_tables}
    away = {party.id: party.unavailable for party in parties}
    meetings = tuple(_meeting(meeting, problem, away, closed) for meeting in problem.meetings)
    return replace(problem, parties=parties, meetings=meetings, closed=closed)


def _party(party: Party, slots: int, absent: Collection[str], late: Mapping[str, int]) -> Party:
    gone = range(slots) if party.id in absent else range(late.get(party.id, 0))
    return replace(party, unavailable=party.unavailable | set(gone)) if gone else party


def _meeting(
    meeting: Meeting, problem: Problem, away: Mapping[str, frozenset[int]], closed: frozenset[tuple[int, int]]
) -> Meeting:
    busy = away[meeting.parties[0]] | away[meeting.parties[1]]
    fixed = _fixed(meeting.fixed, problem.tables, busy, closed)
    must = meeting.must and len(busy) < problem.slots
    return replace(meeting, fixed=fixed, must=must)


def _fixed(fixed: Fixed | None, tables: int, busy: frozenset[int], closed: frozenset[tuple[int, int]]) -> Fixed | None:
    if fixed is None or fixed.slot in busy or all((fixed.slot, table) in closed for table in range(tables)):
        return None
    return Fixed(fixed.slot) if (fixed.slot, fixed.table) in closed else fixed
