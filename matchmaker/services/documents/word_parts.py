"""Pieces of Word files as XML (ECMA-376): python-docx gives package, styles and headers, its body is too slow.

python-docx walks the whole document for each paragraph and cell: a booklet of 450 needs took 23 seconds with it.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from matchmaker.services.documents.text import plain

INK, SOFT, PRIMARY, ACCENT = "10313B", "4C616A", "0A5A6A", "B8500C"
BODY_FONT, HEAD_FONT = "SimSun", "SimHei"
_LATIN = {BODY_FONT: "Times New Roman", HEAD_FONT: "Arial"}
TEXT_WIDTH_MM = 162
_TINT, _LINE = "EEF5F6", "D3DFE2"
_TWIPS_PER_MM = 56.7

_WATERMARK = """<w:p {names} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<w:r><w:pict><v:shapetype id="t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
<v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>
</v:shapetype><v:shape id="watermark" type="#t136" fillcolor="#f3d3d3" stroked="f" style="position:absolute;\
margin-left:0;margin-top:0;width:420pt;height:105pt;rotation:-32;z-index:-1;mso-position-horizontal:center;\
mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin">
<v:fill opacity=".45"/><v:textpath style="font-family:SimHei;font-size:1pt" string="{words}"/></v:shape>\
</w:pict></w:r></w:p>"""


class WordBody:
    """The body of a document, written paragraph by paragraph; `style` is always the id of a style."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._body = document.element.body
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(24)
        section.top_margin, section.bottom_margin = Mm(27), Mm(24)

    def add(self, style: str, runs: str, *, new_page: bool = False) -> None:
        """Add a paragraph of runs made by `run`."""
        self._append(_paragraph(style, runs, new_page=new_page))

    def add_blank(self, count: int) -> None:
        """Add empty paragraphs."""
        for _ in range(count):
            self.add("Normal", "")

    def add_table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """Add a table whose heading row is repeated on each page; `widths` in millimetres."""
        head = "".join(
            _cell(run(text, size=9, colour=PRIMARY, heading=True), width, shaded=True)
            for text, width in zip(heads, widths, strict=True)
        )
        lines = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
        for row in rows:
            cells = (_cell(run(text, size=9.5), width) for text, width in zip(row, widths, strict=True))
            lines.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>")
        self._append(_table("".join(lines), widths, ruled=True))
        self.add("Small", "")

    def add_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Add names and values on a light ground, two of them on a line."""
        widths, lines = (24, 57, 24, 57), []
        for first in range(0, len(facts), 2):
            pair = [*facts[first : first + 2], ("", "")][:2]
            cells = "".join(
                _cell(run(label, size=9, colour=SOFT, heading=True), 24, shaded=True)
                + _cell(run(value, size=9.5), 57, shaded=True)
                for label, value in pair
            )
            lines.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
        self._append(_table("".join(lines), widths, ruled=False))
        self.add("Small", "")

    def add_contents(self, lines: Sequence[tuple[int, str]]) -> None:
        """Add Word's own table of contents; `lines` (level, text) stand in it until Word fills in the pages."""
        for place, (level, text) in enumerate(lines):
            begin = _field_begin(r'TOC \o "1-2" \h \z \u', dirty=True) if place == 0 else ""
            end = _FIELD_END if place == len(lines) - 1 else ""
            self.add(f"TOC{level}", begin + run(text) + end)

    def number_pages(self, head: str, watermark: str) -> None:
        """Begin a section of numbered pages with `head` above each of them and `watermark` (ours) across it."""
        section = self._document.add_section(WD_SECTION.NEW_PAGE)
        section._sectPr.insert_element_before(
            parse_xml(f'<w:pgNumType {nsdecls("w")} w:start="1"/>'), "w:cols", "w:titlePg", "w:docGrid"
        )
        for part in (section.header, section.footer):
            part.is_linked_to_previous = False
            part._element.remove(part.paragraphs[0]._p)
        section.header._element.append(_parsed(_paragraph("Header", run(head, size=8.5, colour=SOFT, heading=True))))
        if watermark:
            shape = _WATERMARK.format(names=nsdecls("w"), words=escape(plain(watermark), {'"': "&quot;"}))
            section.header._element.append(parse_xml(shape))
        self._number(section)

    def number_all(self) -> None:
        """Number the pages of the document's only section."""
        section = self._document.sections[0]
        section.footer.is_linked_to_previous = False
        section.footer._element.remove(section.footer.paragraphs[0]._p)
        self._number(section)

    def add_picture(self, picture: bytes, width_mm: int) -> None:
        """Add a picture in a centred paragraph of its own."""
        self._document.add_picture(io.BytesIO(picture), width=Mm(width_mm))
        paragraph = self._document.paragraphs[-1]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _number(self, section: Any) -> None:
        number = run("— ", size=9, colour=SOFT) + _field_begin("PAGE") + run("1", size=9, colour=SOFT) + _FIELD_END
        foot = _paragraph("Footer", number + run(" —", size=9, colour=SOFT), centred=True)
        section.footer._element.append(_parsed(foot))

    def _append(self, xml: str) -> None:
        self._body.sectPr.addprevious(_parsed(xml))


