"""The report of a period as a workbook: each table on a sheet, with charts that a spreadsheet draws itself."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from matchmaker.domain.language import N_
from matchmaker.services.documents.period_report import (
    COUNT,
    DAY,
    SHARE,
    TEXT,
    YUAN,
    ReportSheet,
    ReportTable,
    Value,
)
from matchmaker.services.exports.cells import text_cell

COLOURS = ("#0A5A6A", "#C75B00", "#2F7FC1", "#8A3F78")
FORMATS = {YUAN: "#,##0.00", SHARE: "0%", DAY: "yyyy-mm-dd", COUNT: "#,##0.##"}


def period_report_xlsx(sheet: ReportSheet) -> bytes:
    """Return a report as .xlsx."""
    written = io.BytesIO()
    # Nothing of people's text is a formula or a link, whatever it begins with.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        book.set_properties({"title": sheet.title, "author": sheet.office})
        _cover(book, sheet)
        _indicators(book, sheet)
        for name, table in (
            (N_("各月"), sheet.months),
            (N_("领域"), sheet.fields),
            (N_("区县"), sheet.districts),
            (N_("分中心"), sheet.branches),
            (N_("步骤"), sheet.steps),
            (N_("活动"), sheet.events),
            (N_("技术合同"), sheet.contract_list),
            (N_("明细"), sheet.records),
        ):
            _table(book, name, table)
    return written.getvalue()


def _cover(book: Any, sheet: ReportSheet) -> None:
    page = book.add_worksheet(N_("说明"))
    page.set_column(0, 0, 100)
    page.write_string(0, 0, sheet.title, book.add_format({"bold": True, "font_size": 16}))
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    texts = (
        sheet.period,
        f"{sheet.office}　{sheet.day}",
        sheet.basis,
        *sheet.overview,
        *sheet.contracts,
        *sheet.attention,
        sheet.source,
    )
    for place, text in enumerate(texts, start=1):
        page.write_string(place, 0, text_cell(text), plain)


def _indicators(book: Any, sheet: ReportSheet) -> None:
    heads = (
        N_("指标"),
        N_("行动"),
        N_("单位"),
        N_("本期"),
        N_("年初至期末"),
        N_("年度目标"),
        N_("完成率"),
        N_("还差"),
        N_("状态"),
        N_("责任"),
    )
    rows = tuple(
        (
            line.name,
            line.action,
            line.unit,
            line.in_period,
            line.reached,
            line.target,
            line.share,
            line.missing,
            line.light,
            line.owner,
        )
        for line in sheet.lines
    )
    units = (TEXT, TEXT, TEXT, COUNT, COUNT, COUNT, SHARE, COUNT, TEXT, TEXT)
    _table(book, N_("指标"), ReportTable(N_("各项指标年度目标完成率"), heads, units, rows, drawn=(6,)))


def _table(book: Any, name: str, table: ReportTable) -> None:
    page = book.add_worksheet(name)
    head = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": COLOURS[0], "valign": "vcenter"})
    formats = {unit: book.add_format({"num_format": form}) for unit, form in FORMATS.items()}
    page.freeze_panes(1, 1)
    for column, words in enumerate(table.heads):
        page.write_string(0, column, words, head)
        page.set_column(column, column, 34 if column == 0 else 18)
    for number, row in enumerate(table.rows, start=1):
        for column, (value, unit) in enumerate(zip(row, table.units, strict=True)):
            _write(page, number, column, value, formats.get(unit))
    if table.note:
        page.write_string(len(table.rows) + 2, 0, table.note)
    if table.drawn and table.rows:
        page.insert_chart(1, len(table.heads) + 1, _chart(book, name, table, table.drawn))


def _write(page: Any, row: int, column: int, value: Value, form: Any) -> None:
    if value is None:
        page.write_blank(row, column, None, form)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, form)
    elif isinstance(value, str):
        page.write_string(row, column, text_cell(value))
    else:
        page.write_number(row, column, float(value) if isinstance(value, Decimal) else value, form)


def _chart(book: Any, name: str, table: ReportTable, drawn: Sequence[int]) -> Any:
    chart = book.add_chart({"type": "bar" if len(table.rows) > 12 else "column"})
    last = len(table.rows)
    for place, column in enumerate(drawn):
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, last, 0],
                "values": [name, 1, column, last, column],
                "fill": {"color": COLOURS[place % len(COLOURS)]},
            }
        )
    chart.set_title({"name": table.title, "name_font": {"size": 12}})
    if len(table.rows) > 12:
        chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 720, "height": 360 if len(table.rows) <= 12 else 24 * last + 120})
    chart.set_legend({"position": "bottom"} if len(drawn) > 1 else {"none": True})
    return chart
