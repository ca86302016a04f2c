"""The fixed form of a presentation as a .pptx file: a number of slides with given headings and what each is to say."""

import io
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from matchmaker.domain.language import N_
from matchmaker.services.documents.text import plain

SLIDES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        N_("技术与产品"),
        (
            N_("解决什么问题，原理和关键指标"),
            N_("成熟度：样机、中试还是量产，有什么证明"),
            N_("专利等知识产权归谁所有"),
        ),
    ),
    (N_("商业模式与计划"), (N_("卖给谁，怎样收费，成本和毛利"), N_("未来三年的计划和里程碑"))),
    (N_("行业与市场"), (N_("市场有多大，增长多快，数据来源"), N_("现有的做法和竞争者，优势在哪里"))),
    (N_("团队"), (N_("核心成员各做什么"), N_("以前做成过什么"))),
    (
        N_("寻求什么"),
        (N_("要找的合作方：企业、资金、场地还是政策"), N_("希望的合作方式和时间"), N_("联系人")),
    ),
)
"""The headings that every presentation has, in this order, after a first slide with the title."""
FONT = "Microsoft YaHei"
_INK, _PRIMARY, _DEEP, _SOFT, _PALE, _WHITE = (
    RGBColor.from_string(code)  # type: ignore[no-untyped-call]
    for code in ("10313B", "0A5A6A", "073842", "4C616A", "DCECEE", "FFFFFF")
)
_WIDTH, _HEIGHT = Emu(12192000), Emu(6858000)
_MARGIN = Emu(762000)


def slides_template(event_title: str) -> bytes:
    """Return an empty presentation for one event, 16:9, with one slide for each of SLIDES after the first."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDTH, _HEIGHT
    deck.core_properties.title, deck.core_properties.author = plain(event_title), "matchmaker"
    _first(deck, plain(event_title))
    for number, (heading, hints) in enumerate(SLIDES, start=2):
        _slide(deck, number, heading, hints)
    written = io.BytesIO()
    deck.save(written)
    return written.getvalue()


def _first(deck: Any, event_title: str) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    ground = slide.background.fill
    ground.solid()
    ground.fore_color.rgb = _DEEP
    title, below = slide.placeholders[0], slide.placeholders[1]
    _place(title, _MARGIN, Emu(2100000), _WIDTH - 2 * _MARGIN, Emu(1300000))
    _place(below, _MARGIN, Emu(3500000), _WIDTH - 2 * _MARGIN, Emu(1500000))
    _write(title.text_frame, [N_("项目名称")], Pt(44), _WHITE, bold=True)
    lines = [N_("单位 · 演讲人"), event_title]
    _write(below.text_frame, lines, Pt(22), _PALE)


def _slide(deck: Any, number: int, heading: str, hints: tuple[str, ...]) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Emu(0), Emu(0), Emu(160000), _HEIGHT)
    bar.fill.solid()
    bar.fill.fore_color.rgb = _PRIMARY
    bar.line.fill.background()
    title, body = slide.placeholders[0], slide.placeholders[1]
    _place(title, _MARGIN, Emu(420000), _WIDTH - 2 * _MARGIN, Emu(1000000))
    _place(body, _MARGIN, Emu(1600000), _WIDTH - 2 * _MARGIN, Emu(4500000))
    _write(title.text_frame, [heading], Pt(34), _INK, bold=True)
    _write(body.text_frame, list(hints), Pt(22), _SOFT)
    slide.notes_slide.notes_text_frame.text = N_("写完后请删去灰色的提示。不要增加或调换页面：评委按这几页打分。")
    mark = slide.shapes.add_textbox(_WIDTH - Emu(1300000), _HEIGHT - Emu(560000), Emu(1000000), Emu(360000))
    _write(mark.text_frame, [f"{number} / {len(SLIDES) + 1}"], Pt(12), _SOFT)


def _place(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = Emu(left), Emu(top), Emu(width), Emu(height)


def _write(frame: Any, lines: list[str], size: Any, colour: RGBColor, *, bold: bool = False) -> None:
    frame.word_wrap = True
    for place, text in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = None
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold, run.font.color.rgb, run.font.name = size, bold, colour, FONT
        # The Latin name alone leaves Chinese characters to whatever the machine has.
        east = run.font._element.makeelement(qn("a:ea"), {"typeface": FONT})
        run.font._element.append(east)
