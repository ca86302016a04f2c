"""Open data (公开数据): counts and sums that anybody may have, none of which lets a single organization be read out.

A cell is shown only where enough organizations stand behind it on each side and none of them is most of it. Quarters
that are over are counted, and their total is shown only where none of them is hidden: so neither the total nor the page
as it was a quarter ago tells what is hidden. Fields are told of whole years only; there the smallest shown cells are
hidden with the hidden ones until these together could be shown, since the year's total may be known.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.contracts import Amendment, Contract
from matchmaker.domain.days import today
from matchmaker.domain.indicators import Definition, shipped_definitions
from matchmaker.domain.language import N_
from matchmaker.services.ledger.counting import count, read_year
from matchmaker.services.ledger.frozen import frozen_figures
from matchmaker.services.ledger.rows import quarter_of
from matchmaker.services.ledger.rules import Row
from matchmaker.services.ledger.rules.contracts import AMENDMENT

FEWEST = 5
"""Organizations that must stand behind a cell."""
MOST_SHARE = Decimal("0.5")
"""The largest part of a cell that one organization may have."""
FIRST_YEAR = 2020
CONTRACTS = (Contract.subject_kind, AMENDMENT)
QUARTER_NAMES = {1: N_("第 1 季度"), 2: N_("第 2 季度"), 3: N_("第 3 季度"), 4: N_("第 4 季度")}
Buyers = dict[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class OpenColumn:
    """One number: what it is called, its unit ("count" or "yuan"), and what it says in a sentence."""

    name: str
    unit: str
    meaning: str
    indicator: str
    parameters: dict[str, Any] | None = None


COLUMNS: tuple[OpenColumn, ...] = (
    OpenColumn(
        N_("发布的技术需求（条）"), "count", N_("审核通过并首次发布的技术需求，每条只计一次。"), "published_needs"
    ),
    OpenColumn(
        N_("发布的科技成果（项）"),
        "count",
        N_("审核通过并首次发布的科技成果，每项只计一次。"),
        "published_needs",
        {"kind": "achievement"},
    ),
    OpenColumn(N_("登记的技术合同（项）"), "count", N_("完成登记的技术合同，按登记日期计。"), "contract_value"),
    OpenColumn(N_("技术合同成交额（元）"), "yuan", N_("已登记技术合同的总金额，变更按差额计入。"), "contract_value"),
    OpenColumn(
        N_("技术合同技术交易额（元）"),
        "yuan",
        N_("成交额扣除设备、材料等非技术费用后的金额，不等于成交额。"),
        "contract_technology_value",
    ),
)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One line of a table; None: hidden."""

    name: str
    cells: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class OpenTable:
    """Lines by quarter or by field, and their totals."""

    head: str
    lines: tuple[OpenLine, ...]
    total: OpenLine


@dataclass(frozen=True, slots=True)
class OpenData:
    """What may be known of a year; `fields` once it is over. `until` is the last quarter that counts (0: none yet)."""

    year: int
    until: int
    quarters: OpenTable
    fields: OpenTable | None

    @property
    def tables(self) -> tuple[OpenTable, ...]:
        """The tables there are."""
        return (self.quarters, self.fields) if self.fields else (self.quarters,)


def open_data(session: Session, year: int) -> OpenData:
    """Return the open figures of a year, for anybody."""
    day = today()
    until = 4 if year < day.year else (day.month - 1) // 3 if year == day.year else 0
    columns = [[row for row in _rows(session, year, column) if quarter_of(row) <= until] for column in COLUMNS]
    buyers = _buyers(session)
    quarters = _quarters(columns, buyers, until)
    return OpenData(year, until, quarters, _fields(columns, buyers, quarters.total) if until == 4 else None)


def default_year() -> int:
    """Return the latest year of which a quarter is over."""
    return today().year if today().month > 3 else today().year - 1


Parts = dict[int | None, Decimal]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell counts, by the organizations behind it; `others` are those on the other side of contracts."""

    value: Decimal
    parts: Parts
    others: Parts | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may be shown: nothing, or enough organizations on each side, none of them most of it."""
        return not self.parts or (_is_spread(self.parts) and (self.others is None or _is_spread(self.others)))

    def __add__(self, other: "Cell") -> "Cell":
        """Return both together."""
        others = [each.others for each in (self, other) if each.others is not None]
        return Cell(self.value + other.value, _joined(self.parts, other.parts), _joined(*others) if others else None)


