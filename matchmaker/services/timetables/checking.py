"""Whether a draft breaks a rule, by the independent checker, told with names."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.timetables import Placement, SolveMode, Timetable
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.building import (
    Plan,
    build,
    is_open,
    key,
    party_key,
    solution_of,
    staff_key,
    standing,
)
from matchmaker.services.timetables.candidates import Pair
from matchmaker.services.timetables.explaining import names_of
from matchmaker.timetable.check import check
from matchmaker.timetable.problem import Meeting, Problem, Solution

ABOUT_FIGURES = frozenset({"value", "gaps", "bound", "rest", "unknown", "must", "fixed", "status"})
"""Kinds of violation that say nothing of who is where: a draft states no figures, and may leave out what it likes."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One broken rule: `kind` for programs, `sentence` for the organiser, the pairs whose meetings it concerns."""

    kind: str
    sentence: Sentence
    pairs: tuple[Pair, ...]


def clashes(session: Session, board: Board, draft: Timetable) -> list[Clash]:
    """Return every rule that the draft breaks now; none: it can be released."""
    plan = build(session, board, SolveMode.REPAIR, draft.placements, wanted={})
    return clashes_of(plan, draft.placements)


def standing_clashes(session: Session, board: Board) -> list[Clash]:
    """Return every rule that what people were told breaks now: somebody has left, a table was lost."""
    rows = [row for row in standing(session, board.event) if is_open(board, row)]
    return clashes_of(build(session, board, SolveMode.REPAIR, wanted={}), rows)


def clashes_of(plan: Plan, rows: Iterable[Placement | Appointment]) -> list[Clash]:
    """Return every rule that meetings break on a plan that knows them; what is over breaks none any more."""
    placements = [row for row in rows if (row.one_id, row.other_id) not in plan.passed]
    gone = [row for row in placements if not plan.board.people.keys() >= {row.one_id, row.other_id}]
    seated = [row for row in placements if row not in gone]
    unusable = [row for row in seated if plan.board.tables and row.table_id not in plan.board.place_of]
    told = [_gone(row) for row in gone] + [_unseated(row) for row in unusable]
    names = names_of(plan)
    return told + [
        Clash(each.kind, names.sentence(each.saying), tuple(plan.pair_of(meeting) for meeting in each.meetings))
        for each in check(*_as_solution(plan, [row for row in seated if row not in unusable]))
        if each.kind not in ABOUT_FIGURES
    ]


def by_pair(found: Iterable[Clash]) -> dict[Pair, list[Sentence]]:
    """Return what is wrong with each meeting."""
    told: dict[Pair, list[Sentence]] = defaultdict(list)
    for clash in found:
        for pair in clash.pairs:
            told[pair].append(clash.sentence)
    return told


def _as_solution(plan: Plan, rows: list[Placement | Appointment]) -> tuple[Problem, Solution]:
    """The plan's problem with each meeting as it is drawn up, broker and all, and the draft as its solution."""
    drawn = {key((row.one_id, row.other_id)): row for row in rows}
    known = {meeting.id: meeting for meeting in plan.problem.meetings}
    meetings = [
        Meeting(
            id=name,
            parties=(party_key(row.one_id), party_key(row.other_id)),
            value=known[name].value if name in known else Fraction(1),
            language=known[name].language if name in known else None,
            broker=staff_key(row.broker_id),
        )
        for name, row in drawn.items()
    ]
    problem = replace(plan.problem, meetings=tuple(meetings))
    places = (((row.one_id, row.other_id), row.slot, row.table_id, row.interpreter_id) for row in rows)
    return problem, solution_of(replace(plan, problem=problem), places)


def _gone(row: Placement | Appointment) -> Clash:
    names = {"one": row.one.name, "other": row.other.name}
    sentence = Sentence(N_("%(one)s 与 %(other)s 的洽谈：其中一位已不再参会。"), **names)
    return Clash("gone", sentence, ((row.one_id, row.other_id),))


def _unseated(row: Placement | Appointment) -> Clash:
    names = {"one": row.one.name, "other": row.other.name}
    return Clash(
        "table", Sentence(N_("%(one)s 与 %(other)s 的洽谈还没有桌位。"), **names), ((row.one_id, row.other_id),)
    )
