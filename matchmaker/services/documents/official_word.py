"""The look of official papers (GB/T 9704): fonts by their Chinese names with fallbacks, indents of two characters."""

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TITLE_FONT, BODY_FONT, HEAD_FONT, SECOND_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
# What stands in where a machine lacks them, by the names that Word and WPS know.
FALLBACKS = {
    TITLE_FONT: ("FZXiaoBiaoSong-B05S", "SimSun"),
    BODY_FONT: ("仿宋", "FangSong"),
    HEAD_FONT: ("SimHei",),
    SECOND_FONT: ("楷体", "KaiTi"),
}
LATIN = "Times New Roman"
BODY_POINTS, LINE_POINTS = 16, 28
_FONT_TABLE = "/word/fontTable.xml"
_NUMERALS = "一二三四五六七八九十"


def numeral(number: int) -> str:
    """Return a number from 1 to 19 as headings of official papers count."""
    return _NUMERALS[number - 1] if number <= 10 else _NUMERALS[9] + _NUMERALS[number - 11]


def set_official(document: Any) -> None:
    """Give a new document the page, the styles and the fonts of an official paper."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    styles = document.styles
    _font(styles["Normal"], BODY_FONT, 10.5)
    title = _font(styles["Title"], TITLE_FONT, 22)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    borders = title.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:
        title.element.pPr.remove(borders)
    _indented(_font(styles["Heading 1"], HEAD_FONT, BODY_POINTS))
    _indented(_font(styles["Heading 2"], SECOND_FONT, BODY_POINTS))
    _indented(_font(styles["Body Text"], BODY_FONT, BODY_POINTS))
    _centred(_added(styles, "Subtitle line", "SubtitleLine", SECOND_FONT, BODY_POINTS))
    caption = _centred(_added(styles, "Table caption", "TableCaption", HEAD_FONT, 12))
    caption.paragraph_format.space_before, caption.paragraph_format.keep_with_next = Pt(12), True
    _added(styles, "Remark", "Remark", BODY_FONT, 10.5)
    _added(styles, "Small", "Small", BODY_FONT, 4)
    name_fallbacks(document)


def name_fallbacks(document: Any) -> None:
    """Write into the table of fonts what may stand in for each Chinese one."""
    part = next(part for part in document.part.package.iter_parts() if str(part.partname) == _FONT_TABLE)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/><w:charset w:val="86"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")


def _added(styles: Any, name: str, style_id: str, font: str, size: float) -> Any:
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.element.set(qn("w:styleId"), style_id)
    return _font(style, font, size)


def _font(style: Any, name: str, size: float) -> Any:
    style.font.name, style.font.size, style.font.bold, style.font.italic = LATIN, Pt(size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), name)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    return style


def _indented(style: Any) -> Any:
    """Indent the first line by two characters, whatever their size, on lines of a fixed height."""
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE_POINTS)
    form.first_line_indent = Pt(2 * BODY_POINTS)
    style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
    return style


def _centred(style: Any) -> Any:
    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return style
