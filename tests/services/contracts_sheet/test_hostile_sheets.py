"""Sheets that are sent to hurt: refused with a sentence before anything of theirs is unpacked or parsed."""

import io
import time
import zipfile

import pytest
from openpyxl import Workbook

from matchmaker.domain.errors import Invalid
from matchmaker.services.contracts_sheet.columns import COLUMNS
from matchmaker.services.contracts_sheet.faults import SheetFaults
from matchmaker.services.contracts_sheet.opening import MOST_BYTES, MOST_ROWS, open_sheet

SHEET, STYLES, STRINGS = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"
XMLNS = "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
PATIENCE_SECONDS = 3.0


@pytest.fixture(scope="module")
def honest() -> bytes:
    book, written = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append([column.heading for column in COLUMNS])
    book.active.append([1, 1])
    book.save(written)
    return written.getvalue()


def repacked(content: bytes, **parts: str) -> bytes:
    """The same package with other or further parts, by name, dots and slashes as they are."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, text in parts.items():
            new.writestr(name, text)
    return written.getvalue()


def sheet_of(rows: str) -> str:
    return f"<worksheet {XMLNS}><sheetData>{rows}</sheetData></worksheet>"


HOSTILE = {
    "bomb": ({"xl/media/a.xml": " " * 30_000_000}, "展开后太大"),
    "styles": (
        {STYLES: f"<styleSheet {XMLNS}><cellXfs>{'<xf/>' * 500_000}</cellXfs></styleSheet>"},
        "格式或单元格太多",
    ),
    "wide": ({SHEET: sheet_of(f"<row>{'<c/>' * 400_000}</row>")}, "格式或单元格太多"),
    "deep": ({SHEET: sheet_of("<a>" * 1_000_000)}, "完好的 Excel"),
    "strings": ({STRINGS: f"<sst {XMLNS}>{'<si><t>a</t></si>' * 1_200_000}</sst>"}, "展开后太大"),
    "parts": ({f"x/{number}.xml": "" for number in range(200)}, "展开后太大"),
    "entities far down": (
        {SHEET: f"<!--{' ' * 9000}--><!DOCTYPE a [<!ENTITY b 'c'>]>" + sheet_of("<row/>")},
        "实体声明",
    ),
    "entities": ({SHEET: "<!DOCTYPE a [<!ENTITY b 'c'>]>" + sheet_of("<row/>")}, "实体声明"),
    "external": ({SHEET: "<!ENTITY x SYSTEM 'file:///etc/passwd'>"}, "实体声明"),
    "torn": ({SHEET: "<worksheet><sheetData><row>"}, "完好的 Excel"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sheet_is_refused_at_once(honest: bytes, name: str) -> None:
    parts, sentence = HOSTILE[name]
    content, begun = repacked(honest, **parts), time.process_time()
    with pytest.raises(Invalid, match=sentence):
        open_sheet(content)
    assert (len(content) < MOST_BYTES, time.process_time() - begun < PATIENCE_SECONDS) == (True, True)


def test_too_many_rows_are_counted_and_not_read_to_the_end(honest: bytes) -> None:
    rows = "".join(f"<row r='{number}'/>" for number in range(2, 400_000))
    first = "".join(f"<c t='inlineStr'><is><t>{column.heading}</t></is></c>" for column in COLUMNS)
    content = repacked(honest, **{SHEET: sheet_of(f"<row r='1'>{first}</row>{rows}")})
    with pytest.raises(Invalid, match=f"一次最多导入 {MOST_ROWS} 份合同"):
        open_sheet(content)


def test_file_above_the_limit_is_refused_unread() -> None:
    with pytest.raises(Invalid, match="文件太大"):
        open_sheet(b"P" * (MOST_BYTES + 1))


def test_every_formula_is_named_by_its_cell() -> None:
    book, written = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append([column.heading for column in COLUMNS])
    book.active.append([1, 1, "=1+1", None, '=HYPERLINK("http://a.example")'])
    book.save(written)
    with pytest.raises(SheetFaults) as caught:
        open_sheet(written.getvalue())
    assert [fault.address for fault in caught.value.faults] == ["C2", "E2"]
