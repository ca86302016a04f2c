"""A report as a workbook and as a Word file."""

import io
from collections.abc import Callable, Iterator

from docx import Document
from openpyxl import Workbook
from openpyxl.styles import Alignment

from matchmaker.domain.base import utc_now
from matchmaker.domain.language import N_, Sentence
from matchmaker.services.decline_reports.reading import PartCount, QuarterReport
from matchmaker.services.documents.word_parts import SOFT, WordBody, run, set_styles
from matchmaker.services.exports.cells import text_cell
from matchmaker.services.exports.writers import HEADER_FILL, HEADER_FONT

Translate = Callable[[str], str]

TITLE = N_("成果被谢绝的原因")
NOTE = N_("只列出至少三家企业的决定支持的数；技术经纪人的意见不计；合计中有的部分不单列，以免推出个别企业的决定。")
WIDTHS = (14, 44, 10, 60)


def report_workbook(report: QuarterReport, translate: Translate) -> bytes:
    """Return the report as .xlsx: one sheet, a row for each count."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"  # noqa: S101
    sheet.title = translate(TITLE)[:31]
    sheet.append([translate(head) for head in (N_("按什么"), N_("名称"), N_("次数"), N_("建议和原因"))])
    for row in _rows(report, translate):
        sheet.append([text_cell(each) if isinstance(each, str) else each for each in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for cell in sheet[1]:
        cell.font, cell.fill = HEADER_FONT, HEADER_FILL
    for letter, width in zip("ABCD", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.append([])
    sheet.append([translate(_heading(report))])
    sheet.append([translate(NOTE)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def report_docx(report: QuarterReport, translate: Translate) -> bytes:
    """Return the report as .docx: reasons with advice, then tables by field, sub-unit and achievement."""
    document = Document()
    set_styles(document)
    document.core_properties.title = translate(TITLE)
    document.core_properties.author, document.core_properties.comments = report.organization_name[:255], ""
    document.core_properties.created = document.core_properties.modified = utc_now().replace(tzinfo=None)
    body = WordBody(document)
    body.add("Heading1", run(translate(TITLE)))
    body.add("Normal", run(translate(_heading(report)), size=10.5, colour=SOFT, heading=True))
    body.add("Normal", run(translate(NOTE), size=9, colour=SOFT))
    body.add("Heading2", run(translate(Sentence(N_("谢绝合计：%(count)s 次"), count=report.total))))
    for reason in report.reasons:
        named = Sentence(N_("%(reason)s：%(count)s 次"), reason=reason.name, count=reason.count)
        body.add("Label", run(translate(named)))
        for advice in reason.advice:
            body.add("BodyText", run(translate(advice)))
    for label, parts in _tables(report):
        if parts:
            body.add("Heading2", run(translate(label)))
            heads = [translate(head) for head in (N_("名称"), N_("次数"), N_("原因"))]
            rows = [(translate(each.name), _count(each), _reasons(each, translate)) for each in parts]
            body.add_table(heads, rows, (80, 18, 64))
    body.number_all()
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _rows(report: QuarterReport, translate: Translate) -> Iterator[tuple[str | int, ...]]:
    yield translate(N_("合计")), translate(N_("企业谢绝")), report.total, ""
    for reason in report.reasons:
        advice = "\n".join(translate(each) for each in reason.advice)
        yield translate(N_("按原因")), translate(reason.name), reason.count, advice
    if report.rest:
        yield translate(N_("按原因")), translate(N_("其他原因，不单列")), report.rest, ""
    for label, parts in _tables(report):
        for part in parts:
            count = _count(part) if part.count is None else part.count
            yield translate(label), translate(part.name), count, _reasons(part, translate)


def _tables(report: QuarterReport) -> tuple[tuple[str, tuple[PartCount, ...]], ...]:
    return (
        (N_("按技术领域"), report.fields),
        (N_("按二级单位"), report.sub_units),
        (N_("按成果"), report.achievements),
    )


def _heading(report: QuarterReport) -> str:
    period = report.period
    return Sentence(
        N_("%(name)s　%(year)s 年第 %(n)s 季度"), name=report.organization_name, year=period.year, n=period.number
    )


def _count(part: PartCount) -> str:
    return "—" if part.count is None else str(part.count)


def _reasons(part: PartCount, translate: Translate) -> str:
    each = N_("%(reason)s：%(count)s 次")
    return "\n".join(translate(Sentence(each, reason=name, count=count)) for name, count in part.reasons)
