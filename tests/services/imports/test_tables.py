import io
import zipfile
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.xml.constants import SHEET_MAIN_NS

from matchmaker.domain.errors import Invalid
from matchmaker.services.imports import archives, tables
from matchmaker.services.imports.columns import is_header
from matchmaker.services.imports.formulas import inert, live
from matchmaker.services.imports.tables import Row, Source, open_table
from tests.services.imports.conftest import Sheet

NEED_HEADER = partial(is_header, "need")


def read(path: Path) -> list[Row]:
    return list(open_table(Source.at(path), NEED_HEADER).rows)


def sentence(path: Path) -> str:
    with pytest.raises(Invalid) as caught:
        read(path)
    return str(caught.value)


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "needs.csv", "需求名称,预算\r\n风机叶片涂层,60\r\n".encode(encoding))
    assert read(path) == [Row(2, {"需求名称": "风机叶片涂层", "预算": "60"})]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiter_is_found_whatever_the_prose_holds(tmp_path: Path, delimiter: str) -> None:
    prose = "耐磨, 耐蚀; 现场修补, 两年; 质保"
    text = f'title{delimiter}text\n涂层{delimiter}"{prose}"\n'
    assert read(write(tmp_path / "needs.csv", text.encode())) == [Row(2, {"title": "涂层", "text": prose})]


def test_csv_header_may_stand_below_a_heading_and_rows_may_be_empty(tmp_path: Path) -> None:
    text = '技术需求征集表,,\n,,\n序号,需求名称,备注\n1,"第一行\n第二行",\n,,\n2,乙,\n'
    rows = read(write(tmp_path / "needs.csv", text.encode()))
    assert [(row.number, row.cells["需求名称"]) for row in rows] == [(4, "第一行\n第二行"), (7, "乙")]


def test_csv_row_with_more_cells_than_columns_is_a_fault(tmp_path: Path) -> None:
    rows = read(write(tmp_path / "needs.csv", "title,text\n甲,乙,丙\n丁,戊\n".encode()))
    assert [(row.number, row.fault) for row in rows] == [(2, "这一行有 3 格，比列名多：可能少了引号。"), (3, None)]


def test_csv_cell_of_a_megabyte_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "needs.csv", f"title,text\n甲,{'字' * 1_000_000}\n".encode())
    assert [len(row.cells["text"]) for row in read(path)] == [1_000_000]


def test_jsonl_lines_that_are_no_objects_are_faults(tmp_path: Path) -> None:
    lines = ['{"title": "甲"}', "", "{", "[1]", "[" * 100_000, '{"title": NaN}']
    rows = read(write(tmp_path / "needs.jsonl", "\n".join(lines).encode()))
    assert [(row.number, dict(row.cells), row.fault) for row in rows] == [
        (1, {"title": "甲"}, None),
        (3, {}, "这一行不是有效的 JSON。"),
        (4, {}, "这一行不是 JSON 对象。"),
        (5, {}, "这一行不是有效的 JSON。"),
        (6, {"title": None}, None),
    ]


