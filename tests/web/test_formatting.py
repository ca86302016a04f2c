"""How values look."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from markupsafe import Markup

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict
from matchmaker.domain.language import Sentence
from matchmaker.web.formatting import ago, code, day, file_size, lines, moment, money, number, percent, snippet
from matchmaker.web.language import translate


@pytest.fixture(autouse=True)
def _request(app: Flask):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0 元"),
        ("8500", "8,500 元"),
        ("9999.5", "9,999.5 元"),
        ("10000", "1 万元"),
        ("1200000", "120 万元"),
        ("1234567.89", "123.46 万元"),
        ("260000000", "2.6 亿元"),
    ],
)
def test_money_is_written_in_the_unit_people_use(amount: str, text: str) -> None:
    assert money(Decimal(amount)) == text


def test_missing_money_is_what_the_page_says() -> None:
    assert (money(None), money(None, "面议")) == ("", "面议")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (0.001, "1%"), (0.5, "50%"), (0.834, "83%"), (0.999, "99%"), (1.0, "100%"), (None, "")],
)
def test_percent_never_rounds_to_certainty(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_moments_are_shown_in_the_official_time_zone() -> None:
    late = datetime(2026, 11, 23, 20, 6, tzinfo=UTC)
    assert (moment(late), day(late), day(date(2026, 1, 2))) == ("2026-11-24 04:06", "2026-11-24", "2026-01-02")


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=5), "刚刚"),
        (timedelta(minutes=3), "3 分钟前"),
        (timedelta(hours=23), "23 小时前"),
        (timedelta(days=2), "2 天前"),
    ],
)
def test_ago(age: timedelta, text: str) -> None:
    assert ago(utc_now() - age) == text


def test_long_ago_is_a_day() -> None:
    assert ago(utc_now() - timedelta(days=400)) == day(utc_now() - timedelta(days=400))


def test_code_is_named_alone_or_among_others() -> None:
    assert code("energy", "contract_fields") == "新能源与高效节能"
    assert code(["joint", "equity"], "cooperation_modes") == "联合开发、作价入股"
    assert (code(None, "regions"), code("no-such", "regions")) == ("", "no-such")


def test_snippet_is_one_line_cut_at_its_length() -> None:
    assert snippet("一二\n三  四", 10) == "一二 三 四"
    assert snippet("一二三四五六", 5) == "一二三四…"


def test_lines_keep_paragraphs_and_escape() -> None:
    assert lines("甲\n乙\n\n<b>丙</b>") == Markup("<p>甲<br>乙</p><p>&lt;b&gt;丙&lt;/b&gt;</p>")
    assert lines(None) == Markup("")


@pytest.mark.parametrize(("size", "text"), [(12, "12 B"), (2048, "2 KB"), (1_572_864, "1.5 MB")])
def test_file_size(size: int, text: str) -> None:
    assert file_size(size) == text


def test_number_has_separators() -> None:
    assert number(12345) == "12,345"


def test_marked_text_is_translated_with_its_values() -> None:
    assert translate("能耗降低 30%") == "能耗降低 30%"
    assert translate(Sentence("共 %(n)s 项", n=3)) == "共 3 项"
    assert translate(Conflict("状态是“%(state)s”", state="草稿")) == "状态是“草稿”"
    assert translate("") == ""
