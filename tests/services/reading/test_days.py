"""Days as people and spreadsheets write them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services.reading.days import FIRST, LAST, read_day
from matchmaker.services.reading.text import Unreadable


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-01",
        "2027/3/1",
        "2027.3.1",
        "2027年3月1日",
        "２０２７年３月１日",
        "2027 年 3 月 1 日",
        "20270301",
        "2027-03-01 00:00:00",
        "2027-03-01T08:30:00+08:00",
        datetime(2027, 3, 1, 8, 30),  # noqa: DTZ001 - as openpyxl gives it
        date(2027, 3, 1),
        46447,
        46447.0,
    ],
)
def test_read_day_takes_the_ways_people_write_days(text):
    assert read_day(text) == date(2027, 3, 1)


@pytest.mark.parametrize(("text", "day"), [("2027年2月", date(2027, 2, 28)), ("2028-02", date(2028, 2, 29))])
def test_read_day_takes_a_month_as_its_last_day(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["", None, "长期", "长期有效", "无", "不限"])
def test_read_day_takes_nothing_and_no_limit_as_none(text):
    assert read_day(text) is None


@pytest.mark.parametrize("text", ["2027-02-30", "2027-13", "2027-00-01", "20271345"])
def test_read_day_refuses_days_that_do_not_exist(text):
    with pytest.raises(Unreadable) as caught:
        read_day(text)
    assert str(caught.value) == "没有这一天，请检查年月日。"


@pytest.mark.parametrize("text", ["2027", "明年", "3/1", "2027-03-01 或更早", "1" * 100_000, 12, True])
def test_read_day_says_what_it_expects(text):
    with pytest.raises(Unreadable) as caught:
        read_day(text)
    assert str(caught.value) == "请填写日期，例如 2027-03-01。"


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "1900-01-01"])
def test_read_day_suspects_far_years(text):
    with pytest.raises(Unreadable) as caught:
        read_day(text)
    assert str(caught.value) == "请检查年份：应在 1949 年到 2100 年之间。"


@given(st.dates(FIRST, LAST))
def test_read_day_reads_back_any_day(day):
    assert (
        read_day(day.isoformat())
        == read_day(f"{day.year}年{day.month}月{day.day}日")
        == read_day(f"{day:%Y%m%d}")
        == day
    )
