"""What is exported is imported as the very same values, whatever hostile texts they hold."""

import tempfile
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain import codes
from matchmaker.domain.fields import FieldSpec, FieldType, Layer, fields_of
from matchmaker.services.exports.cells import json_value, spreadsheet_cell, text_cell
from matchmaker.services.exports.exporting import columns_of
from matchmaker.services.exports.writers import WRITERS
from matchmaker.services.imports.columns import EXTERNAL_ID, LAYERS, is_header
from matchmaker.services.imports.layer_cells import write_layers
from matchmaker.services.imports.rows import Entry, RowOptions, RowReader
from matchmaker.services.imports.tables import Source, open_table
from matchmaker.services.imports.template import choices
from matchmaker.services.reading import Unreadable, read_field
from matchmaker.services.reading.second_language import with_second_language

HOSTILE = (
    "=1+1", "+86 991", "-20℃", "@SUM(A1)", "\t=cmd|' /C calc'!A0", "'=1", "''-", "#N/A", "#REF!", '说"好"', "a,b;c|d",
    "第一行\n第二行\r\n\n\n第五行", "\x00\x07", "😀👩‍🔬", "\u202eevil", "_x000D_", "</v>&amp;<script>", "1e5", "007",
    "2027-03-01", "TRUE", "  两端  ", "无", "[{\"name\": 1}]", "字" * 5000, "\ufeff", "=" * 40,
)  # fmt: skip
PAIRS = st.tuples(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE)).map("".join)
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), PAIRS)
ROWS = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "comparator": st.sampled_from([row.code for row in codes.table("comparators")]),
        "value": st.one_of(st.integers(-999, 999).map(str), TEXTS),
        "upper": st.integers(1000, 9999).map(str),
        "unit": TEXTS,
    }
)


def raw_values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    match spec.type:
        case FieldType.CODE:
            return st.sampled_from(list(choices(spec.table or "")))
        case FieldType.CODES:
            return st.lists(st.sampled_from(list(choices(spec.table or ""))), max_size=4)
        case FieldType.MONEY:
            return st.decimals(0, Decimal(10) ** 11, places=2)
        case FieldType.DAY:
            return st.dates(date(1949, 10, 1), date(2100, 12, 31))
        case FieldType.WORDS:
            return st.lists(TEXTS, max_size=3)
        case FieldType.INDICATORS:
            return st.lists(ROWS, max_size=4)
        case _:
            return TEXTS


@st.composite
def listings(draw: st.DrawFn, kind: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Draw what a listing may hold: typed values by field, and the fields that fewer people may read."""
    values: dict[str, Any] = {}
    for spec in fields_of(kind):
        try:
            values[spec.name] = read_field(spec, draw(raw_values(spec)))
        except Unreadable:
            values[spec.name] = read_field(spec, None)
    values["title"] = values["title"] or "名称"
    values["visibility"] = values["visibility"] or "public"
    closable = [spec.name for spec in fields_of(kind) if not spec.is_fixed]
    layers = draw(st.dictionaries(st.sampled_from(closable), st.sampled_from(["matched", "confidential", "inside"])))
    return with_second_language(values), layers


@pytest.mark.parametrize("kind", ["need", "achievement"])
@pytest.mark.parametrize("file_format", list(WRITERS))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_exported_listings_are_read_back_as_the_very_same(kind: str, file_format: str, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(listings(kind), min_size=1, max_size=3))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{file_format}"
        _write(path, kind, file_format, drawn)
        table = open_table(Source.at(path), partial(is_header, kind))
        reader = RowReader(kind, table.columns, RowOptions())
        read = [reader.read(row) for row in table.rows]
    assert [(_values(kind, entry), dict(entry.layers)) for entry in read if isinstance(entry, Entry)] == drawn
    assert [entry.external_id for entry in read if isinstance(entry, Entry)] == [f"=ID-{n}" for n in range(len(drawn))]
    assert reader.unknown == ()


def _values(kind: str, entry: Entry) -> dict[str, Any]:
    empty = {spec.name: read_field(spec, None) for spec in fields_of(kind)}
    return empty | dict(entry.values)


def _write(path: Path, kind: str, file_format: str, drawn: list[tuple[dict[str, Any], dict[str, str]]]) -> None:
    columns, specs = columns_of(kind, with_organization=False), fields_of(kind)
    with WRITERS[file_format](path, columns, "清单") as writer:
        for place, (values, layers) in enumerate(drawn):
            cells = {spec.name: spreadsheet_cell(spec, values[spec.name]) for spec in specs}
            cells |= {EXTERNAL_ID: text_cell(f"=ID-{place}"), LAYERS: write_layers(kind, layers)}
            plain = {spec.name: json_value(spec, values[spec.name]) for spec in specs}
            plain |= {EXTERNAL_ID: f"=ID-{place}", LAYERS: layers}
            writer.write([cells.get(column.name) for column in columns], plain)


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_nothing_in_an_exported_file_runs(tmp_path: Path, file_format: str) -> None:
    spec = next(spec for spec in fields_of("need") if spec.name == "background")
    path = tmp_path / f"list.{file_format}"
    columns = columns_of("need", with_organization=False)
    with WRITERS[file_format](path, columns, "清单") as writer:
        for text in HOSTILE:
            writer.write([spreadsheet_cell(spec, read_field(spec, text))] * len(columns), {})
    beginnings = {cell.lstrip()[:1] for cell in _cells(path)}
    assert beginnings & set("=+-@") == set()


def _cells(path: Path) -> list[str]:
    if path.suffix == ".csv":
        import csv

        with path.open(encoding="utf-8-sig", newline="") as file:
            return [cell for row in csv.reader(file) for cell in row]
    from openpyxl import load_workbook

    cells = [cell for row in load_workbook(path).worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    return [str(cell.value) for cell in cells if cell.value is not None]


def test_layers_are_written_in_words() -> None:
    assert write_layers("need", {"background": Layer.MATCHED, "budget": Layer.INSIDE}) == (
        "背景与痛点：双方感兴趣后；拟投入资金（元）：仅内部"
    )
