"""How good timetables are: random events, solved, beside first come first served and greedy by value, then repaired.

    python scripts/bench_timetable.py [--sizes 40/12/15 100/16/30 300/20/70] [--filled 0.6 0.9] [--seconds 30 30 60]
                                      [--away 0] [--seed 1] [--work N]

Sizes are participants / slots / tables. Meetings fill a share of all places (slots times tables): uniform pairs, nobody
in more than there are slots, values 0.1 to 10. With interpreters, a fifth of the meetings needs one of three languages,
and there are as many interpreters, of two languages each and away one slot in ten, as could just do it all. `--away` is
the share of slots in which each participant is away. Every timetable is checked by `matchmaker.timetable.check`.
"""

import argparse
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from matchmaker.timetable.changes import compare
from matchmaker.timetable.check import check
from matchmaker.timetable.effort import Effort, Progress
from matchmaker.timetable.problem import Interpreter, Meeting, Party, Problem, Solution
from matchmaker.timetable.repair import repair
from matchmaker.timetable.solve import Run, solve
from matchmaker.timetable.tables import Tables

LANGUAGES = ("en", "kk", "ru")
HEAD = """\
| event | meetings | interpreters | first come: below bound, gaps | by value: below bound, gaps \
| solved: value | below bound | gaps | first, s | best value, s | all, s |
|---|---|---|---|---|---|---|---|---|---|---|"""
REPAIRS = """
| repair | meetings before | as before | other time | other table | dropped | new | other time, % | s |
|---|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Size:
    """How large an event is, written 40/12/15."""

    participants: int
    slots: int
    tables: int

    @classmethod
    def read(cls, text: str) -> "Size":
        return cls(*map(int, text.split("/")))

    def __str__(self) -> str:
        return f"{self.participants}/{self.slots}/{self.tables}"


def main() -> None:
    """Solve, compare, repair, print two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sizes", type=Size.read, nargs="+", default=[Size(40, 12, 15), Size(100, 16, 30), Size(300, 20, 70)]
    )
    parser.add_argument("--filled", type=float, nargs="+", default=[0.6, 0.9])
    parser.add_argument(
        "--seconds", type=float, nargs="+", default=[30, 30, 60], help="one a size; the last for the rest"
    )
    parser.add_argument("--away", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=int, help="end by counted steps instead, repeatably")
    asked = parser.parse_args()
    limits = [*asked.seconds, *asked.seconds[-1:] * len(asked.sizes)]
    repairs: list[tuple[str, Problem, list[str], Solution]] = []
    print(HEAD)
    for (size, seconds), filled, interpreted in product(
        zip(asked.sizes, limits, strict=False), asked.filled, (False, True)
    ):
        problem = event(size, filled, interpreted=interpreted, away=asked.away, seed=asked.seed)
        solution = measure(f"{size}, {filled:.0%}", problem, seconds, asked.work)
        repairs += [
            (f"{size}, {filled:.0%}, {what}", changed, confirmed, solution)
            for what, changed, confirmed in troubles(problem, solution)
        ]
    print(REPAIRS)
    for name, problem, confirmed, earlier in repairs:
        mend(name, problem, confirmed, earlier)


