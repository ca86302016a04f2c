"""Raw values of forms and spreadsheet cells into typed values, by the table of fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.domain import codes
from matchmaker.domain.fields import FieldSpec, FieldType, fields_of
from matchmaker.services.reading import text
from matchmaker.services.reading.choices import read_code
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.indicators import read_indicators
from matchmaker.services.reading.money import read_money
from matchmaker.services.reading.text import Unreadable


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read: `values` typed, `errors` a sentence for each field that could not be read, `raw` as given.

    A field is in `values` or in `errors`, and only if `raw` has it. Types: str or None for lines, prose and codes;
    tuple of str for codes and words; Decimal, date or None; tuple of IndicatorRow.
    """

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    raw: dict[str, object] = field(default_factory=dict)

    @property
    def unread(self) -> dict[str, object]:
        """The raw values of the fields in `errors`, to be shown again."""
        return {name: self.raw[name] for name in self.errors}


def read_values(kind: str, raw: Mapping[str, object]) -> Reading:
    """Read the fields of `kind` ("need" | "achievement") that `raw` holds; other names are left alone."""
    reading = Reading(raw={spec.name: raw[spec.name] for spec in fields_of(kind) if spec.name in raw})
    for spec in fields_of(kind):
        if spec.name in reading.raw:
            try:
                reading.values[spec.name] = read_field(spec, reading.raw[spec.name])
            except Unreadable as fault:
                reading.errors[spec.name] = fault.sentence
    return reading


def read_field(spec: FieldSpec, value: object) -> Any:
    """Read one field.

    Raises:
        Unreadable: with a sentence for the person.
    """
    return _READERS[spec.type](spec, value)


def _line(spec: FieldSpec, value: object) -> str | None:
    return text.within(text.line(value), spec.most) or None


def _prose(spec: FieldSpec, value: object) -> str | None:
    return text.within(text.prose(value), spec.most) or None


def _code(spec: FieldSpec, value: object) -> str | None:
    return read_code(_table(spec), value)


def _codes(spec: FieldSpec, value: object) -> tuple[str, ...]:
    table = codes.table(_table(spec))
    words = text.words(value, len(table))
    if len(words) == 1 and table.find(words[0]) is None:
        words = text.words(words[0].replace("/", "、").replace("或", "、"), len(table))
    found = (read_code(table.title, word) for word in words)
    return tuple(dict.fromkeys(code for code in found if code is not None))


def _table(spec: FieldSpec) -> str:
    assert spec.table is not None, f"{spec.name} has no code table"  # noqa: S101
    return spec.table


_READERS: dict[FieldType, Callable[[FieldSpec, object], Any]] = {
    FieldType.LINE: _line,
    FieldType.PROSE: _prose,
    FieldType.CODE: _code,
    FieldType.CODES: _codes,
    FieldType.MONEY: lambda spec, value: read_money(value),
    FieldType.DAY: lambda spec, value: read_day(value),
    FieldType.WORDS: lambda spec, value: text.words(value, spec.most),
    FieldType.INDICATORS: lambda spec, value: read_indicators(value, spec.most),
}
