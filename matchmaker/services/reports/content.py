"""A report's content: the ledger's figures of a period, their tables by month, field, place and branch, the records."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.closed_periods import Period
from matchmaker.domain.days import today
from matchmaker.domain.indicators import PUBLISHED_NEEDS, shipped_definitions
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.charts.districts import district_names, district_of, read_districts
from matchmaker.services.charts.stages import STAGE_NAMES
from matchmaker.services.documents.period_report import (
    COUNT,
    DAY,
    DAYS,
    SHARE,
    TEXT,
    YUAN,
    IndicatorLine,
    ReportSheet,
    ReportTable,
    Value,
)
from matchmaker.services.documents.wording import day_in_words
from matchmaker.services.funnel import branches
from matchmaker.services.ledger.exporting import KIND_NAMES, MOST_ROWS
from matchmaker.services.ledger.forecasting import LIGHT_NAMES
from matchmaker.services.ledger.freezing import closing_of, count_stages, frozen_districts, frozen_stages
from matchmaker.services.ledger.rules import RULES, Reading, Row
from matchmaker.services.ledger.subjects import Subject, subjects
from matchmaker.services.reports.counting import PeriodFigures, period_figures
from matchmaker.services.reports.writing import (
    CONTRACT_VALUE,
    TECHNOLOGY_VALUE,
    TITLES,
    amount_in_words,
    attention_of,
    basis_of,
    contracts_of,
    overview_of,
    period_name,
    sentence_of,
)

CONTRACT = "contract"
# What tables by month, field, district and branch hold: rows of which indicator, counted or summed.
PARTS = ((PUBLISHED_NEEDS, COUNT), (CONTRACT_VALUE, COUNT), (CONTRACT_VALUE, YUAN), (TECHNOLOGY_VALUE, YUAN))


def report_sheet(
    session: Session, actor: Actor, period: Period, *, city: str, office: str, branch: int | None, journal_head: int
) -> ReportSheet:
    """Return the report of a period, for the city or one branch, with what `actor` may read of the records."""
    found = period_figures(session, period, branch)
    return ReportSheet(
        title=TITLES[period.kind] % {"city": city},
        period=period_name(period),
        office=office,
        day=day_in_words(today()),
        basis=basis_of(found),
        source=N_("数据来源：平台行动台账，操作记录至第 %(head)d 条。") % {"head": journal_head},
        overview=overview_of(found),
        actions=_actions(found),
        lines=_lines(found),
        contracts=contracts_of(found),
        contract_list=_contracts(session, actor, found),
        months=_by(found, N_("年初至期末各月情况"), N_("月份"), _month, _months(found), drawn=(3, 4)),
        fields=_by(found, N_("年初至期末按技术领域情况"), N_("技术领域"), _field, _field_names(), drawn=(1, 2)),
        districts=_districts(session, found),
        branches=_by(found, N_("年初至期末按分中心情况"), N_("分中心"), _branch, _branch_names(session), drawn=(1, 2)),
        steps=_steps(session, found, branch),
        events=_events(session, actor, found, branch),
        attention=attention_of(found),
        records=_records(session, actor, found),
    )


def _actions(found: PeriodFigures) -> tuple[tuple[str, tuple[str, ...]], ...]:
    said: dict[str, list[str]] = {}
    for figure in found.figures:
        said.setdefault(figure.definition.action, []).append(sentence_of(figure))
    table = codes.table("plan_actions")
    return tuple((_unnumbered(each.name), tuple(said[each.code])) for each in table if each.code in said)


def _unnumbered(name: str) -> str:
    """Return an action's name without the number that it has in the plan: the report numbers what it holds."""
    return name.partition("\uff09")[2] or name


def _lines(found: PeriodFigures) -> tuple[IndicatorLine, ...]:
    lines = []
    for figure in found.figures:
        definition = figure.definition
        values = (figure.in_period, figure.reached, figure.target, figure.missing)
        period, reached, target, missing = (amount_in_words(value, definition) for value in values)
        lines.append(
            IndicatorLine(
                name=definition.name,
                action=codes.table("plan_actions").name(definition.action),
                unit=codes.table("indicator_units").name(definition.unit),
                in_period=figure.in_period,
                reached=figure.reached,
                target=figure.target,
                missing=figure.missing,
                light=LIGHT_NAMES[figure.light],
                owner=definition.owner,
                written=(period, reached, target, missing),
            )
        )
    return tuple(lines)


def _by(
    found: PeriodFigures,
    title: str,
    head: str,
    group: Callable[[Row], Any],
    names: dict[Any, str],
    drawn: tuple[int, ...],
) -> ReportTable:
    """Take the year's rows apart by what `group` says, in the order of `names`; groups of nothing are left out."""
    cells: dict[Any, list[Decimal]] = {}
    for place, (indicator, unit) in enumerate(PARTS):
        figure = found.of(indicator)
        for row in figure.year_rows if figure else ():
            if unit == YUAN or indicator != CONTRACT_VALUE or row.subject_kind == CONTRACT:
                values = cells.setdefault(group(row), [Decimal(0)] * len(PARTS))
                values[place] += row.amount if unit == YUAN else 1
    rows: tuple[tuple[Value, ...], ...] = tuple((name, *cells[key]) for key, name in names.items() if key in cells)
    heads = (head, N_("发布需求（条）"), N_("登记合同（项）"), N_("成交额（元）"), N_("技术交易额（元）"))
    return ReportTable(title, heads, (TEXT, *(unit for _indicator, unit in PARTS)), rows, drawn)


