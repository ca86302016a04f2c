"""How days, numbers and money are written in each language."""

from datetime import UTC, date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from matchmaker.domain.days import CITY_ZONE, today

BABEL_LOCALES = {"zh": "zh_Hans_CN", "en": "en", "ru": "ru"}
DAYS = {"zh": "yyyy-MM-dd", "en": "d MMM yyyy", "ru": "dd.MM.yyyy"}
MOMENTS = {"zh": "yyyy-MM-dd HH:mm", "en": "d MMM yyyy, HH:mm", "ru": "dd.MM.yyyy HH:mm"}
WEEKDAYS = {"zh": "M 月 d 日 EEE", "en": "EEE, d MMM yyyy", "ru": "EEE, dd.MM.yyyy"}
# With the year where it is not the present one; other languages always write it.
WEEKDAYS_OF_OTHER_YEARS = {**WEEKDAYS, "zh": "yyyy 年 M 月 d 日 EEE"}
CLOCK = "HH:mm"
# The units that people count money in, the largest first, and what each is called.
YUAN = {
    "zh": ((100_000_000, "{} 亿元"), (10_000, "{} 万元"), (1, "{} 元")),
    "en": ((1_000_000_000, "CNY {} billion"), (1_000_000, "CNY {} million"), (1, "CNY {}")),
    "ru": ((1_000_000_000, "{} млрд юаней"), (1_000_000, "{} млн юаней"), (1, "{} {yuan}")),
}
# What follows a number in Russian depends on it: 1 юань, 2 юаня, 5 юаней, 1,5 юаня.
RUSSIAN_YUAN = {"one": "юань", "few": "юаня", "many": "юаней", "other": "юаня"}
CENT = Decimal("0.01")


def day(value: date | datetime, language: str) -> str:
    """Write a day; a moment's day is that of the official time zone."""
    on = _official(value) if isinstance(value, datetime) else value
    return format_date(on, DAYS[language], locale=BABEL_LOCALES[language])


def moment(value: datetime, language: str) -> str:
    """Write a moment in the official time zone."""
    return format_datetime(_official(value), MOMENTS[language], locale=BABEL_LOCALES[language])


def weekday(value: datetime, language: str) -> str:
    """Write a moment's day in the official time zone with its day of the week: 12 月 3 日 周四."""
    official = _official(value)
    patterns = WEEKDAYS if official.year == today().year else WEEKDAYS_OF_OTHER_YEARS
    return format_date(official.date(), patterns[language], locale=BABEL_LOCALES[language])


def clock(value: datetime, language: str) -> str:
    """Write a moment's time of day in the official time zone, 09:30."""
    return format_datetime(_official(value), CLOCK, locale=BABEL_LOCALES[language])


def period(start: datetime, end: datetime, language: str) -> str:
    """Write from when to when: 12 月 3 日 周四 09:30–12:00; both days where they differ."""
    first, last = weekday(start, language), weekday(end, language)
    rest = clock(end, language) if first == last else f"{last} {clock(end, language)}"
    return f"{first} {clock(start, language)}–{rest}" if first == last else f"{first} {clock(start, language)} – {rest}"


def decimal(value: float | Decimal, places: int, language: str, *, signed: bool = False) -> str:
    """Write a number with a fixed count of decimal places, 0.35; `signed` writes the plus as well."""
    digits = f"0.{'0' * places}" if places else "0"
    pattern = f"+{digits};-{digits}" if signed else digits
    return format_decimal(value, format=pattern, locale=BABEL_LOCALES[language])


def number(value: int | float | Decimal, language: str) -> str:
    """Write a number with separators: 12,345.5."""
    return format_decimal(value, locale=BABEL_LOCALES[language])


def money(amount: Decimal, language: str) -> str:
    """Write yuan in the unit that people use: 8,500 元, 120 万元, 2.6 亿元; CNY 1.2 million; 1,2 млн юаней."""
    units = YUAN[language]
    unit, pattern = next((each for each in units if abs(amount) >= each[0]), units[-1])
    rounded = (amount / unit).quantize(CENT)
    written = format_decimal(rounded, format="#,##0.##", locale=BABEL_LOCALES[language])
    # normalize: 5.00 is counted as 5.
    return pattern.format(written, yuan=RUSSIAN_YUAN[Locale("ru").plural_form(abs(rounded.normalize()))])


def _official(value: datetime) -> datetime:
    known = value if value.tzinfo else value.replace(tzinfo=UTC)
    return known.astimezone(CITY_ZONE)
