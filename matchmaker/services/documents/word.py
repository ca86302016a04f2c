"""Booklets as Word files, with real headings, so that Word's own table of contents and navigation work."""

import io

from docx import Document

from matchmaker.domain.base import utc_now
from matchmaker.domain.language import N_
from matchmaker.services.documents.booklet import Booklet, BookletEntry
from matchmaker.services.documents.text import paragraphs, plain
from matchmaker.services.documents.word_parts import (
    ACCENT,
    PRIMARY,
    SOFT,
    WordBody,
    run,
    set_styles,
)

INDEX_TITLE = N_("索引（按领域）")


def booklet_docx(booklet: Booklet) -> bytes:
    """Return a booklet as a .docx file. 400 needs take less than a second."""
    document = Document()
    set_styles(document)
    properties = document.core_properties
    properties.title, properties.author = plain(booklet.title)[:255], plain(booklet.office)[:255]
    properties.language, properties.comments = "zh-CN", ""
    properties.created = properties.modified = utc_now().replace(tzinfo=None)
    body = WordBody(document)
    _cover(body, booklet)
    body.number_pages(f"{booklet.title}　{booklet.office}", booklet.watermark)
    _front(body, booklet)
    for chapter in booklet.chapters:
        body.add("Heading1", run(chapter.title), new_page=True)
        for entry in chapter.entries:
            _entry(body, entry)
    _index(body, booklet)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _cover(body: WordBody, booklet: Booklet) -> None:
    body.add_blank(5)
    if booklet.watermark:
        body.add("Normal", run(booklet.watermark, size=14, colour=ACCENT, heading=True))
    body.add("Title", run(booklet.title))
    body.add("Normal", run(booklet.subtitle, size=15, colour=SOFT, heading=True))
    body.add_blank(16)
    body.add("Normal", run(booklet.office, size=16, heading=True))
    body.add("Normal", run(booklet.day, size=13, colour=SOFT, heading=True))


def _front(body: WordBody, booklet: Booklet) -> None:
    body.add("FrontHeading", run(N_("编制说明")))
    _prose(body, booklet.note)
    rows = [(chapter.title, str(len(chapter.entries))) for chapter in booklet.chapters]
    body.add_table((N_("领域"), N_("项数")), [*rows, (N_("合计"), str(booklet.count))], (126, 36))
    body.add("FrontHeading", run(N_("目录")), new_page=True)
    lines: list[tuple[int, str]] = []
    for chapter in booklet.chapters:
        lines.append((1, chapter.title))
        lines += [(2, f"{entry.number}　{entry.title}") for entry in chapter.entries]
    body.add_contents([*lines, (1, INDEX_TITLE)])


def _entry(body: WordBody, entry: BookletEntry) -> None:
    body.add("Heading2", run(f"{entry.number}　{entry.title}"))
    body.add_facts([(N_("单位"), entry.poster), (N_("地区"), entry.region), *entry.facts])
    _prose(body, entry.abstract)
    if entry.indicators:
        body.add("Label", run(N_("技术指标")))
        rows = [(row.name, row.requirement, row.unit) for row in entry.indicators]
        body.add_table((N_("指标"), N_("要求"), N_("单位")), rows, (60, 72, 30))
    for section in entry.sections:
        body.add("Label", run(section.label))
        _prose(body, section.text)
    if entry.keywords:
        body.add("Normal", run(N_("关键词：") + "、".join(entry.keywords), size=9, colour=SOFT, heading=True))
    for mark in entry.marks:
        body.add("Normal", run(mark, size=9, colour=ACCENT, heading=True))


def _prose(body: WordBody, text: str) -> None:
    for part in paragraphs(text):
        body.add("BodyText", run(part))


def _index(body: WordBody, booklet: Booklet) -> None:
    body.add("Heading1", run(INDEX_TITLE), new_page=True)
    for chapter in booklet.chapters:
        body.add("Label", run(chapter.title, colour=PRIMARY))
        rows = [(entry.number, entry.title, entry.poster) for entry in chapter.entries]
        body.add_table((N_("编号"), N_("名称"), N_("单位")), rows, (18, 94, 50))
