"""The charts as plain tables: a line for each month, field, place, branch or stage, a column for each thing counted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.charts.districts import district_names, district_of, read_districts
from matchmaker.services.charts.quantities import COUNTED, QUANTITIES, SUMMED, Quantity
from matchmaker.services.charts.rows import STAGED, limited, read_quantities, span_of
from matchmaker.services.charts.stages import STAGE_NAMES, journeys
from matchmaker.services.funnel import NO_BRANCH, NO_DISTRICT, NO_FIELD, Cohort, branches
from matchmaker.services.ledger.figures import require_reader
from matchmaker.services.ledger.rules import Row

SHARE, DAYS = "share", "days"
Value = Decimal | int | float | None


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """One thing that is counted; `rows` names the list of its rows, `drawn` says whether it begins shown."""

    label: str
    unit: str
    rows: str | None = None
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line: its name (marked text, or a name of people), what narrows the list behind its cells, its cells.

    `rows` stands before the columns' own where each line is a list of its own (the stages).
    """

    label: str
    narrows: Mapping[str, Any]
    cells: tuple[Value, ...]
    rows: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart with its data."""

    name: str
    title: str
    lead: str
    head: str
    columns: tuple[ChartColumn, ...]
    lines: tuple[ChartLine, ...]


Found = Mapping[str, tuple[Row, ...]]


def charts(session: Session, actor: Actor, cohort: Cohort) -> tuple[Chart, ...]:
    """Return all charts of a cohort (see services/funnel.py); `kind` narrows the funnel only. A branch sees its own.

    Raises:
        Forbidden: the actor may not see the ledger.
    """
    require_reader(actor)
    chosen = limited(actor, cohort)
    found = read_quantities(session, QUANTITIES.values(), chosen)
    return tuple(draw(session, chosen, found) for draw in DRAWERS.values())


def chart(session: Session, actor: Actor, cohort: Cohort, name: str) -> Chart:
    """Return one chart.

    Raises:
        Forbidden: the actor may not see the ledger.
        NotFound: there is none of that name.
    """
    require_reader(actor)
    if name not in DRAWERS:
        raise NotFound(N_("没有找到这张图表。"))
    chosen = limited(actor, cohort)
    return DRAWERS[name](session, chosen, read_quantities(session, WANTED[name], chosen))


def _trend(session: Session, cohort: Cohort, found: Found) -> Chart:
    return Chart(
        "trend",
        N_("各月走势"),
        N_("每个月发布、有意向、洽谈、跟进和登记了多少。"),
        N_("月份"),
        _columns(COUNTED, frozenset({"needs", "achievements", "deals", "contracts"})),
        tuple(_months(cohort, COUNTED, found)),
    )


def _amounts(session: Session, cohort: Cohort, found: Found) -> Chart:
    return Chart(
        "amounts",
        N_("各月合同金额"),
        N_("已登记技术合同的成交额和其中的技术交易额，两个金额分开统计。"),
        N_("月份"),
        _columns(SUMMED),
        tuple(_months(cohort, SUMMED, found)),
    )


def _fields(session: Session, cohort: Cohort, found: Found) -> Chart:
    names = dict(codes.table("contract_fields").choices())
    lines = _groups(
        {**names, NO_FIELD: N_("没有选择领域")}, "field", lambda row: row.field or NO_FIELD, QUANTITIES, found
    )
    return Chart(
        "fields",
        N_("按技术领域"),
        N_("洽谈和跟进项目按对应需求的领域计入。"),
        N_("技术领域"),
        _columns(tuple(QUANTITIES.values()), frozenset({"needs", "achievements"})),
        tuple(lines),
    )


def _districts(session: Session, cohort: Cohort, found: Found) -> Chart:
    districts = read_districts(session)
    lines = _groups(district_names(), "district", lambda row: district_of(districts, row), QUANTITIES, found)
    return Chart(
        "districts",
        N_("按区县"),
        N_("按单位填写的所在地区计入，本市以外按地州、省份或国家；意向、洽谈和跟进项目按需求方，合同按卖方。"),
        N_("所在地区"),
        _columns(tuple(QUANTITIES.values()), frozenset({"needs", "achievements", "contracts"})),
        tuple(lines),
    )


def _branches(session: Session, cohort: Cohort, found: Found) -> Chart:
    names: dict[Any, str] = {**dict(branches(session)), NO_BRANCH: N_("不属于任何分中心")}
    lines = _groups(names, "branch", lambda row: row.branch_id or NO_BRANCH, QUANTITIES, found)
    return Chart(
        "branches",
        N_("按分中心"),
        N_("按单位所属的分中心计入；洽谈和跟进项目按任一方所属的分中心。"),
        N_("分中心"),
        _columns(tuple(QUANTITIES.values()), frozenset({"needs", "achievements"})),
        tuple(lines),
    )


def _funnel(session: Session, cohort: Cohort, found: Found) -> Chart:
    lines = tuple(
        ChartLine(
            STAGE_NAMES[row.stage],
            {},
            (row.count, row.of_previous, row.of_first, row.median_days),
            f"{STAGED}{row.stage}",
        )
        for row in journeys(session, cohort).counts()
    )
    columns = (
        ChartColumn(N_("走到这一步的"), "count"),
        ChartColumn(N_("占上一步"), SHARE, drawn=False),
        ChartColumn(N_("占征集"), SHARE, drawn=False),
        ChartColumn(N_("从上一步到这一步的天数（中位数）"), DAYS, drawn=False),
    )
    return Chart(
        "funnel",
        N_("从征集到合同登记"),
        N_("所选时间内开始填写的需求和成果，至今各有多少走到每一步；走到后一步的也算走过前一步。"),
        N_("步骤"),
        columns,
        lines,
    )


def _columns(quantities: tuple[Quantity, ...], drawn: frozenset[str] | None = None) -> tuple[ChartColumn, ...]:
    return tuple(
        ChartColumn(each.label, each.unit, each.code, drawn is None or each.code in drawn) for each in quantities
    )


def _months(cohort: Cohort, quantities: tuple[Quantity, ...], found: Found) -> Iterator[ChartLine]:
    by_month: dict[str, dict[tuple[int, int], list[Row]]] = {}
    for each in quantities:
        for row in found[each.code]:
            by_month.setdefault(each.code, {}).setdefault((row.on.year, row.on.month), []).append(row)
    day, until = span_of(cohort)
    while day <= until:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = min(following - timedelta(days=1), until)
        month = day.year, day.month
        cells = tuple(each.of(by_month.get(each.code, {}).get(month, ())) for each in quantities)
        yield ChartLine(f"{day:%Y-%m}", {"since": day.isoformat(), "until": last.isoformat()}, cells)
        day = following


def _groups(
    names: Mapping[Any, str],
    narrowed: str,
    group: Callable[[Row], Any],
    quantities: Mapping[str, Quantity],
    found: Found,
) -> list[ChartLine]:
    """Return a line for each group that has anything, the ones with most first."""
    grouped: dict[Any, dict[str, list[Row]]] = {}
    for code in quantities:
        for row in found[code]:
            grouped.setdefault(group(row), {}).setdefault(code, []).append(row)
    lines = [
        ChartLine(
            names.get(key, str(key)),
            {narrowed: key},
            tuple(each.of(rows.get(code, ())) for code, each in quantities.items()),
        )
        for key, rows in grouped.items()
    ]
    # What belongs to none comes last, whatever it counts.
    none = (NO_FIELD, NO_DISTRICT, NO_BRANCH)
    return sorted(lines, key=lambda line: (line.narrows[narrowed] in none, -_weight(line), line.label))


def _weight(line: ChartLine) -> Decimal:
    """Return how many records a line counts; amounts do not count."""
    return sum((Decimal(each or 0) for each in line.cells[: len(COUNTED)]), Decimal(0))


Drawer = Callable[[Session, Cohort, Found], Chart]
DRAWERS: dict[str, Drawer] = {
    "trend": _trend,
    "amounts": _amounts,
    "fields": _fields,
    "districts": _districts,
    "branches": _branches,
    "funnel": _funnel,
}
WANTED: dict[str, tuple[Quantity, ...]] = {
    "trend": COUNTED,
    "amounts": SUMMED,
    "fields": tuple(QUANTITIES.values()),
    "districts": tuple(QUANTITIES.values()),
    "branches": tuple(QUANTITIES.values()),
    "funnel": (),
}
