"""The empty list to fill in: a workbook with drop-downs from the code tables, an explanation and examples."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from matchmaker.domain import codes
from matchmaker.domain.fields import FieldSpec, FieldType, fields_of
from matchmaker.domain.language import N_
from matchmaker.services.imports.columns import EXTERNAL_ID, OWN_LABELS
from matchmaker.services.imports.companions import mark_companions
from matchmaker.services.imports.examples import examples

Say = Callable[[str], str]
"""Puts a marked text into the reader's language."""

ROWS = 2000
"""Rows below the header that get drop-downs."""
REQUIRED_FILL, OPTIONAL_FILL = PatternFill("solid", fgColor="0A5A6A"), PatternFill("solid", fgColor="5B7F88")
HEADER_FONT = Font(bold=True, color="FFFFFF")
WRAPPED = Alignment(wrap_text=True, vertical="top")
_WIDTHS = {FieldType.PROSE: 44, FieldType.INDICATORS: 36, FieldType.DAY: 14, FieldType.MONEY: 14}
PROMPT_LONGEST = 250  # the format itself allows 255 characters

_HOW = {
    FieldType.LINE: N_("一行文字，最多 %(most)d 个字。"),
    FieldType.PROSE: N_("可以分段，最多 %(most)d 个字。"),
    FieldType.CODE: N_("从下拉列表中选择。"),
    FieldType.CODES: N_("从下拉列表中选择；有几项时自己填写，用顿号分开。"),
    FieldType.MONEY: N_("人民币，例如 1200000、120万 或 50-80万；面议请留空。"),
    FieldType.DAY: N_("例如 2027-03-01。"),
    FieldType.WORDS: N_("用顿号分开，最多 %(most)d 个。"),
    FieldType.INDICATORS: N_("用分号分开，最多 %(most)d 项，例如：能耗≤45 kWh/t；效率 90~95 %%。"),
}
_ID_HELP = N_("您自己的编号。再次导入同一编号的行会更新原来的内容，不会重复。没有编号时按名称识别。")
_COLUMNS = (N_("列名"), N_("必填"), N_("怎样填写"), N_("可选内容"))
_STEPS = (
    N_("在“填写”工作表中每行写一项，不要改动第一行的列名；可以删去不需要的列。"),
    N_("带 * 的列必须填写，否则不能提交审核；只存为草稿时，写名称就可以。"),
    N_("填好后在平台的“导入”页面上传。有问题的行会列出行号、列名和原因，其他行照常导入。"),
    N_("请勿填写涉及国家秘密的内容。"),
)


def write_template(kind: str, target: Path | IO[bytes], say: Say = str) -> None:
    """Write the workbook for a kind ("need" | "achievement"). Column names stay Chinese: an import knows them."""
    book = Workbook()
    book.remove(book.worksheets[0])
    filling, explanation, shown, options = (
        book.create_sheet(say(title)) for title in (N_("填写"), N_("说明"), N_("示例"), N_("选项"))
    )
    options.sheet_state = "hidden"
    mark_companions(book, (explanation, shown))
    specs = list(fields_of(kind))
    for sheet in (filling, shown):
        _write_header(sheet, specs)
    _write_choices(filling, options, specs, say)
    _write_explanation(explanation, specs, say)
    for place, example in enumerate(examples(kind), start=2):
        for column, name in enumerate((EXTERNAL_ID, *(spec.name for spec in specs)), start=1):
            shown.cell(place, column, example.get(name)).alignment = WRAPPED
    book.save(target)


def help_of(spec: FieldSpec, say: Say = str) -> str:
    """Return how a column is filled in."""
    how = say(_HOW[spec.type]) % {"most": spec.most}
    return f"{say(spec.help)} {how}" if spec.help else how


def _write_header(sheet: Worksheet, specs: list[FieldSpec]) -> None:
    sheet.append([OWN_LABELS[EXTERNAL_ID], *(spec.label + ("*" if spec.required else "") for spec in specs)])
    for place, spec in enumerate((None, *specs), start=1):
        cell = sheet.cell(1, place)
        cell.font, cell.alignment = HEADER_FONT, Alignment(vertical="center", wrap_text=True)
        cell.fill = REQUIRED_FILL if spec is not None and spec.required else OPTIONAL_FILL
        width = 14 if spec is None else 30 if spec.name == "title" else _WIDTHS.get(spec.type, 18)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.row_dimensions[1].height = 32
    # Number and name stay in sight.
    sheet.freeze_panes = "C2"


def _write_choices(filling: Worksheet, options: Worksheet, specs: list[FieldSpec], say: Say) -> None:
    for place, spec in enumerate(specs, start=2):
        validation = _validation(options, spec)
        validation.promptTitle, validation.prompt = spec.label[:32], help_of(spec, say)[:PROMPT_LONGEST]
        validation.showInputMessage = True
        column = get_column_letter(place)
        validation.add(f"{column}2:{column}{ROWS}")
        filling.add_data_validation(validation)


def _validation(options: Worksheet, spec: FieldSpec) -> DataValidation:
    if spec.table is None:
        return DataValidation(allow_blank=True)
    names = list(choices(spec.table))
    place = 1 if options.max_column == 1 and options.cell(1, 1).value is None else options.max_column + 1
    for row, text in enumerate((spec.label, *names), start=1):
        options.cell(row, place, text)
    column = get_column_letter(place)
    reference = f"'{options.title}'!${column}$2:${column}${len(names) + 1}"
    # Several codes in one cell, or an address for a region, are read as well: the list offers, it does not forbid.
    is_strict = spec.type is FieldType.CODE and spec.table != "regions"
    return DataValidation(type="list", formula1=reference, allow_blank=True, showErrorMessage=is_strict)


def choices(table: str) -> Iterator[str]:
    """Yield the names of a code table that a cell may hold; of industries the divisions, which alone are asked for."""
    for row in codes.table(table):
        if table == "industries" and row.parent is None:
            continue
        yield row.name if codes.table(table).find(row.name) == row.code else row.code


def _write_explanation(sheet: Worksheet, specs: list[FieldSpec], say: Say) -> None:
    for step in _STEPS:
        sheet.append([say(step)])
    sheet.append([])
    sheet.append([say(heading) for heading in _COLUMNS])
    header = sheet.max_row
    sheet.append([OWN_LABELS[EXTERNAL_ID], "", say(_ID_HELP), ""])
    for spec in specs:
        offered = list(choices(spec.table)) if spec.table else []
        shown = "、".join(offered) if len(offered) <= 20 else ""
        sheet.append([spec.label, "*" if spec.required else "", help_of(spec, say), shown])
    for place, width in enumerate((26, 8, 60, 60), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.cell(header, place).font, sheet.cell(header, place).fill = HEADER_FONT, REQUIRED_FILL
    for row in sheet.iter_rows(min_row=header + 1):
        for cell in row:
            cell.alignment = WRAPPED
