"""Whether a Word file may be a template: a sound package, and nothing in it but known placeholders.

The template language is a small part of Jinja: `{{ name.part }}`, `{% for x in list %}`, `{% if name.part %}`, with the
marks of docxtpl for paragraphs, rows, cells and runs. There are no calls, filters, numbers or loops in loops, so a
template reaches nothing and its work is bounded by the records.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from docx import Document
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.services.packages import Oversized, declares_entities, parts_of
from matchmaker.services.papers.placeholders import Placeholders, placeholders_of

MOST_BYTES = 4 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 300
MOST_TAGS = 2000
_SHOWN = 40
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
_HALF = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
# Marks of docxtpl: a tag that stands for its whole paragraph, row, cell or run.
_MARK = re.compile(r"^(\{[{%])(?:p|tr|tc|r)\s")
_ACTIVE = ("vbaproject", "activex", "embeddings/", "oleobject")
_LANGUAGE = SandboxedEnvironment()
_PLAIN_NODES = (nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Not)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


def check_template(kind: str, content: bytes) -> None:
    """Let a file pass that may be a template of a kind of paper.

    Raises:
        Invalid: it is no sound Word file, or names what is not known; the sentence says what and in which paragraph.
    """
    _check_package(content)
    lines = list(_lines(content))
    known = placeholders_of(kind)
    tags = 0
    for line in lines:
        tags += _check_line(line, known)
        if tags > MOST_TAGS:
            raise Invalid(N_("模板里的占位符太多，最多 %(most)s 个。"), most=MOST_TAGS)
    _check_blocks(lines, known)


def named_in(content: bytes) -> frozenset[str]:
    """Return the names that the placeholders of a checked template hold."""
    tags = (tag for line in _lines(content) for tag in _TAG.findall(line.text) if tag.startswith("{{"))
    return frozenset(_unmarked(tag)[2:-2].strip() for tag in tags)


def _check_package(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Invalid(N_("模板文件太大，最多 %(most)s MB。"), most=MOST_BYTES // 1024 // 1024)
    try:
        for name, part in parts_of(content, most_parts=MOST_PARTS, most_unpacked=MOST_UNPACKED):
            _check_part(name, part)
        Document(io.BytesIO(content))
    except Invalid:
        raise
    except Oversized as error:
        raise Invalid(N_("模板文件展开后太大，请删去图片等内容后再上传。")) from error
    except Exception as error:  # a damaged package fails in any of three libraries, each in its own way
        raise Invalid(N_("这不是完好的 Word 文件（.docx），请用 Word 或 WPS 另存为 .docx 后再上传。")) from error


def _check_part(name: str, content: bytes) -> None:
    lowered = name.lower()
    if any(mark in lowered for mark in _ACTIVE):
        raise Invalid(N_("模板不能含有宏、控件或嵌入的对象，请删去后再上传。"))
    if lowered.endswith((".xml", ".rels")) and declares_entities(content):
        raise Invalid(N_("模板不能含有实体声明，请用 Word 或 WPS 另存后再上传。"))
    if (
        lowered.endswith(".rels")
        and re.search(rb"TargetMode\s*=\s*[\"']External", content)
        and (b"hyperlink" not in content or b"attachedTemplate" in content or b"/image" in content)
    ):
        raise Invalid(N_("模板不能引用外部的文件或图片，请改为嵌入后再上传。"))


def _lines(content: bytes) -> Iterator[_Line]:
    """Yield the paragraphs of body, tables, headers and footers, counted as they come."""
    document = Document(io.BytesIO(content))
    roots = [document.element.body]
    for section in document.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not part.is_linked_to_previous:
                roots.append(part._element)
    number = 0
    for root in roots:
        for paragraph in root.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
            number += 1
            text = "".join(
                node.text or ""
                for node in paragraph.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")
            )
            yield _Line(number, text)


def _check_line(line: _Line, known: Placeholders) -> int:
    """Check that each tag of a paragraph is whole and names what is known; return how many there are."""
    tags = _TAG.findall(line.text)
    if half := _HALF.search(_TAG.sub("", line.text)):
        raise _fault(line, N_("有不成对的 %(mark)s"), mark=half.group())
    for tag in tags:
        if tag.startswith("{{"):
            _check_name(line, tag, _parsed(line, _unmarked(tag)), known)
    return len(tags)


def _unmarked(tag: str) -> str:
    return _MARK.sub(r"\1 ", tag).replace("{{-", "{{").replace("-}}", "}}")


def _parsed(line: _Line, source: str) -> nodes.Template:
    try:
        return _LANGUAGE.parse(source)
    except TemplateSyntaxError as error:
        raise _fault(line, N_("占位符 %(tag)s 写得不对"), tag=source) from error


def _check_name(line: _Line, tag: str, parsed: nodes.Template, known: Placeholders) -> None:
    """A single placeholder: a name that is known, as a field or as a field of some list's rows."""
    for node in parsed.find_all(nodes.Node):
        if not isinstance(node, (nodes.Template, *_PLAIN_NODES)) or isinstance(node, nodes.Not):
            raise _fault(line, N_("占位符 %(tag)s 只能写名称，不能写运算、函数或筛选"), tag=tag)
    path = next((_path(node) for node in parsed.find_all((nodes.Getattr, nodes.Name))), "")
    rows = {name for fields in known.lists.values() for name in fields}
    if path not in known.fields and not (path.count(".") == 1 and path.split(".")[1] in rows):
        raise _fault(line, N_("没有占位符 %(tag)s"), tag=tag)


