"""The report of a period as a Word file in the form of an official paper."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from docx import Document

from matchmaker.domain.base import utc_now
from matchmaker.domain.language import N_
from matchmaker.services.documents.official_word import numeral, set_official
from matchmaker.services.documents.pdf import render_png
from matchmaker.services.documents.period_report import DAYS, SHARE, TEXT, YUAN, ReportSheet, ReportTable, Value
from matchmaker.services.documents.text import plain
from matchmaker.services.documents.word_parts import WordBody, run
from matchmaker.services.documents.wording import money_in_words

WIDTH_MM = 156
MOST_RECORDS = 400
"""Records listed in the Word file; the workbook holds them all."""


def period_report_docx(sheet: ReportSheet) -> bytes:
    """Return a report as .docx."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = plain(sheet.title)[:255], plain(sheet.office)[:255], ""
    properties.language = "zh-CN"
    properties.created = properties.modified = utc_now().replace(tzinfo=None)
    body = WordBody(document)
    set_official(document)
    body.number_all()
    body.add("Title", run(sheet.title))
    body.add("SubtitleLine", run(N_("（%(period)s）") % {"period": sheet.period}))
    body.add("SubtitleLine", run(f"{sheet.office}　{sheet.day}"))
    _overview(body, sheet)
    _indicators(body, sheet)
    _contracts(body, sheet)
    _parts(body, sheet)
    _attention(body, sheet)
    _records(body, sheet)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _overview(body: WordBody, sheet: ReportSheet) -> None:
    _heading(body, 1, N_("总体情况"))
    _prose(body, (*sheet.overview, sheet.basis))


def _indicators(body: WordBody, sheet: ReportSheet) -> None:
    _heading(body, 2, N_("各项行动完成情况"))
    for place, (action, sentences) in enumerate(sheet.actions):
        body.add("Heading2", run(N_("（%(number)s）%(name)s") % {"number": numeral(place + 1), "name": action}))
        _prose(body, (f"{number}. {text}" for number, text in enumerate(sentences, start=1)))
    shares = [line for line in sheet.lines if line.share is not None]
    if shares:
        body.add("TableCaption", run(N_("图 1　各项指标年度目标完成率")))
        rows = [_bar(line.name, [min(line.share or 0, 1.0)], [f"{line.share:.0%}"]) for line in shares]
        body.add_picture(render_png("bars", {"legend": [""], "rows": rows}), WIDTH_MM)
    body.add("TableCaption", run(N_("表 1　指标完成情况")))
    heads = (N_("指标"), N_("本期"), N_("年初至期末"), N_("年度目标"), N_("还差"), N_("状态"), N_("责任"))
    table = [(line.name, *line.written, line.light, line.owner) for line in sheet.lines]
    body.add_table(heads, table, (36, 18, 23, 22, 19, 17, 21))


def _contracts(body: WordBody, sheet: ReportSheet) -> None:
    _heading(body, 3, N_("技术合同登记情况"))
    _prose(body, sheet.contracts)
    _drawn(body, N_("图 2　各月技术合同成交额和技术交易额"), sheet.months)
    _table(body, N_("表 2　%(title)s") % {"title": sheet.contract_list.title}, sheet.contract_list)


def _parts(body: WordBody, sheet: ReportSheet) -> None:
    _heading(body, 4, N_("活动、领域、区县和分中心情况"))
    _table(body, N_("表 3　%(title)s") % {"title": sheet.events.title}, sheet.events)
    _table(body, N_("表 4　%(title)s") % {"title": sheet.fields.title}, sheet.fields)
    _drawn(body, N_("图 3　%(title)s") % {"title": sheet.fields.title}, sheet.fields)
    _table(body, N_("表 5　%(title)s") % {"title": sheet.districts.title}, sheet.districts)
    _table(body, N_("表 6　%(title)s") % {"title": sheet.branches.title}, sheet.branches)
    _table(body, N_("表 7　%(title)s") % {"title": sheet.steps.title}, sheet.steps)


def _attention(body: WordBody, sheet: ReportSheet) -> None:
    _heading(body, 5, N_("需要关注的事项"))
    _prose(body, sheet.attention or (N_("没有落后的指标。"),))


def _records(body: WordBody, sheet: ReportSheet) -> None:
    body.add("Heading1", run(N_("附件：%(title)s") % {"title": sheet.records.title}), new_page=True)
    records = sheet.records
    if len(records.rows) > MOST_RECORDS:
        left = N_("共 %(count)d 条，这里列出前 %(most)d 条，全部见同名 .xlsx 文件。")
        _prose(body, (left % {"count": len(records.rows), "most": MOST_RECORDS},))
    shown = ReportTable(records.title, records.heads, records.units, records.rows[:MOST_RECORDS])
    _table(body, "", shown)
    body.add("Remark", run(sheet.source))


def _heading(body: WordBody, place: int, words: str) -> None:
    body.add("Heading1", run(N_("%(number)s、%(words)s") % {"number": numeral(place), "words": words}))


def _prose(body: WordBody, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        body.add("BodyText", run(sentence))


def _table(body: WordBody, caption: str, table: ReportTable) -> None:
    if caption:
        body.add("TableCaption", run(caption))
    if not table.rows:
        body.add("Remark", run(N_("本期没有记录。")))
        return
    rows = [[value_text(value, unit) for value, unit in zip(row, table.units, strict=True)] for row in table.rows]
    body.add_table(table.heads, rows, _widths(table.units))
    if table.note:
        body.add("Remark", run(table.note))


def _widths(units: Sequence[str]) -> list[int]:
    """Share the width: a column of text takes twice as much as one of numbers or days."""
    shares = [2.0 if unit == TEXT else 1.2 for unit in units]
    return [int(WIDTH_MM * share / sum(shares)) for share in shares]


def _drawn(body: WordBody, caption: str, table: ReportTable) -> None:
    values = [[_number(row[place]) for place in table.drawn] for row in table.rows]
    most = max((value for row in values for value in row), default=0.0)
    if most <= 0:
        return
    rows = [
        _bar(
            str(row[0]),
            [value / most for value in of_row],
            [value_text(row[place], table.units[place]) for place in table.drawn],
        )
        for row, of_row in zip(table.rows, values, strict=True)
    ]
    body.add("TableCaption", run(caption))
    legend = [table.heads[place] for place in table.drawn]
    body.add_picture(render_png("bars", {"legend": legend, "rows": rows}), WIDTH_MM)


def _bar(name: str, shares: list[float], texts: list[str]) -> dict[str, object]:
    return {"name": name, "shares": shares, "texts": texts}


def _number(value: Value) -> float:
    return max(float(value), 0.0) if isinstance(value, Decimal | int | float) else 0.0


def value_text(value: Value, unit: str) -> str:
    """Write a value as a paper does."""
    if value is None:
        return "—"
    if isinstance(value, Decimal) and unit == YUAN:
        return money_in_words(value)
    if isinstance(value, float) and unit == SHARE:
        return f"{value:.0%}"
    if isinstance(value, float) and unit == DAYS:
        return f"{value:g}"
    return f"{value:,f}" if isinstance(value, Decimal) else str(value)
