"""Drafts from the unmet-need map as Word files."""

import io
from typing import Any

from docx import Document

from matchmaker.domain.base import utc_now
from matchmaker.domain.language import N_
from matchmaker.services.documents.text import paragraphs, plain
from matchmaker.services.documents.unmet import ContestDraft, InnovationList
from matchmaker.services.documents.word_parts import ACCENT, SOFT, WordBody, run, set_styles

DRAFT = N_("草稿，供核定时修改")
BLANK = N_("【待填】")


def innovation_list_docx(drafted: InnovationList) -> bytes:
    """Return the list as a .docx file."""
    document, body = _begun(drafted.title, drafted.office, drafted.day, drafted.notes)
    for item in drafted.items:
        body.add("Heading2", run(f"{item.number}　{item.name}"))
        body.add_facts(
            [
                (N_("技术领域"), item.field),
                (N_("所在地区"), item.region),
                (N_("需求数"), str(item.needs)),
                (N_("企业数"), str(item.enterprises)),
            ]
        )
        _listed(body, N_("要解决的技术问题"), item.problems)
        _listed(body, N_("技术指标"), item.indicators or (BLANK,))
    return _written(document)


def contest_draft_docx(drafted: ContestDraft) -> bytes:
    """Return a contest posting as a .docx file."""
    document, body = _begun(
        N_("揭榜挂帅榜单：%(name)s") % {"name": drafted.name}, drafted.office, drafted.day, drafted.notes
    )
    body.add_facts(drafted.facts)
    _listed(body, N_("一、需求背景"), drafted.backgrounds or (BLANK,))
    _listed(body, N_("二、要解决的技术问题"), drafted.problems)
    body.add("Heading2", run(N_("三、技术指标")))
    rows = drafted.indicators or ((BLANK, BLANK, BLANK),)
    body.add_table((N_("指标"), N_("要求"), N_("单位")), rows, (60, 72, 30))
    _listed(body, N_("四、揭榜条件"), drafted.conditions or (BLANK,))
    body.add("Heading2", run(N_("五、时间安排")))
    body.add_table((N_("环节"), N_("时间")), drafted.dates, (60, 102))
    body.add("Heading2", run(N_("六、需求来源")))
    sources = [(str(source.id), source.title, source.poster, source.region) for source in drafted.sources]
    body.add_table((N_("编号"), N_("名称"), N_("单位"), N_("地区")), sources, (16, 74, 44, 28))
    return _written(document)


def _begun(title: str, office: str, day: str, notes: tuple[str, ...]) -> tuple[Any, WordBody]:
    document = Document()
    set_styles(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = plain(title)[:255], plain(office)[:255], ""
    properties.language = "zh-CN"
    properties.created = properties.modified = utc_now().replace(tzinfo=None)
    body = WordBody(document)
    body.add("Normal", run(DRAFT, size=10.5, colour=ACCENT, heading=True))
    body.add("Heading1", run(title))
    body.add("Normal", run(f"{office}　{day}", size=10.5, colour=SOFT, heading=True))
    for note in notes:
        body.add("Normal", run(note, size=9, colour=SOFT))
    return document, body


def _listed(body: WordBody, label: str, texts: tuple[str, ...]) -> None:
    """Add a heading and texts under it, numbered where there are several."""
    body.add("Heading2" if label[1:2] == "、" else "Label", run(label))
    for place, text in enumerate(texts, start=1):
        first, *further = paragraphs(text) or [BLANK]
        body.add("BodyText", run(f"{place}. {first}" if len(texts) > 1 else first))
        for part in further:
            body.add("BodyText", run(part))


def _written(document: Any) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
