"""Templates that people upload: only known placeholders pass, and hostile files reach nothing."""

import io
import re
import zipfile

import pytest
from docx import Document

from matchmaker.domain.errors import Invalid
from matchmaker.domain.papers import PaperKind
from matchmaker.services.papers.checking import check_template
from matchmaker.services.papers.drafting import render
from matchmaker.services.papers.templates import shipped_template


def template(*lines):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def packed(**parts):
    """A sound template with further parts."""
    written = io.BytesIO(template("{{ paper.name }}"))
    with zipfile.ZipFile(written, "a") as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return written.getvalue()


def fault(content, kind="development"):
    with pytest.raises(Invalid) as caught:
        check_template(kind, content)
    return str(caught.value)


@pytest.mark.parametrize("kind", PaperKind)
def test_shipped_templates_pass_and_fill_with_blanks_only(kind):
    check_template(kind, shipped_template(kind))
    written = Document(io.BytesIO(render(kind, shipped_template(kind), {})))
    text = "\n".join(paragraph.text for paragraph in written.paragraphs)
    assert ("【待填】" in text, re.findall(r"\{\{|\{%", text)) == (True, [])


@pytest.mark.parametrize("kind", PaperKind)
def test_shipped_templates_name_chinese_fonts(kind):
    styles = Document(io.BytesIO(shipped_template(kind))).styles
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia"
    fonts = [styles[each].element.rPr.rFonts.get(name) for each in ("Normal", "Title", "Heading 1")]
    assert fonts == ["FangSong", "SimHei", "SimHei"]


@pytest.mark.parametrize(
    ("tag", "what"),
    [
        ("{{ contract.nmae }}", "没有占位符 {{ contract.nmae }}"),
        ("{{ contract.name", "有不成对的 {{"),
        ("{{ contract..name }}", "占位符 {{ contract..name }} 写得不对"),
        ("{{ one.name }}", "没有占位符 {{ one.name }}"),
        ("{{ row.amount }}", "没有占位符 {{ row.amount }}"),
    ],
)
def test_a_wrong_placeholder_is_named_with_its_paragraph(tag, what):
    assert fault(template("第一段", f"甲方：{tag}")) == f"第 2 段（甲方：{tag}）：{what}。"


@pytest.mark.parametrize(
    "line",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ contract.__class__ }}",
        "{{ contract.name.format(1) }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ contract.name * 999999999 }}",
        "{{ contract.name | replace('a', 'b') }}",
        "{{ contract['name'] }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self }}",
        "{{ range(9) }}",
        "{% for x in range(999999999) %}{% endfor %}",
        "{% for x in 'abc' %}{% endfor %}",
        "{% for a in payments %}{% for b in payments %}{% endfor %}{% endfor %}",
        "{% for row in payments recursive %}{% endfor %}",
        "{% set x = 1 %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% macro x() %}{% endmacro %}",
        "{% if contract.name == 1 %}{% endif %}",
        "{% if contract.name %}",
        "{% endif %}",
        "{%p for row in payments %}",
    ],
)
def test_whatever_could_compute_or_loop_is_refused(line):
    assert fault(template(line)).startswith("第 1 段")


def test_a_placeholder_split_over_runs_is_read_as_one():
    document = Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ contract", ".nmae", " }}"):
        paragraph.add_run(piece)
    written = io.BytesIO()
    document.save(written)
    assert "{{ contract.nmae }}" in fault(written.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 not really",
        packed(word__vbaProject_dot_bin=b"x"),
        packed(word__embeddings__oleObject1_dot_bin=b"x"),
        packed(word__extra_dot_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        packed(word___rels__settings_dot_xml_dot_rels=b'<a Type="attachedTemplate" TargetMode="External"/>'),
        packed(word__bomb_dot_xml=b"0" * 41_000_000),
    ],
)
def test_unsound_and_hostile_packages_are_refused(content):
    assert fault(content) != ""


def test_values_are_text_and_never_markup_or_template():
    content = template("{{ contract.name }}|{{ buyer.name }}")
    hostile = {"contract.name": "A<b>&{{ paper.name }}", "buyer.name": "\x00\x08乙"}
    assert Document(io.BytesIO(render("development", content, hostile))).paragraphs[0].text == (
        "A<b>&{{ paper.name }}|乙"
    )


def test_conditions_take_blanks_for_empty_and_loops_repeat_rows():
    content = template(
        "{%p if broker.name %}", "有", "{%p endif %}", "{%p for row in payments %}", "{{ row.on }}", "{%p endfor %}"
    )
    rows = {"payments": [{"on": "一"}, {"on": "二"}]}
    written = Document(io.BytesIO(render("development", content, rows)))
    assert [paragraph.text for paragraph in written.paragraphs] == ["一", "二"]