def event(size: Size, filled: float, *, interpreted: bool, away: float, seed: int) -> Problem:
    """Return a random event in which so much of all places is asked for."""
    chance = random.Random(seed)
    count = [0] * size.participants
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < int(size.slots * size.tables * filled):
        one, other = sorted(chance.sample(range(size.participants), 2))
        if (one, other) not in pairs and max(count[one], count[other]) < size.slots:
            pairs.add((one, other))
            count[one] += 1
            count[other] += 1
    meetings = [
        Meeting(
            f"m{place}",
            (f"p{one}", f"p{other}"),
            Fraction(chance.randint(1, 100), 10),
            language=chance.choice(LANGUAGES) if interpreted and chance.random() < 0.2 else None,
        )
        for place, (one, other) in enumerate(sorted(pairs))
    ]
    needing = sum(meeting.language is not None for meeting in meetings)
    return Problem(
        slots=size.slots,
        tables=size.tables,
        parties=tuple(Party(f"p{place}", some(chance, size.slots, away)) for place in range(size.participants)),
        meetings=tuple(meetings),
        interpreters=tuple(
            Interpreter(f"i{place}", frozenset(chance.sample(LANGUAGES, 2)), some(chance, size.slots, 0.1))
            for place in range(-(-needing // size.slots))
        ),
    )


def some(chance: random.Random, slots: int, share: float) -> frozenset[int]:
    """Return random slots, so many of all."""
    return frozenset(slot for slot in range(slots) if chance.random() < share)


def measure(name: str, problem: Problem, seconds: float, work: int | None) -> Solution:
    """Print one row: two simple ways and the solver."""
    told: list[Progress] = []
    found = solve(problem, seconds=seconds, work=work, progress=told.append)
    best = next(progress.seconds for progress in told if progress.value == found.value)
    arrival = one_by_one(problem, range(len(problem.meetings)))
    by_value = one_by_one(
        problem, sorted(range(len(problem.meetings)), key=lambda place: -problem.meetings[place].value)
    )
    for timetable in (found, arrival, by_value):
        assert check(problem, timetable) == []
    simple = [f"{below(it, found.bound)}, {it.gaps}" for it in (arrival, by_value)]
    print(
        f"| {name} | {len(problem.meetings)} | {len(problem.interpreters) or 'none'} | {simple[0]} | {simple[1]} "
        f"| {float(found.value):.1f} | {below(found, found.bound)} | {found.gaps} "
        f"| {told[0].seconds:.2f} | {best:.1f} | {found.seconds:.0f} |",
        flush=True,
    )
    return found


def one_by_one(problem: Problem, order: Iterable[int]) -> Solution:
    """Return the timetable in which each meeting, in this order, takes the first slot that is still possible."""
    run = Run(problem, Effort(1), 0)
    for meeting in order:
        slots = run.placing.fitting(meeting)
        if slots:
            run.placing.place(meeting, slots[0])
    return run.solution(Tables(run.instance, run.placing.slot_of).take())


def below(solution: Solution, bound: Fraction) -> str:
    """Return how far a timetable's value is below the bound, in percent."""
    return f"{float(100 * (bound - solution.value) / bound):.2f} %"


def troubles(problem: Problem, solution: Solution) -> list[tuple[str, Problem, list[str]]]:
    """Return what may happen on the day: who meets most does not come, or comes late, or a table breaks."""
    held = {assignment.meeting for assignment in solution.assignments}
    count = {
        party.id: sum(party.id in it.parties for it in problem.meetings if it.id in held) for party in problem.parties
    }
    absent = max(count, key=lambda party: count[party])
    confirmed = sorted(held)[::2]

    def gone(slots: range) -> Problem:
        parties = (
            replace(it, unavailable=it.unavailable | set(slots)) if it.id == absent else it for it in problem.parties
        )
        return replace(problem, parties=tuple(parties))

    return [
        ("no-show", gone(range(problem.slots)), confirmed),
        ("a quarter late", gone(range(problem.slots // 4)), confirmed),
        ("table 0 broken", replace(problem, closed=frozenset((slot, 0) for slot in range(problem.slots))), confirmed),
    ]


def mend(name: str, problem: Problem, confirmed: list[str], earlier: Solution) -> None:
    """Print one row: what a repair changes."""
    later = repair(problem, earlier, confirmed=confirmed, seconds=2)
    assert check(problem, later) == []
    changes = compare(earlier, later)
    kinds = [change.kind for change in changes]
    times = sum(change.kind == "moved" and change.is_other_time for change in changes)
    print(
        f"| {name} | {len(earlier.assignments)} | {kinds.count('kept')} | {times} | {kinds.count('moved') - times} "
        f"| {kinds.count('dropped')} | {kinds.count('new')} | {100 * times / len(earlier.assignments):.1f} "
        f"| {later.seconds:.2f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