def run(text: str, *, size: float | None = None, colour: str | None = None, heading: bool = False) -> str:
    """Return text of people as one run; where `heading`, in the font of headings. `size` in points, `colour` in hex."""
    properties = ""
    if heading:
        latin = _LATIN[HEAD_FONT]
        properties += f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{HEAD_FONT}"/>'
    if colour is not None:
        properties += f'<w:color w:val="{colour}"/>'
    if size is not None:
        properties += f'<w:sz w:val="{round(size * 2)}"/>'
    words = escape(plain(text).replace("\n", " "))
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def set_styles(document: Any) -> None:
    """Give the styles Chinese fonts, sizes and colours, and add those that Word does not have."""
    styles = document.styles
    _style(styles["Normal"], BODY_FONT, 10.5, INK)
    _style(styles["Title"], HEAD_FONT, 30, PRIMARY, bold=True, after=10)
    _style(styles["Heading 1"], HEAD_FONT, 18, PRIMARY, bold=True, before=0, after=14)
    _style(styles["Heading 2"], HEAD_FONT, 13, INK, bold=True, before=18, after=6)
    body = styles["Body Text"]
    _style(body, BODY_FONT, 10.5, INK, before=0, after=5)
    body.paragraph_format.first_line_indent, body.paragraph_format.line_spacing = Pt(21), 1.4
    _add_style(styles, "Front heading", "FrontHeading", HEAD_FONT, 18, PRIMARY, bold=True, after=14)
    label = _add_style(styles, "Label", "Label", HEAD_FONT, 10.5, INK, bold=True, before=8, after=4)
    label.paragraph_format.keep_with_next = True
    _add_style(styles, "Small", "Small", BODY_FONT, 4, INK)
    for level, font, colour in ((1, HEAD_FONT, PRIMARY), (2, BODY_FONT, INK)):
        contents = _add_style(styles, f"toc {level}", f"TOC{level}", font, 10.5, colour, after=2)
        contents.paragraph_format.left_indent = Pt(14 * (level - 1))
        contents.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _add_style(styles: Any, name: str, style_id: str, *font: Any, **spaces: Any) -> Any:
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.element.set(qn("w:styleId"), style_id)
    _style(style, *font, **{"before": 0, "after": 0, **spaces})
    return style


def _style(
    style: Any,
    name: str,
    size: float,
    colour: str,
    *,
    bold: bool = False,
    before: float | None = None,
    after: float | None = None,
) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = _LATIN[name], Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), name)
    if before is not None:
        style.paragraph_format.space_before = Pt(before)
    if after is not None:
        style.paragraph_format.space_after = Pt(after)


def _parsed(xml: str) -> Any:
    tag, _, rest = xml.partition(">")
    return parse_xml(f"{tag} {nsdecls('w')}>{rest}")


def _paragraph(style: str, runs: str, *, new_page: bool = False, centred: bool = False) -> str:
    broken = "<w:pageBreakBefore/>" if new_page else ""
    aligned = '<w:jc w:val="center"/>' if centred else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{broken}{aligned}</w:pPr>{runs}</w:p>'


def _cell(runs: str, width: int, *, shaded: bool = False) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{_TINT}"/>' if shaded else ""
    size = f'<w:tcW w:w="{round(width * _TWIPS_PER_MM)}" w:type="dxa"/>'
    spaced = '<w:pPr><w:spacing w:before="50" w:after="50"/></w:pPr>'
    return f"<w:tc><w:tcPr>{size}{shade}</w:tcPr><w:p>{spaced}{runs}</w:p></w:tc>"


def _table(rows: str, widths: Sequence[int], *, ruled: bool) -> str:
    columns = "".join(f'<w:gridCol w:w="{round(width * _TWIPS_PER_MM)}"/>' for width in widths)
    borders = ""
    if ruled:
        borders = (
            f'<w:tblBorders><w:top w:val="single" w:sz="8" w:color="{PRIMARY}"/>'
            f'<w:bottom w:val="single" w:sz="4" w:color="{_LINE}"/>'
            f'<w:insideH w:val="single" w:sz="4" w:color="{_LINE}"/></w:tblBorders>'
        )
    layout = '<w:tblW w:w="0" w:type="auto"/>' + borders + '<w:tblLayout w:type="fixed"/>'
    return f"<w:tbl><w:tblPr>{layout}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"


def _field_begin(instruction: str, *, dirty: bool = False) -> str:
    mark = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{mark}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{escape(instruction)}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


_FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
