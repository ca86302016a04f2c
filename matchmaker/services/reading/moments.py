"""Moments as forms send them: the city's own time, without a zone."""

import re
from datetime import UTC, datetime

from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.language import N_
from matchmaker.services.reading.days import FIRST, LAST
from matchmaker.services.reading.text import Unreadable, folded, means_nothing

_MOMENT = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[t ](\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?")


def read_moment(value: object) -> datetime | None:
    """Read 2027-03-01T09:30 or 2027/3/1 9:30 in official time as a moment in UTC; nothing gives None.

    Raises:
        Unreadable: not a moment, or in a year that must be a slip of the pen.
    """
    text = folded(value)[:40]
    if means_nothing(text):
        return None
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise Unreadable(N_("请填写日期和时间，例如 2027-03-01 09:30。"))
    try:
        year, month, day, hour, minute = (int(part) for part in found.groups())
        moment = datetime(year, month, day, hour, minute, tzinfo=CITY_ZONE)
    except ValueError:
        raise Unreadable(N_("没有这个时间，请检查年月日和时分。")) from None
    if not FIRST <= moment.date() <= LAST:
        raise Unreadable(N_("请检查年份：应在 1949 年到 2100 年之间。"))
    return moment.astimezone(UTC)


def written_moment(moment: datetime | None) -> str:
    """Return a moment as the forms of browsers take it: official time, 2027-03-01T09:30."""
    return "" if moment is None else moment.astimezone(CITY_ZONE).strftime("%Y-%m-%dT%H:%M")
