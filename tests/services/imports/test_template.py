"""The template: what an import makes of it, and what a spreadsheet offers in it."""

from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.fields import FieldType, fields_of
from matchmaker.services.imports.columns import find_columns, is_header
from matchmaker.services.imports.examples import examples
from matchmaker.services.imports.importing import checked_rows
from matchmaker.services.imports.rows import Entry, RowOptions, RowReader
from matchmaker.services.imports.tables import Row, Source, open_table
from matchmaker.services.imports.template import choices, write_template
from matchmaker.services.reading.choices import read_code

KINDS = ("need", "achievement")


@pytest.mark.parametrize("kind", KINDS)
def test_template_is_read_as_a_list_with_all_our_columns_and_no_rows(kind: str, tmp_path: Path) -> None:
    write_template(kind, tmp_path / "t.xlsx")
    table = open_table(Source.at(tmp_path / "t.xlsx"), partial(is_header, kind))
    columns = find_columns(kind, table.columns)
    assert columns.unknown == ()
    assert set(columns.headings) >= {"external_id", *(spec.name for spec in fields_of(kind))}
    with pytest.raises(Invalid, match="只有列名，下面没有内容"):
        list(checked_rows("t.xlsx", table, RowReader(kind, table.columns, RowOptions())))


def test_template_is_read_without_a_word_of_its_own_other_sheets(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template("need", path)
    book = load_workbook(path)
    book.worksheets[0].append(["X-1", "风机叶片除冰"])
    book.create_sheet("第二学院").append(["名称"])
    book.save(path)
    table = open_table(Source.at(path), partial(is_header, "need"))
    assert (table.sheet, table.left_out) == ("填写", ("第二学院",))


@pytest.mark.parametrize("kind", KINDS)
def test_examples_can_be_submitted_as_they_are(kind: str) -> None:
    reader = RowReader(kind, (), RowOptions())
    read = [reader.read(Row(number, example)) for number, example in enumerate(examples(kind))]
    assert [entry for entry in read if not isinstance(entry, Entry)] == []
    required = {spec.name for spec in fields_of(kind) if spec.required}
    lacking = {name for entry in read if isinstance(entry, Entry) for name in required if not entry.values.get(name)}
    assert lacking == set()


@pytest.mark.parametrize("kind", KINDS)
def test_template_offers_codes_in_frozen_and_explained_columns(kind: str, tmp_path: Path) -> None:
    write_template(kind, tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    filling, explanation = book.worksheets[0], book.worksheets[1]
    lists = [one for one in filling.data_validations.dataValidation if one.type == "list"]
    assert len(lists) == sum(spec.table is not None for spec in fields_of(kind))
    assert filling.freeze_panes == "C2"
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "visible", "visible", "hidden"]
    explained = {row[0].value for row in explanation.iter_rows()}
    assert {spec.label for spec in fields_of(kind)} <= explained
    names = {str(cell.value) for column in book.worksheets[3].iter_cols() for cell in column}
    assert {"公开", "仅技术经纪人可见"} <= names


@pytest.mark.parametrize("table", sorted({spec.table for kind in KINDS for spec in fields_of(kind) if spec.table}))
def test_every_choice_offered_is_read_as_its_code(table: str) -> None:
    read = [read_code(table, choice) for choice in choices(table)]
    asked = [row.code for row in codes.table(table) if table != "industries" or row.parent is not None]
    assert read == asked


def test_column_widths_follow_what_is_written_in_them(tmp_path: Path) -> None:
    write_template("need", tmp_path / "t.xlsx")
    sheet = load_workbook(tmp_path / "t.xlsx").worksheets[0]
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]][1:]
    prose = [width for width, spec in zip(widths, fields_of("need"), strict=True) if spec.type is FieldType.PROSE]
    assert min(prose) > max(10, min(widths))