def test_damaged_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    content = ("需求名称\n" + "叶片涂层与修补工艺\n" * 20).encode() + b"\xe5\xff\n"
    expected = "“needs.csv”第 22 行的文字编码有误，请另存为 UTF-8 后再导入。"
    assert sentence(write(tmp_path / "needs.csv", content)) == expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("needs.csv", b"", "“needs.csv”是空文件。"),
        ("needs.csv", b"\xef\xbb\xbf \n\n", "“needs.csv”里没有任何内容。"),
        (
            "needs.csv",
            b"PK\x03\x04" + b"\x00" * 60,
            "“needs.csv”的内容不是文本，请另存为 .csv（UTF-8）或 .xlsx 后再导入。",
        ),
        ("needs.csv", b"a\x00" * 50, "“needs.csv”的内容不是文本，请另存为 .csv（UTF-8）或 .xlsx 后再导入。"),
        ("needs.xlsx", b"no workbook", "“needs.xlsx”不是有效的 .xlsx 文件，或者已经损坏。"),
        ("needs.xls", b"x", "“needs.xls”不是 .jsonl、.csv 或 .xlsx 文件，请另存为其中一种。"),
    ],
)
def test_unusable_files_get_one_sentence(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    assert sentence(write(tmp_path / name, content)) == expected


def test_missing_files_and_folders_get_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert sentence(tmp_path / "absent.csv") == "找不到文件“absent.csv”。"
    assert sentence(tmp_path / "folder.csv") == "“folder.csv”是文件夹，请给出一个文件。"


def test_file_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_BYTES", 2**20)
    path = write(tmp_path / "needs.csv", b"a" * (2**20 + 1))
    assert sentence(path) == "“needs.csv”超过 1 MB，请分成几个文件。"


def test_xlsx_gives_values_with_types_and_merged_cells_filled_downwards(write_sheet: Sheet) -> None:
    day = datetime(2027, 3, 1)  # noqa: DTZ001 - spreadsheets know no time zones
    path = write_sheet(
        [
            ["技术需求征集表"],
            ["单位名称", "需求名称", "预算", "完成日期"],
            ["甲公司", "涂层", 60, day],
            [None, "轴承", 1.5, "#REF!"],
            [],
            ["乙公司", "变桨", None, None],
        ],
        merges=["A1:D1", "A3:A4"],
    )
    assert read(path) == [
        Row(3, {"单位名称": "甲公司", "需求名称": "涂层", "预算": 60, "完成日期": day}),
        Row(4, {"单位名称": "甲公司", "需求名称": "轴承", "预算": 1.5, "完成日期": None}),
        Row(6, {"单位名称": "乙公司", "需求名称": "变桨", "预算": None, "完成日期": None}),
    ]


def test_xlsx_without_content_is_refused(write_sheet: Sheet) -> None:
    assert sentence(write_sheet([])) == "“list.xlsx”里没有任何内容。"


def test_xlsx_that_unpacks_to_too_much_is_refused(
    write_sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 2**20)
    path = write_sheet([["title"], ["甲"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"\0" * 2**21)
    assert sentence(path) == "“list.xlsx”解压后太大，请删去多余的内容或分成几个文件。"


def test_xlsx_with_entities_that_multiply_is_refused(write_sheet: Sheet) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'
    sheet = f'<worksheet xmlns="{SHEET_MAIN_NS}"><sheetData>{cell}</sheetData></worksheet>'
    bomb = f'<!DOCTYPE worksheet [<!ENTITY l0 "haha">{levels}]>{sheet}'
    path = _replaced(write_sheet([["title"], ["甲"]]), "xl/worksheets/sheet1.xml", bomb.encode())
    assert sentence(path) == "“list.xlsx”不是有效的 .xlsx 文件，或者已经损坏。"


def test_xlsx_row_far_below_the_last_is_not_waited_for(write_sheet: Sheet) -> None:
    path = write_sheet([["title"], ["甲"]])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'<row r="2"', b'<row r="999999999"').replace(b'r="A2"', b'r="A999999999"')
    assert read(_replaced(path, "xl/worksheets/sheet1.xml", far)) == []


def _replaced(path: Path, part: str, content: bytes) -> Path:
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(packed, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, content if name == part else archive.read(name))
    path.write_bytes(packed.getvalue())
    return path


def test_xlsx_with_a_password_is_told_apart_from_an_old_one(tmp_path: Path) -> None:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    locked = write(tmp_path / "a.xlsx", compound + "EncryptedPackage".encode("utf-16-le"))
    old = write(tmp_path / "b.xlsx", compound + "Workbook".encode("utf-16-le"))
    assert sentence(locked) == "“a.xlsx”设有密码，请取消密码后再导入。"
    assert sentence(old) == "“b.xlsx”是旧版 .xls 格式，请用 Excel 另存为 .xlsx 后再导入。"


def test_half_an_xlsx_is_refused(write_sheet: Sheet, tmp_path: Path) -> None:
    whole = write_sheet([["title"], ["甲"]]).read_bytes()
    half = write(tmp_path / "half.xlsx", whole[: len(whole) // 2])
    assert sentence(half) == "“half.xlsx”不是有效的 .xlsx 文件，或者已经损坏。"
    damaged = _replaced(write_sheet([["title"], ["甲"]]), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row")
    assert sentence(damaged) == "“list.xlsx”不是有效的 .xlsx 文件，或者已经损坏。"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_table_of_ten_thousand_columns_is_refused(write_sheet: Sheet, tmp_path: Path, suffix: str) -> None:
    names = ["title", *(f"列{number}" for number in range(10_000))]
    path = write_sheet([names, ["甲"]]) if suffix == "xlsx" else write(tmp_path / "list.csv", ",".join(names).encode())
    assert sentence(path) == f"“{path.name}”的列太多，最多读 200 列，请删去多余的列。"


def test_jsonl_row_of_ten_thousand_items_is_a_fault(tmp_path: Path) -> None:
    text = "{" + ",".join(f'"列{number}": 1' for number in range(10_000)) + "}"
    (row,) = read(write(tmp_path / "a.jsonl", text.encode()))
    assert row.fault == "这一行的项目太多，最多 200 项。"


def test_of_two_sheets_the_one_with_our_columns_is_read_and_the_other_named(tmp_path: Path) -> None:
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "封面"
    cover.append(["某某大学 2026 年清单"])
    listed = book.create_sheet("需求")
    for row in (["需求名称", "预算"], ["涂层", 60]):
        listed.append(row)
    book.create_sheet("空的")
    book.save(tmp_path / "two.xlsx")
    table = open_table(Source.at(tmp_path / "two.xlsx"), NEED_HEADER)
    assert (table.sheet, table.left_out) == ("需求", ("封面",))
    assert [row.cells["需求名称"] for row in table.rows] == ["涂层"]


def test_formulas_without_a_stored_value_are_named(write_sheet: Sheet) -> None:
    path = write_sheet([["需求名称", "预算", "备注"], ["涂层", "=60+1", "=1"], ["轴承", 5, None], [None, "=2", None]])
    assert [(row.number, row.valueless) for row in read(path)] == [(2, ("预算", "备注")), (3, ()), (4, ("预算",))]


def test_header_that_nobody_knows_is_the_first_row_as_wide_as_the_table(write_sheet: Sheet) -> None:
    path = write_sheet([["2026 年清单"], [], ["甲列", "乙列", "丙列"], ["a", "b", "c"]])
    assert open_table(Source.at(path), NEED_HEADER).columns == ("甲列", "乙列", "丙列")


@pytest.mark.parametrize("text", ["=1+1", "'=1", "''+2", "-20℃", "@x", "#N/A", "'引号", "正常", ""])
def test_texts_kept_from_running_are_read_as_they_were(text: str) -> None:
    assert live(inert(text)) == text
    assert not inert(text).startswith(("=", "+", "-", "@", "#"))
