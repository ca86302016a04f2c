"""How a timetable looks in a terminal: a short summary, and a grid of slots and tables no wider than the screen."""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from matchmaker.cli.voice import Voice
from matchmaker.domain.language import N_
from matchmaker.timetable.problem import Problem, Solution
from matchmaker.timetable.solution_file import decimal_text

LONGEST_CELL = 16
MOST_LISTED = 40
SHOWN_PLACES = 4
EMPTY, CLOSED = "·", "×"

STATUSES = {
    "optimal": N_("总值已证明为最大"),
    "feasible": N_("可行，总值未证明为最大"),
    "infeasible": N_("无解"),
    "stopped": N_("尚未找到时间表"),
}


def summary(voice: Voice, solution: Solution) -> Iterator[str]:
    """Yield what is known of a timetable, in a few lines."""
    scheduled, rest = len(solution.assignments), len(solution.unscheduled)
    yield voice(
        N_("%(status)s：已安排 %(scheduled)s 场，未安排 %(rest)s 场，用时 %(seconds)s 秒"),
        status=STATUSES[solution.status],
        scheduled=scheduled,
        rest=rest,
        seconds=f"{solution.seconds:.1f}",
    )
    if solution.assignments:
        yield voice(
            N_("总值 %(value)s，上界 %(bound)s，差距 %(gap)s"),
            value=decimal_text(solution.value, places=SHOWN_PLACES),
            bound=decimal_text(solution.bound, places=SHOWN_PLACES, up=True),
            gap=f"{solution.gap_to_bound:.2%}",
        )
        yield voice(
            N_("最少的一方得到所求的 %(served)s，空档 %(gaps)s 个，换桌 %(changes)s 次"),
            served=f"{float(solution.served):.0%}",
            gaps=solution.gaps,
            changes=solution.table_changes,
        )
    if solution.assignments and rest:
        yield voice(N_("未安排：%(meetings)s"), meetings=_shortened(solution.unscheduled))


def grid(voice: Voice, problem: Problem, solution: Solution, width: int) -> Iterator[str]:
    """Yield the lines of the grid, slots down and tables across, in as many pieces as the width asks for."""
    held = {(each.slot, each.table): each.meeting for each in solution.assignments}
    tables = sorted({table for _slot, table in held})
    cell = max([min(cell_len(text), LONGEST_CELL) for text in held.values()] + [len(str(max(tables, default=0)))])
    heading = voice(N_("时段"))
    first = max(cell_len(heading), len(str(problem.slots)))
    across = max(1, (width - first) // (cell + 1))
    for start in range(0, len(tables), across):
        shown = tables[start : start + across]
        if start:
            yield ""
        yield _line(heading, [str(table) for table in shown], first, cell)
        for slot in range(problem.slots):
            empty = [CLOSED if (slot, table) in problem.closed else EMPTY for table in shown]
            texts = [held.get((slot, table), none) for table, none in zip(shown, empty, strict=True)]
            yield _line(str(slot), texts, first, cell)


def _line(head: str, texts: list[str], first: int, cell: int) -> str:
    return " ".join([set_cell_size(head, first), *(_fitted(text, cell) for text in texts)]).rstrip()


def _fitted(text: str, width: int) -> str:
    return set_cell_size(text, width) if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…"


def _shortened(names: tuple[str, ...]) -> str:
    shown = " ".join(names[:MOST_LISTED])
    return shown if len(names) <= MOST_LISTED else f"{shown} … (+{len(names) - MOST_LISTED})"
