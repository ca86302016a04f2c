"""Who was to meet but does not in a draft, and why not."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import Timetable
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.candidates import Candidate, Pair
from matchmaker.services.timetables.seating import Seating, seating_of

_PLACED = N_("还有可以安排的位置")


@dataclass(frozen=True, slots=True)
class Leftover:
    """Two people who might meet and do not; `fits` where there still is a place for them."""

    candidate: Candidate
    one: Registration
    other: Registration
    reason: str
    fits: bool


def leftovers(board: Board, found: Mapping[Pair, Candidate], draft: Timetable) -> list[Leftover]:
    """Return who is left out, what speaks most for a meeting first."""
    held = {(row.one_id, row.other_id) for row in draft.placements}
    counts = Counter(person for pair in held for person in pair)
    seating = seating_of(board, draft.placements)
    out = [_leftover(seating, counts, row) for pair, row in found.items() if pair not in held]
    return sorted(out, key=lambda row: (*_rank(row.candidate), row.candidate.pair))


def _rank(row: Candidate) -> tuple[bool, int, int, float]:
    return not row.must, -row.claim.musts, -row.claim.likes, -row.claim.probability


def _leftover(seating: Seating, counts: Counter[int], row: Candidate) -> Leftover:
    one, other = (seating.board.people[person] for person in row.pair)
    reason = _reason(seating, counts, one, other)
    return Leftover(row, one, other, reason, reason is _PLACED)


def _reason(seating: Seating, counts: Counter[int], one: Registration, other: Registration) -> str:
    for person in (one, other):
        if person.max_meetings is not None and counts[person.id] >= person.max_meetings:
            return Sentence(N_("%(who)s 的场数已满"), who=person.name)
    board = seating.board
    if {slot.number for slot in board.slots} <= board.busy[one.id] | board.busy[other.id]:
        return N_("两人没有同时在场又空闲的时段")
    if next(seating.slots((one.id, other.id)), None) is None:
        return N_("两人共同的时段都已各有洽谈")
    place = next(seating.places((one.id, other.id)), None)
    return _PLACED if place is not None else N_("这些时段的桌位或翻译已经排满")
