"""Booklets as files: what is in them, and that no text of people can break them."""

import io
import zipfile

import pytest
from docx import Document
from pypdf import PdfReader

from matchmaker.services.documents import (
    Booklet,
    BookletEntry,
    Chapter,
    IndicatorLine,
    Section,
    booklet_docx,
    booklet_pdf,
)
from matchmaker.services.documents.text import paragraphs, plain

HOSTILE = '#panic("x") $ \\ ` *b* _i_ <w:p> & ]]> "q" @ref // /* ＝1'


def an_entry(number: str, title: str, **values: object) -> BookletEntry:
    whole = {
        "poster": "天山机械有限公司",
        "region": "乌鲁木齐市",
        "abstract": "寻求防止叶片覆冰的涂层。",
        "facts": (("拟投入资金", "120 万元"), ("合作方式", "委托开发")),
        "sections": (Section("要解决的技术问题", "第一段。\n第二段。"),),
        "indicators": (IndicatorLine("覆冰附着强度", "≤ 30", "kPa"),),
        "keywords": ("除冰", "涂层"),
    }
    return BookletEntry(number=number, title=title, **{**whole, **values})


def a_booklet(**values: object) -> Booklet:
    whole = {
        "title": "技术需求汇编",
        "subtitle": "企业技术需求征集",
        "office": "乌鲁木齐市科技局",
        "day": "2026 年 11 月 26 日",
        "note": "本汇编收录技术需求 2 项。",
        "chapters": (
            Chapter("新材料及其应用", (an_entry("001", "低温除冰涂层"),)),
            Chapter("农业", (an_entry("002", HOSTILE, abstract=HOSTILE, poster=HOSTILE),)),
        ),
    }
    return Booklet(**{**whole, **values})


def pdf_text(content: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def docx_text(content: bytes) -> list[str]:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text] + cells


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return booklet_pdf(a_booklet())


@pytest.fixture(scope="module")
def docx() -> bytes:
    return booklet_docx(a_booklet())


def test_pdf_holds_every_part(pdf: bytes) -> None:
    text = pdf_text(pdf)
    parts = (
        "技术需求汇编",
        "目录",
        "001低温除冰涂层",
        "覆冰附着强度≤30kPa",
        "第二段。",
        "索引（按领域）",
        "关键词：除冰、涂层",
    )
    assert [part for part in parts if part not in text] == []


def test_pdf_shows_hostile_text_as_it_is(pdf: bytes) -> None:
    # Typeset quotes and dashes aside, nothing of it was taken as markup.
    text = pdf_text(pdf)
    assert ("#panic(" in text, "*b*_i_<w:p>&]]>" in text) == (True, True)


def test_pdf_has_bookmarks_for_fields_and_entries(pdf: bytes) -> None:
    outline = PdfReader(io.BytesIO(pdf)).outline
    chapters = [mark["/Title"] for mark in outline if not isinstance(mark, list)]
    entries = [mark["/Title"] for marks in outline if isinstance(marks, list) for mark in marks]
    assert (chapters, entries[0]) == (["新材料及其应用", "农业", "索引（按领域）"], "低温除冰涂层")


def test_pdf_uses_only_the_packaged_fonts(pdf: bytes) -> None:
    names = {
        font.get_object()["/BaseFont"].partition("+")[2].partition("-")[0]
        for page in PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert names == {"NotoSansSC", "NotoSerifSC"}


def test_docx_has_real_headings(docx: bytes) -> None:
    styles = {"Heading 1": [], "Heading 2": []}
    for paragraph in Document(io.BytesIO(docx)).paragraphs:
        if paragraph.style.name in styles:
            styles[paragraph.style.name].append(paragraph.text)
    assert styles == {
        "Heading 1": ["新材料及其应用", "农业", "索引（按领域）"],
        "Heading 2": ["001　低温除冰涂层", f"002　{HOSTILE}"],
    }


def test_docx_holds_texts_tables_and_a_table_of_contents(docx: bytes) -> None:
    texts = docx_text(docx)
    parts = ("本汇编收录技术需求 2 项。", "第一段。", "第二段。", "≤ 30", "kPa", "120 万元", HOSTILE)
    assert [part for part in parts if part not in texts] == []
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        assert r'TOC \o "1-2"' in archive.read("word/document.xml").decode()


@pytest.mark.parametrize("words", ["", "内部资料"])
def test_watermark_is_on_internal_booklets_only(words: str) -> None:
    booklet = a_booklet(watermark=words)
    with zipfile.ZipFile(io.BytesIO(booklet_docx(booklet))) as archive:
        heads = "".join(archive.read(name).decode() for name in archive.namelist() if "header" in name)
    assert (pdf_text(booklet_pdf(booklet)).count("内部资料") > 3, 'string="内部资料"' in heads) == (bool(words),) * 2


def test_control_characters_are_left_out() -> None:
    assert plain("一\x00\x0b二\r\n三\u202e四\ud800") == "一二\n三四"
    assert paragraphs(" 一 \n\n\x1f\n二") == ["一", "二"]


def test_files_survive_control_characters() -> None:
    chapters = (Chapter("农\x00业", (an_entry("001", "题\x0b目\ufffe", abstract="\x01摘\x1f要"),)),)
    booklet = a_booklet(chapters=chapters)
    assert ("题目" in pdf_text(booklet_pdf(booklet)), "摘要" in docx_text(booklet_docx(booklet))) == (True, True)
