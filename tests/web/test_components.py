"""The building blocks of pages, rendered alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask, render_template_string
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired

from matchmaker.domain.errors import Invalid
from matchmaker.services.listing_views import IndicatorView
from matchmaker.services.reasons import reasons_of
from matchmaker.web.forms.base import BaseForm, attach_errors
from tests.web.html import Page

Render = Callable[..., str]


@pytest.fixture
def render(app: Flask):
    """Return a renderer of a piece of template, within a request."""
    with app.test_request_context("/"):
        yield lambda source, **context: render_template_string(source, **context).strip()


@dataclass
class Option:
    """A value of a facet."""

    value: str
    name: str
    count: int


class TryForm(BaseForm):
    """A form with each kind of field."""

    title = StringField("名称", [DataRequired()], description="三十字以内")
    kind = SelectField("类别", choices=[SelectChoice("a", "甲"), SelectChoice("b", "乙")])
    agreed = BooleanField("同意")
    way = RadioField("方式", choices=[SelectChoice("x", "一"), SelectChoice("y", "二")])


def test_reason_bars_name_value_and_direction(render: Render) -> None:
    reasons = reasons_of([["base", None, -2.0], ["meaning_full_full", 0.8, 2.0], ["region", 0.0, -0.5]])
    html = render('{% from "components/match.html" import reason_bars %}{{ reason_bars(reasons) }}', reasons=reasons)
    page = Page(html)
    assert page.texts("reason-value") == ["+2.00", "-0.50"]
    assert (html.count('class="reason reason-plus"'), html.count('class="reason reason-minus"')) == (1, 1)
    assert 'x="0" width="100.0"' in html
    assert 'x="-25.0" width="25.0"' in html


@pytest.mark.parametrize(("grade", "name"), [(3, "强"), (2, "较强"), (1, "弱"), (0, "无")])
def test_grade_shows_its_name_and_percentage(render: Render, grade: int, name: str) -> None:
    html = render(
        '{% from "components/match.html" import match_grade %}{{ match_grade(grade, 0.864, "lg") }}', grade=grade
    )
    assert Page(html).texts("grade") == [f"匹配程度：{name}"]
    assert Page(html).texts("match-grade-number") == ["86%"]
    assert 'width="86.4"' in html


def test_highlighted_text_is_marked_and_escaped(render: Render) -> None:
    fragments = [SimpleNamespace(text="<b>", marked=False), SimpleNamespace(text="除冰", marked=True)]
    html = render('{% from "components/match.html" import highlighted %}{{ highlighted(f) }}', f=fragments)
    assert html == "&lt;b&gt;<mark>除冰</mark>"


def test_indicator_table_writes_ranges_comparators_and_text(render: Render) -> None:
    rows = [
        IndicatorView("能耗", "le", "45", None, "kWh/t"),
        IndicatorView("温度", "between", "-40", "60", "℃"),
        IndicatorView("外观", "text", "无裂纹", None, None),
    ]
    html = render('{% from "components/listing.html" import indicator_table %}{{ indicator_table(rows) }}', rows=rows)
    assert Page(html).texts("comparator") == ["≤"]
    assert "-40 – 60" in html


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [(1, 1, []), (1, 3, ["1", "2", "3"]), (5, 9, ["1", "…", "4", "5", "6", "…", "9"]), (9, 9, ["1", "…", "8", "9"])],
)
def test_pagination_shows_the_ends_and_the_neighbours(render: Render, page: int, pages: int, shown: list[str]) -> None:
    source = """{% from "components/list.html" import pagination %}
      {{ pagination(page, pages, "home.index", {"q": "冰 & 雪"}) }}"""
    html = render(source, page=page, pages=pages)
    numbers = Page(f'<div class="all">{html.partition("<ol>")[2].partition("</ol>")[0]}</div>').texts("all")[0].split()
    assert numbers == shown
    assert ("&amp;page=" in html) == (pages > 1)


def test_facet_marks_what_is_chosen_and_leads_back_without_it(render: Render) -> None:
    options = [Option("energy", "能源", 1200), Option("city", "城市", 3)]
    source = """{% from "components/list.html" import facet %}
      {{ facet("领域", "field", options, "energy", "home.index", {"q": "冰", "field": "energy"}) }}"""
    html = render(source, options=options)
    assert Page(html).texts("facet-count") == ["1,200", "3"]
    assert html.count('aria-current="true"') == 1
    assert 'href="/?q=%E5%86%B0"' in html
    assert "field=city" in html


def test_field_rows_tie_help_and_errors_to_the_control(app: Flask, render: Render) -> None:
    form = TryForm(data={"title": ""}, meta={"csrf": False})
    form.validate()
    html = render('{% from "components/form.html" import field_row %}{{ field_row(form.title) }}', form=form)
    assert 'for="title"' in html
    assert 'aria-describedby="title-help title-error"' in html
    assert 'aria-invalid="true"' in html
    assert Page(html).texts("field-error") == ["该字段是必填字段。"]


def test_refusal_of_a_service_is_shown_at_its_field_and_above(app: Flask, render: Render) -> None:
    form = TryForm(meta={"csrf": False})
    attach_errors(form, Invalid("内容有误。", {"title": "名称已被使用。", "elsewhere": "另一处有误。"}))
    source = """{% from "components/form.html" import field_row, form_errors %}
      {{ form_errors(form) }}{{ field_row(form.title) }}"""
    html = render(source, form=form)
    assert Page(html).texts("error-summary") == ["请检查以下内容 内容有误。 另一处有误。 名称：名称已被使用。"]
    assert Page(html).texts("field-error") == ["名称已被使用。"]
    assert 'href="#title"' in html


def test_form_trims_text(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"title": "  甲\x00 乙 "}):
        assert TryForm().title.data == "甲 乙"


def test_confirm_button_posts_with_a_token(app: Flask, render: Render) -> None:
    source = """{% from "components/form.html" import confirm_button %}
      {{ confirm_button("/close", "结束", "确定结束？", fields={"reason": "solved"}) }}"""
    html = render(source)
    assert 'method="post" action="/close"' in html
    assert '<input type="hidden" name="csrf_token" value="' in html
    assert '<input type="hidden" name="reason" value="solved">' in html


def test_definitions_leave_out_what_is_empty(render: Render) -> None:
    source = """{% from "components/page.html" import definitions %}
      {{ definitions([("甲", "一"), ("乙", none), ("丙", ""), ("丁", 0)]) }}"""
    assert Page(render(source)).texts("definition") == ["甲一", "丁0"]


def test_timeline_tells_when_who_and_why(render: Render) -> None:
    entry = SimpleNamespace(
        at=datetime(2026, 11, 23, 20, 6, tzinfo=UTC), text="退回修改", by="戴维", reason="请补充指标。", tone="danger"
    )
    html = render('{% from "components/timeline.html" import timeline %}{{ timeline([entry]) }}', entry=entry)
    assert Page(html).texts("timeline-entry") == ["退回修改戴维 2026-11-24 04:06 请补充指标。"]


def test_unknown_icon_fails_where_it_is_written(render: Render) -> None:
    with pytest.raises(LookupError, match="no-such-icon"):
        render('{{ icon("no-such-icon") }}')
    assert 'aria-label="关闭"' in render('{{ icon("x", label="关闭") }}')
