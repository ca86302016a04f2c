"""What reading the beginning of a list has found: its columns, how rows will be read, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.domain.fields import FieldSpec, FieldType, fields_of
from matchmaker.domain.language import pack, unpack
from matchmaker.services.imports.columns import targets
from matchmaker.services.imports.report import ImportReport
from matchmaker.services.imports.rows import Entry, Problem
from matchmaker.services.imports.writing import Outcome

MOST_PROBLEMS = 100
SAMPLES, SAMPLE_LENGTH = 3, 60
SHOWN_ROWS, SHOWN_LENGTH = 5, 300


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as it will be read: its number, and the typed value of each field that it fills."""

    row: int
    values: Mapping[str, Any]


@dataclass(slots=True)
class Findings:
    """What was found in the first `rows` rows (all of them where `is_all`).

    `columns` is what each heading was taken to mean (a field's name or ""), `remembered` whether from an earlier
    import of the same columns. `problems` are the first MOST_PROBLEMS of `bad_rows` rows.
    """

    headings: tuple[str, ...] = ()
    samples: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    remembered: bool = False
    sheet: str = ""
    left_out: tuple[str, ...] = ()
    rows: int = 0
    is_all: bool = True
    expected: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    bad_rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    shown: list[ShownRow] = field(default_factory=list)
    created_organizations: tuple[str, ...] = ()

    @property
    def good_rows(self) -> int:
        """Rows that can be imported."""
        return sum(self.counts.values())

    def missing(self, kind: str) -> tuple[FieldSpec, ...]:
        """Return the required fields for which no column was found; the visibility has a choice of its own."""
        found = set(self.columns.values())
        return tuple(
            spec for spec in fields_of(kind) if spec.required and spec.name not in found and spec.name != "visibility"
        )

    def take_report(self, report: ImportReport) -> None:
        """Take over the counts and the first problems of a dry run."""
        self.counts = {outcome.value: report.counts[outcome] for outcome in Outcome}
        self.bad_rows = report.bad_rows
        self.problems = sorted(report.problems, key=lambda problem: problem.row)[:MOST_PROBLEMS]

    def show(self, kind: str, entry: Entry) -> None:
        """Keep a row for the preview, while there is room."""
        if len(self.shown) < SHOWN_ROWS:
            specs = {spec.name: spec for spec in fields_of(kind)}
            values = {name: _shown(specs[name], value) for name, value in entry.values.items() if value}
            self.shown.append(ShownRow(entry.number, values))

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain JSON."""
        return {
            "headings": list(self.headings),
            "samples": self.samples,
            "columns": self.columns,
            "remembered": self.remembered,
            "sheet": self.sheet,
            "left_out": list(self.left_out),
            "rows": self.rows,
            "is_all": self.is_all,
            "expected": self.expected,
            "counts": self.counts,
            "bad_rows": self.bad_rows,
            "problems": [[one.row, one.column, pack(one.reason), one.is_fatal] for one in self.problems],
            "shown": [[row.row, dict(row.values)] for row in self.shown],
            "created_organizations": list(self.created_organizations),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Findings":
        """Return what `to_json` was called on."""
        problems = [
            Problem(row, column, unpack(reason), is_fatal) for row, column, reason, is_fatal in found["problems"]
        ]
        shown = [ShownRow(row, values) for row, values in found["shown"]]
        lists = {name: tuple(found[name]) for name in ("headings", "left_out", "created_organizations")}
        return cls(**{**found, **lists, "problems": problems, "shown": shown})


def sample(value: object) -> str:
    """Return the beginning of a cell on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= SAMPLE_LENGTH else text[: SAMPLE_LENGTH - 1] + "…"


def is_target(kind: str, name: object) -> bool:
    """Whether a column may be said to mean `name`."""
    return name == "" or name in targets(kind)


def _shown(spec: FieldSpec, value: Any) -> Any:
    if spec.type is FieldType.INDICATORS:
        return [[row.name, row.comparator, row.value, row.upper, row.unit] for row in value]
    if isinstance(value, tuple):
        return list(value)
    text = str(value)
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"