def _check_blocks(lines: list[_Line], known: Placeholders) -> None:
    """Check loops and conditions over the whole text: closed, not nested too deep, over known lists only."""
    open_tags: list[tuple[_Line, str]] = []
    rows: dict[str, str] = {}
    for line in lines:
        for tag in _TAG.findall(line.text):
            if tag.startswith("{%"):
                _check_block(line, tag, open_tags, rows, known)
            elif tag.startswith("{{"):
                _check_row(line, tag, rows, known)
    if open_tags:
        line, word = open_tags[-1]
        raise _fault(line, N_("{%% %(word)s %%} 没有结束"), word=word)


def _check_block(
    line: _Line, tag: str, open_tags: list[tuple[_Line, str]], rows: dict[str, str], known: Placeholders
) -> None:
    words = _unmarked(tag)[2:-2].strip(" -").split()
    match words:
        case ["for", name, "in", listed] if listed in known.lists and name.isidentifier() and not rows:
            open_tags.append((line, "for"))
            rows[name] = listed
        case ["if", *condition] if condition and (condition[-1] in known.fields or condition[-1] in known.lists):
            if condition[:-1] not in ([], ["not"]):
                raise _fault(line, N_("条件 %(tag)s 只能写一个名称"), tag=tag)
            open_tags.append((line, "if"))
        case ["else"] if open_tags and open_tags[-1][1] == "if":
            pass
        case ["endfor" | "endif" as word] if open_tags and word == f"end{open_tags[-1][1]}":
            open_tags.pop()
            if word == "endfor":
                rows.clear()
        case _:
            raise _fault(line, N_("不能使用 %(tag)s"), tag=tag)


def _check_row(line: _Line, tag: str, rows: dict[str, str], known: Placeholders) -> None:
    path = _unmarked(tag)[2:-2].strip()
    name, _, field = path.partition(".")
    if path not in known.fields and field not in known.lists.get(rows.get(name, ""), {}):
        raise _fault(line, N_("没有占位符 %(tag)s"), tag=tag)


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else ""


def _fault(line: _Line, what: str, **values: str) -> Invalid:
    around = line.text if len(line.text) <= _SHOWN else f"{line.text[:_SHOWN]}…"
    told = Sentence(what, **values)
    return Invalid(N_("第 %(number)s 段（%(around)s）：%(what)s。"), number=line.number, around=around, what=told)
