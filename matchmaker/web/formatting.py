"""How values look on a page: the template filters."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from matchmaker.domain import codes, formats
from matchmaker.domain.base import utc_now
from matchmaker.domain.language import LIST_SEPARATOR
from matchmaker.domain.states import STATE_NAMES
from matchmaker.web.language import current_language, translate

KIB = 1024
MINUTE, HOUR, DAY = 60, 3600, 86_400
LONGEST_AGO_DAYS = 30


def money(amount: Decimal | None, empty: str = "") -> str:
    """Write yuan in the unit that people use: 8,500 元, 120 万元, 2.6 亿元."""
    return empty if amount is None else formats.money(amount, current_language())


def day(value: date | datetime | None) -> str:
    """Write a day, 2026-11-23; a moment's day is that of the official time zone."""
    return "" if value is None else formats.day(value, current_language())


def moment(value: datetime | None) -> str:
    """Write a moment in the official time zone, 2026-11-23 20:06."""
    return "" if value is None else formats.moment(value, current_language())


def weekday(value: datetime) -> str:
    """Write a moment's day with its day of the week, 12 月 3 日 周四."""
    return formats.weekday(value, current_language())


def clock(value: datetime) -> str:
    """Write a moment's time of day, 09:30."""
    return formats.clock(value, current_language())


def period(start: datetime, end: datetime) -> str:
    """Write from when to when, 12 月 3 日 周四 09:30–12:00."""
    return formats.period(start, end, current_language())


def ago(value: datetime | None) -> str:
    """Write how long ago a moment was; the day itself where that is more than a month."""
    if value is None:
        return ""
    seconds = int((utc_now() - value.astimezone(UTC)).total_seconds())
    if seconds < MINUTE:
        return str(_("刚刚"))
    if seconds < HOUR:
        return str(ngettext("%(num)s 分钟前", "%(num)s 分钟前", seconds // MINUTE))
    if seconds < DAY:
        return str(ngettext("%(num)s 小时前", "%(num)s 小时前", seconds // HOUR))
    if seconds < LONGEST_AGO_DAYS * DAY:
        return str(ngettext("%(num)s 天前", "%(num)s 天前", seconds // DAY))
    return day(value)


def percent(share: float | None) -> str:
    """Write a share of 1 as whole percent. Only certainty is 100 % and only impossibility 0 %."""
    if share is None:
        return ""
    whole = round(share * 100)
    if 0 < share < 1:
        whole = min(99, max(1, whole))
    return f"{whole}%"


def number(value: int | float | Decimal) -> str:
    """Write a number with separators, 12,345."""
    return formats.number(value, current_language())


def decimal(value: float | Decimal, places: int, *, signed: bool = False) -> str:
    """Write a number with a fixed count of decimal places, 0.35; `signed` writes the plus as well."""
    return formats.decimal(value, places, current_language(), signed=signed)


def file_size(size: int) -> str:
    """Write a number of bytes, 1.5 MB."""
    if size < KIB:
        return str(_("%(size)s B", size=size))
    if size < KIB * KIB:
        return str(_("%(size)s KB", size=decimal(size / KIB, 0)))
    return str(_("%(size)s MB", size=decimal(size / KIB / KIB, 1)))


def code(value: object, table: str) -> str:
    """Write a code, or several, by name; an unknown one names itself."""
    if value is None:
        return ""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return translate(codes.table(table).name(value))
    return words(code(each, table) for each in value)


def words(names: Iterable[str]) -> str:
    """Write words of people, or what is translated already, as a list: 甲、乙."""
    return translate(LIST_SEPARATOR).join(names)


def state_name(state: str) -> str:
    """Write a state of a listing or revision."""
    return translate({str(key): name for key, name in STATE_NAMES.items()}.get(state, state))


def snippet(text: str, length: int) -> str:
    """Write the beginning of a text on one line, at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip("，、；：,;: ") + "…"


def lines(text: str | None) -> Markup:
    """Write a text with its paragraphs; a single line break stays one."""
    paragraphs = [part.strip() for part in (text or "").replace("\r\n", "\n").split("\n\n")]
    html = (Markup("<br>").join(escape(line) for line in part.split("\n")) for part in paragraphs if part)
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in html)


FILTERS = (
    money,
    day,
    moment,
    weekday,
    clock,
    period,
    ago,
    percent,
    number,
    decimal,
    file_size,
    code,
    words,
    state_name,
    snippet,
    lines,
    translate,
)


def init_formatting(app: Flask) -> None:
    """Offer all of these to templates."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
