"""Units as people write them, converted where they measure the same and nowhere else."""

import subprocess
import sys
from decimal import Decimal

import pytest

from matchmaker.search.indicators.units import _names, _registry, converted, factor, is_comparable, read_unit, unit_at


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("MPa", "kPa", "1000"),
        ("兆帕", "MPa", "1"),
        ("mPa·s", "Pa·s", "0.001"),
        ("转/分", "rpm", "1"),
        ("万元/吨", "元/吨", "10000"),
        ("%", "ppm", "10000"),
        ("‰", "%", "0.1"),
        ("mg/L", "g/m³", "1"),
        ("千瓦时", "MJ", "3.6"),
        ("W/(m·℃)", "W/(m·K)", "1"),
        ("吨标煤", "kgce", "1000"),
        ("亿次", "万次", "10000"),
        ("zorg", "ZORG", "1"),
    ],
)
def test_factor_of_what_measures_the_same(one: str, other: str, ratio: str) -> None:
    assert factor(read_unit(one), read_unit(other)) == Decimal(ratio)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("元/吨", "%"),
        ("次", "件"),
        ("zorg", "%"),
        ("", "%"),
        ("mg/m³", "mg/Nm³"),
        ("rpm", "Hz"),
        ("kVA", "kW"),
        ("倍", "%"),
        ("dB", ""),
    ],
)
def test_what_measures_something_else_is_not_comparable(one: str, other: str) -> None:
    assert not is_comparable(read_unit(one), read_unit(other))


def test_temperatures_are_converted_with_their_zero_and_differences_without() -> None:
    celsius, fahrenheit, kelvin = map(read_unit, ("℃", "°F", "K"))
    assert converted(Decimal(100), celsius, fahrenheit) == 212
    assert converted(Decimal(5), celsius, fahrenheit, is_difference=True) == 9
    assert converted(Decimal(25), celsius, kelvin) == Decimal("298.15")


def test_unit_ends_where_it_ends() -> None:
    texts = {"吨/天以上": 3, "mm厚": 2, "min以内": 3, "kWh/t，": 5, "品种": None, "mmm": None}
    assert {text: found[1] if (found := unit_at(text, 0)) else None for text in texts} == texts


def test_every_unit_of_the_table_is_one_for_pint() -> None:
    for name in set(_names().values()):
        _registry().parse_units(name)


@pytest.mark.parametrize("text", ["kg" * 30, "m^99", "/" * 100, "(" * 1000, "·", "每", "%" * 50, "\x00", "kg/(m·s"])
def test_hostile_unit_keeps_its_letters(text: str) -> None:
    assert read_unit(text).expression is None


@pytest.mark.slow
def test_pint_waits_until_units_are_compared() -> None:
    code = "import sys; import matchmaker.services.worker, matchmaker.web.app; print('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
