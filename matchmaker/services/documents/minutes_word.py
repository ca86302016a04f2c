"""Minutes as a Word file of one or a few pages, marked as confidential on each of them."""

import io

from docx import Document

from matchmaker.domain.base import utc_now
from matchmaker.services.documents.minutes import MinuteFile
from matchmaker.services.documents.text import paragraphs, plain
from matchmaker.services.documents.word_parts import ACCENT, SOFT, WordBody, run, set_styles


def minutes_docx(file: MinuteFile) -> bytes:
    """Return minutes as a .docx file."""
    document = Document()
    set_styles(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = plain(file.title)[:255], "", ""
    properties.language = "zh-CN"
    properties.created = properties.modified = utc_now().replace(tzinfo=None)
    body = WordBody(document)
    body.add("Normal", run(file.mark, size=10.5, colour=ACCENT, heading=True))
    body.add("Heading1", run(file.title))
    body.add_facts(file.facts)
    for part in paragraphs(file.text):
        body.add("BodyText", run(part))
    body.add_blank(1)
    body.add("Normal", run(file.made, size=9, colour=SOFT))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