def _is_spread(parts: Parts) -> bool:
    known = [abs(part) for key, part in parts.items() if key is not None]
    whole = sum((abs(part) for part in parts.values()), Decimal(0))
    return len(known) >= FEWEST and max(known) <= whole * MOST_SHARE


def _joined(*several: Parts) -> Parts:
    joined: Parts = {}
    for parts in several:
        for key, part in parts.items():
            joined[key] = joined.get(key, Decimal(0)) + part
    return joined


NOTHING = Cell(Decimal(0), {})


def suppressed(cells: Iterable[Cell]) -> tuple[bool, ...]:
    """Return which cells of a column are hidden, given that their total may be known.

    The hidden ones together are at least two, and could themselves be shown as one cell; where there is too little for
    that, all that hold anything are hidden.
    """
    found = list(cells)
    hidden = {place for place, cell in enumerate(found) if not cell.is_open}
    shown = sorted(
        (place for place, cell in enumerate(found) if place not in hidden and cell.parts),
        key=lambda place: found[place].value,
    )
    while hidden and shown and not is_safe([found[place] for place in hidden]):
        hidden.add(shown.pop(0))
    return tuple(place in hidden for place in range(len(found)))


def is_safe(hidden: list[Cell]) -> bool:
    """Whether what several hidden cells come to may be known."""
    return len(hidden) > 1 and sum(hidden[1:], hidden[0]).is_open


def _rows(session: Session, year: int, column: OpenColumn) -> tuple[Row, ...]:
    definition = _shipped(column)
    frozen = frozen_figures(session, year, column.indicator).get(column.indicator, ())
    counted = count(read_year(session, year), definition, () if column.parameters else frozen)
    only = column.unit == "count" and column.indicator == "contract_value"
    return tuple(row for row in counted.rows if not only or row.subject_kind == Contract.subject_kind)


def _shipped(column: OpenColumn) -> Definition:
    shipped = next(each for each in shipped_definitions() if each.indicator == column.indicator)
    return replace(shipped, parameters=column.parameters) if column.parameters else shipped


def _cells(rows: list[Row], unit: str, buyers: Buyers, keys: Iterable[Any], group: Callable[[Row], Any]) -> list[Cell]:
    cells = dict.fromkeys(keys, NOTHING)
    for row in rows:
        value = row.amount if unit == "yuan" else Decimal(1)
        buyer = buyers.get((row.subject_kind, row.subject_id))
        others = {buyer: value} if row.subject_kind in CONTRACTS else None
        cells[group(row)] += Cell(value, {row.organization_id: value}, others)
    return list(cells.values())


def _quarters(columns: list[list[Row]], buyers: Buyers, until: int) -> OpenTable:
    shown: list[list[Decimal | None]] = []
    for column, rows in zip(COLUMNS, columns, strict=True):
        cells = _cells(rows, column.unit, buyers, range(1, until + 1), quarter_of)
        shown.append([cell.value if cell.is_open else None for cell in cells])
    names = [QUARTER_NAMES[each] for each in range(1, until + 1)]
    lines = tuple(OpenLine(name, tuple(column[place] for column in shown)) for place, name in enumerate(names))
    totals = tuple(None if None in column else sum(filter(None, column), Decimal(0)) for column in shown)
    return OpenTable(N_("季度"), lines, OpenLine(N_("合计"), totals))


def _fields(columns: list[list[Row]], buyers: Buyers, total: OpenLine) -> OpenTable:
    """The year's total may be known from the quarters: it is the one shown here, and hidden where they hide it."""
    names = {**dict(codes.table("contract_fields").choices()), "": N_("没有选择领域")}
    shown: list[list[Decimal | None]] = []
    for column, rows in zip(COLUMNS, columns, strict=True):
        cells = _cells(rows, column.unit, buyers, names, lambda row: row.field or "")
        hidden = suppressed(cells)
        shown.append([None if hide else cell.value for cell, hide in zip(cells, hidden, strict=True)])
    lines = tuple(OpenLine(name, tuple(column[place] for column in shown)) for place, name in enumerate(names.values()))
    return OpenTable(N_("技术领域"), lines, total)


def _buyers(session: Session) -> Buyers:
    """Return who bought, of each contract and amendment."""
    bought = session.execute(sa.select(Contract.id, Contract.buyer_organization_id)).all()
    amended = session.execute(
        sa.select(Amendment.id, Contract.buyer_organization_id).join(Contract, Contract.id == Amendment.contract_id)
    ).all()
    return {(Contract.subject_kind, one): buyer for one, buyer in bought} | {
        (AMENDMENT, one): buyer for one, buyer in amended
    }
