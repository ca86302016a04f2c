"""A report of a period (月报、季报) as plain data: what the writers of Word files and workbooks need, and no more."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Value = str | Decimal | int | float | date | None

TEXT, COUNT, YUAN, SHARE, DAYS, DAY = "text", "count", "yuan", "share", "days", "day"


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator: what the period brought, what the year has reached by its end, of which target; None: an error.

    `written` are the same as people write them: period, reached, target, missing.
    """

    name: str
    action: str
    unit: str
    in_period: Decimal | None
    reached: Decimal | None
    target: Decimal | None
    missing: Decimal | None
    light: str
    owner: str
    written: tuple[str, str, str, str]

    @property
    def share(self) -> float | None:
        """Part of the target that is reached."""
        return float(self.reached / self.target) if self.reached is not None and self.target else None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table; `units` say what each column holds, `drawn` which columns are drawn as a chart beside it."""

    title: str
    heads: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    drawn: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """The whole report. `basis` says whether its figures are frozen or up to which day they count, `source` from what.

    `actions` are the plan's actions with their sentences; `attention` what is behind, and who answers for it.
    """

    title: str
    period: str
    office: str
    day: str
    basis: str
    source: str
    overview: tuple[str, ...]
    actions: tuple[tuple[str, tuple[str, ...]], ...]
    lines: tuple[IndicatorLine, ...]
    contracts: tuple[str, ...]
    contract_list: ReportTable
    months: ReportTable
    fields: ReportTable
    districts: ReportTable
    branches: ReportTable
    steps: ReportTable
    events: ReportTable
    attention: tuple[str, ...]
    records: ReportTable
