"""What an import did, and the list of rows that somebody has to mend."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from matchmaker.domain.language import N_
from matchmaker.services.imports.formulas import inert
from matchmaker.services.imports.quality import Quality
from matchmaker.services.imports.rows import Problem
from matchmaker.services.imports.writing import Outcome

MOST_PROBLEMS = 100_000
HEADINGS = (N_("行号"), N_("列"), N_("原因"), N_("处理"))
LEFT_OUT, LEFT_EMPTY = N_("未导入"), N_("已导入，此项留空")


@dataclass(slots=True)
class ImportReport:
    """Counts of rows by outcome, problems in the order of the file, and what the file had that means nothing to us.

    `health` is the sum of the good rows' points, `telling` the number of anonymous ones that tell who posted them.
    """

    counts: Counter[Outcome] = field(default_factory=Counter)
    bad_rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    unknown_columns: tuple[str, ...] = ()
    created_organizations: tuple[str, ...] = ()
    seconds: float = 0.0
    health: int = 0
    telling: int = 0

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(self.counts.values()) + self.bad_rows

    @property
    def mean_health(self) -> int | None:
        """Points of the average good row, None where there is none."""
        good = sum(self.counts.values())
        return round(self.health / good) if good else None

    def take(self, outcome: Outcome, quality: Quality) -> None:
        """Count one row that was taken in."""
        self.counts[outcome] += 1
        self.health += quality.health
        self.telling += quality.tells

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Count one row that was left out, and why."""
        self.bad_rows += 1
        self.note(problems)

    def note(self, problems: Iterable[Problem]) -> None:
        """Keep what somebody may want to know, up to MOST_PROBLEMS of it."""
        self.problems.extend(list(problems)[: MOST_PROBLEMS - len(self.problems)])


def write_report(report: ImportReport, path: Path) -> None:
    """Write the problems as a .csv that spreadsheets open with Chinese intact, in the order of the file."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(row_of(problem) for problem in sorted(report.problems, key=lambda found: found.row))


def row_of(problem: Problem, say: Callable[[str], str] = str) -> tuple[int, str, str, str]:
    """Return a problem as a row under HEADINGS; `say` puts texts into the reader's language."""
    fate = LEFT_OUT if problem.is_fatal else LEFT_EMPTY
    return problem.row, inert(say(problem.column)), inert(say(problem.reason)), say(fate)
