"""Write the templates of papers that come with the package from `paper_texts.txt`: `make_paper_templates.py`.

A line is a paragraph. "# name @kind" begins a file, "= " is its title, "# " a heading, 第N条 in it the next
article; "@parties", "@payments", "@deductions", "@closing", "@signatures a|b" and "@confidentiality" stand for what
several have in common.
"""

import re
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "matchmaker" / "services" / "papers" / "shipped"
TEXTS = Path(__file__).parent / "paper_texts.txt"
CONFIDENTIALITY = ROOT / "matchmaker" / "services" / "confidentiality.txt"
SHARED = Path(__file__).parent / "paper_shared.txt"
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
# What stands below a party's name, and how high each line is, in points.
SIGNED = (("", 42), ("（盖章）", 28), ("法定代表人或代理人签字：", 42), ("日期：　　　年　　月　　日", 36))
BODY, HEAD = ("FangSong", "Times New Roman"), ("SimHei", "Arial")


def main() -> None:
    """Write every file."""
    SHIPPED.mkdir(exist_ok=True)
    shared = dict(_sections(SHARED))
    for kind, lines in _sections(TEXTS):
        document = _begun(shared)
        for line in lines:
            _write(document, line, shared)
        document.save(str(SHIPPED / f"{kind}.docx"))


def _sections(file: Path) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if begun := re.fullmatch(r"# .*@(\w+)", line):
            found.append((begun.group(1), []))
        elif line:
            found[-1][1].append(line)
    return found


def _begun(shared: dict[str, list[str]]) -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(document.styles["Normal"], BODY, 14)
    _font(document.styles["Title"], HEAD, 22)
    _font(document.styles["Heading 1"], HEAD, 14)
    _font(document.styles["Footer"], BODY, 9)
    document.styles["Normal"].paragraph_format.line_spacing = Pt(28)
    spacing = document.styles["Heading 1"].paragraph_format
    spacing.space_before, spacing.space_after, spacing.keep_with_next = Pt(7), Pt(0), True
    document.styles["Footer"].paragraph_format.line_spacing = 1.0
    document.core_properties.language, document.core_properties.comments = "zh-CN", ""
    document.core_properties.author, document.core_properties.title = "", ""
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(shared["footer"][0])
    pages = section.footer.add_paragraph(style="Footer")
    pages.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES")):
        pages.add_run(text)
        _field(pages.add_run(), field)
    pages.add_run(" 页")
    return document


def _field(run: Any, name: str) -> None:
    """Let Word write a number that it knows itself."""
    for kind, text in (("begin", None), (None, name), ("separate", None), ("text", "1"), ("end", None)):
        if kind == "text":
            run.add_text(text)
            continue
        part = OxmlElement("w:instrText" if kind is None else "w:fldChar")
        if kind is None:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _font(style: Any, fonts: tuple[str, str], points: float) -> None:
    east, west = fonts
    style.font.name, style.font.size = west, Pt(points)
    style.font.color.rgb, style.font.bold = None, False
    properties = style.element.get_or_add_rPr()
    rfonts = properties.get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        rfonts.attrib.pop(qn(f"w:{name}"), None)
    rfonts.set(qn("w:eastAsia"), east)
    colour = properties.find(qn("w:color"))
    if colour is not None:
        properties.remove(colour)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    borders = style.element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
    if borders is not None:
        borders.getparent().remove(borders)


def _write(document: Any, line: str, shared: dict[str, list[str]]) -> None:
    if line.startswith("= "):
        title = document.add_paragraph(line[2:], style="Title")
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif line.startswith("# "):
        articles = sum(paragraph.text.startswith("第") for paragraph in document.paragraphs)
        document.add_paragraph(line[2:].replace("第N条", f"第{NUMERALS[articles]}条"), style="Heading 1")
    elif line == "@confidentiality":
        for text in CONFIDENTIALITY.read_text(encoding="utf-8").split("\n\n")[3:]:
            _paragraph(document, text.strip())
    elif line.startswith("@signatures"):
        _signatures(document, *line.removeprefix("@signatures").split("|"))
    elif line in {"@payments", "@deductions"}:
        _table(document, line[1:], shared[line[1:]])
    elif line.startswith("@"):
        for each in shared[line[1:]]:
            _write(document, each, shared)
    else:
        _paragraph(document, line)


def _paragraph(document: Any, text: str) -> Any:
    paragraph = document.add_paragraph(text)
    paragraph.paragraph_format.space_after = Pt(0)
    if not text.startswith("{%p"):
        paragraph.paragraph_format.first_line_indent = Pt(28)
    return paragraph


def _table(document: Any, name: str, lines: list[str]) -> None:
    """A table of a list's rows, left out with its heading where there are none."""
    heading, heads, cells = lines[0], lines[1].split("|"), lines[2].split("|")
    document.add_paragraph(f"{{%p if {name} %}}")
    _paragraph(document, heading).paragraph_format.keep_with_next = True
    table = document.add_table(rows=4, cols=len(heads), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        _cell(cell, text, centred=True)
    table.rows[1].cells[0].text = f"{{%tr for row in {name} %}}"
    for cell, text in zip(table.rows[2].cells, cells, strict=True):
        _cell(cell, text, is_amount="amount" in text)
    table.rows[3].cells[0].text = "{%tr endfor %}"
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _whole(table)
    document.add_paragraph("{%p endif %}")


def _cell(cell: Any, text: str, *, centred: bool = False, is_amount: bool = False) -> None:
    cell.text = text
    (paragraph,) = cell.paragraphs
    paragraph.paragraph_format.line_spacing = Pt(22)
    for run in paragraph.runs:
        run.font.size = Pt(12)
    if is_amount:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    elif centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _whole(table: Any) -> None:
    """No row of it is torn apart at the end of a page."""
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))


def _signatures(document: Any, one: str, other: str) -> None:
    """Both signatures on one page, and never without a line of the text that is signed."""
    for paragraph in document.paragraphs[-4:]:  # of which some are left out with their condition
        paragraph.paragraph_format.keep_with_next = True
    table = document.add_table(rows=len(SIGNED), cols=2)
    for row, (text, height) in zip(table.rows, SIGNED, strict=True):
        row.height = Pt(height)
        for cell, party in zip(row.cells, (one, other), strict=True):
            cell.text = text or party
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
            cell.paragraphs[0].paragraph_format.keep_with_next = text != SIGNED[-1][0]
    _whole(table)


if __name__ == "__main__":
    main()
