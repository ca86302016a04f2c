"""How values look on a page: the template filters."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.states import STATE_NAMES
from matchmaker.web.language import translate

TEN_THOUSAND = Decimal(10_000)
HUNDRED_MILLION = Decimal(100_000_000)
KIB = 1024
MINUTE, HOUR, DAY = 60, 3600, 86_400
LONGEST_AGO_DAYS = 30


def money(amount: Decimal | None, empty: str = "") -> str:
    """Write yuan in the unit that people use: 8,500 元, 120 万元, 2.6 亿元."""
    if amount is None:
        return empty
    if abs(amount) >= HUNDRED_MILLION:
        return str(_("%(amount)s 亿元", amount=_plain(amount / HUNDRED_MILLION)))
    if abs(amount) >= TEN_THOUSAND:
        return str(_("%(amount)s 万元", amount=_plain(amount / TEN_THOUSAND)))
    return str(_("%(amount)s 元", amount=_plain(amount)))


def day(value: date | datetime | None) -> str:
    """Write a day, 2026-11-23; a moment's day is that of the official time zone."""
    return "" if value is None else format_date(value, "yyyy-MM-dd")


def moment(value: datetime | None) -> str:
    """Write a moment in the official time zone, 2026-11-23 20:06."""
    return "" if value is None else format_datetime(value, "yyyy-MM-dd HH:mm")


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
    return str(format_decimal(value))


def file_size(size: int) -> str:
    """Write a number of bytes, 1.5 MB."""
    if size < KIB:
        return f"{size} B"
    if size < KIB * KIB:
        return f"{size / KIB:.0f} KB"
    return f"{size / KIB / KIB:.1f} MB"


def code(value: object, table: str) -> str:
    """Write a code, or several, by name; an unknown one names itself."""
    if value is None:
        return ""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return translate(codes.table(table).name(value))
    return "、".join(code(each, table) for each in value)


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


FILTERS = (money, day, moment, ago, percent, number, file_size, code, state_name, snippet, lines, translate)


def init_formatting(app: Flask) -> None:
    """Offer all of these to templates."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function


def _plain(amount: Decimal) -> str:
    return str(format_decimal(amount.quantize(Decimal("0.01")), format="#,##0.##"))
