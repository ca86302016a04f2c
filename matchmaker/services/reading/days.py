"""Days as people and spreadsheets write them."""

import calendar
import re
from datetime import date, datetime, timedelta

from matchmaker.domain.language import N_
from matchmaker.services.reading.text import Unreadable, folded, means_nothing

FIRST, LAST = date(1949, 10, 1), date(2100, 12, 31)
"""Days outside are slips of the pen."""

_ALWAYS = frozenset({"长期", "长期有效", "不限", "待定", "未定"})
# Spreadsheets count days from here (Excel's 1900 system, for days after February 1900).
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIAL = re.compile(r"[2-7]\d{4}")
_TIME = re.compile(r"[t ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:?\d{2})?$")
_DAY = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})[日号]?|(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})月?底?")


def read_day(value: object) -> date | None:
    """Read a day: 2027-03-01, 2027/3/1, 2027.3.1, 2027年3月1日, 20270301, a spreadsheet's date or serial number.

    A month alone means its last day. Nothing, and words such as 长期, give None.

    Raises:
        Unreadable: not a day, or outside FIRST to LAST.
    """
    if isinstance(value, datetime):
        return _within(value.date())
    if isinstance(value, date):
        return _within(value)
    text = _TIME.sub("", folded(value)[:40]).replace(" ", "").replace("--", "-")
    if means_nothing(text) or text in _ALWAYS:
        return None
    return _within(_parse(text))


def _parse(text: str) -> date:
    try:
        if _SERIAL.fullmatch(text):
            return _SERIAL_ORIGIN + timedelta(days=int(text))
        if found := _DAY.fullmatch(text):
            year, month, day = (int(part) for part in found.groups() if part is not None)
            return date(year, month, day)
        if found := _MONTH.fullmatch(text):
            year, month = int(found[1]), int(found[2])
            return date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        raise Unreadable(N_("没有这一天，请检查年月日。")) from None
    raise Unreadable(N_("请填写日期，例如 2027-03-01。"))


def _within(day: date) -> date:
    if not FIRST <= day <= LAST:
        raise Unreadable(N_("请检查年份：应在 1949 年到 2100 年之间。"))
    return day
