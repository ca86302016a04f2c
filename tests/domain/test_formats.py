"""Days, numbers and money in each language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from matchmaker.domain import formats
from matchmaker.domain.language import Language

# Russian parts thousands by a space that does not break.
SPACE = "\u00a0"
LATE = datetime(2026, 11, 23, 20, 6, tzinfo=UTC)


@pytest.mark.parametrize("table", [formats.BABEL_LOCALES, formats.DAYS, formats.MOMENTS, formats.YUAN])
def test_every_language_has_its_formats(table: dict[str, object]) -> None:
    assert list(table) == [str(language) for language in Language]


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("zh", "2026-11-24", "2026-11-24 04:06"),
        ("en", "24 Nov 2026", "24 Nov 2026, 04:06"),
        ("ru", "24.11.2026", "24.11.2026 04:06"),
    ],
)
def test_days_and_moments_are_those_of_the_official_time_zone(language: str, day: str, moment: str) -> None:
    assert (formats.day(LATE, language), formats.moment(LATE, language)) == (day, moment)
    assert formats.day(date(2026, 11, 24), language) == day
    assert formats.moment(LATE.replace(tzinfo=None), language) == moment


@pytest.mark.parametrize(
    ("amount", "english", "russian"),
    [
        ("0", "CNY 0", "0 юаней"),
        ("1", "CNY 1", "1 юань"),
        ("2.00", "CNY 2", "2 юаня"),
        ("1.5", "CNY 1.5", "1,5 юаня"),
        ("8511", "CNY 8,511", f"8{SPACE}511 юаней"),
        ("120000", "CNY 120,000", f"120{SPACE}000 юаней"),
        ("1234567.89", "CNY 1.23 million", "1,23 млн юаней"),
        ("260000000", "CNY 260 million", "260 млн юаней"),
        ("2600000000", "CNY 2.6 billion", "2,6 млрд юаней"),
        ("-1200000", "CNY -1.2 million", "-1,2 млн юаней"),
    ],
)
def test_money_is_written_in_the_units_of_the_language(amount: str, english: str, russian: str) -> None:
    assert formats.money(Decimal(amount), "en") == english
    assert formats.money(Decimal(amount), "ru") == russian


@pytest.mark.parametrize(
    ("language", "number", "share"),
    [("zh", "12,345.5", "+0.35"), ("en", "12,345.5", "+0.35"), ("ru", f"12{SPACE}345,5", "+0,35")],
)
def test_numbers_have_the_separators_of_the_language(language: str, number: str, share: str) -> None:
    assert formats.number(12345.5, language) == number
    assert formats.decimal(0.351, 2, language, signed=True) == share
    assert formats.decimal(-0.351, 2, language, signed=True) == share.replace("+", "-").replace("0.35", "0.35")