def _districts(session: Session, found: PeriodFigures) -> ReportTable:
    closed = closing_of(session, found.period)
    frozen = frozen_districts(closed) if closed else None
    districts = read_districts(session) if frozen is None else frozen
    title, head = N_("年初至期末按区县情况"), N_("所在地区")
    return _by(found, title, head, lambda row: district_of(districts, row), district_names(), drawn=(1, 2))


def _month(row: Row) -> int:
    return row.on.month


def _field(row: Row) -> str:
    return row.field or ""


def _branch(row: Row) -> int:
    return row.branch_id or 0


def _months(found: PeriodFigures) -> dict[Any, str]:
    return {month: N_("%(month)d 月") % {"month": month} for month in range(1, found.until.month + 1)}


def _field_names() -> dict[Any, str]:
    return {**dict(codes.table("contract_fields").choices()), "": N_("没有选择领域")}


def _branch_names(session: Session) -> dict[Any, str]:
    return {**dict(branches(session)), 0: N_("不属于任何分中心")}


def _steps(session: Session, found: PeriodFigures, branch: int | None) -> ReportTable:
    closed = closing_of(session, found.period)
    frozen = frozen_stages(closed, branch) if closed else None
    counted = count_stages(session, found.period, branch, found.until) if frozen is None else frozen
    rows = tuple((STAGE_NAMES[row.stage], row.count, row.of_previous, row.of_first, row.median_days) for row in counted)
    heads = (N_("步骤"), N_("走到这一步的"), N_("占上一步"), N_("占征集"), N_("天数（中位数）"))
    live = N_("年初至期末开始填写的需求和成果，按生成报告时的记录统计，不属于封账内容。")
    note = live if frozen is None else N_("年初至期末开始填写的需求和成果，按封账时的记录统计。")
    return ReportTable(N_("从征集到合同登记"), heads, (TEXT, COUNT, SHARE, SHARE, DAYS), rows, (1,), note)


def _events(session: Session, actor: Actor, found: PeriodFigures, branch: int | None) -> ReportTable:
    held = next(each for each in shipped_definitions() if each.rule == "held_events")
    reading = Reading(session, found.period.since, found.until)
    rows = sorted(
        (
            row
            for row in RULES[held.rule].count(reading, replace(held, parameters={}))
            if branch is None or row.branch_id == branch
        ),
        key=lambda row: (row.on, row.subject_id),
    )
    known = subjects(session, actor, rows)
    table = tuple((row.on, *_named(known, row)) for row in rows)
    return ReportTable(N_("本期举办的活动"), (N_("日期"), N_("活动"), N_("主办单位")), (DAY, TEXT, TEXT), table)


def _contracts(session: Session, actor: Actor, found: PeriodFigures) -> ReportTable:
    total, technology = found.of(CONTRACT_VALUE), found.of(TECHNOLOGY_VALUE)
    amounts = {(row.subject_kind, row.subject_id): row.amount for row in (technology.rows if technology else ())}
    rows = total.rows if total else ()
    known = subjects(session, actor, rows)
    table: tuple[tuple[Value, ...], ...] = tuple(
        (
            row.on,
            *_named(known, row),
            N_("变更") if row.subject_kind != CONTRACT else N_("登记"),
            row.amount,
            amounts.get((row.subject_kind, row.subject_id), Decimal(0)),
        )
        for row in rows
    )
    heads = (N_("日期"), N_("合同"), N_("卖方"), N_("事项"), N_("成交额（元）"), N_("技术交易额（元）"))
    return ReportTable(N_("本期登记的技术合同"), heads, (DAY, TEXT, TEXT, TEXT, YUAN, YUAN), table)


def _records(session: Session, actor: Actor, found: PeriodFigures) -> ReportTable:
    listed = [(figure, row) for figure in found.figures for row in figure.rows][:MOST_ROWS]
    known = subjects(session, actor, (row for _figure, row in listed))
    rows: Iterable[tuple[Value, ...]] = (
        (
            figure.definition.name,
            row.on,
            KIND_NAMES.get(row.subject_kind, row.subject_kind),
            *_named(known, row),
            row.amount,
        )
        for figure, row in listed
    )
    heads = (N_("指标"), N_("日期"), N_("记录类型"), N_("记录"), N_("所属单位"), N_("计数"))
    return ReportTable(N_("本期计入各项指标的记录"), heads, (TEXT, DAY, TEXT, TEXT, TEXT, COUNT), tuple(rows))


def _named(known: dict[tuple[str, int], Subject], row: Row) -> tuple[str, str]:
    subject = known.get((row.subject_kind, row.subject_id))
    return (subject.title, subject.organization_name) if subject else (N_("（不公开）"), "")
