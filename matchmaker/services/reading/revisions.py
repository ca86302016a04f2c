"""Typed values into a revision, and a revision's values back into a form."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from matchmaker.domain.fields import FieldSpec, FieldType, fields_of
from matchmaker.domain.listings import Revision, TechnicalIndicator
from matchmaker.search.languages import SOURCE, detect_language
from matchmaker.services.reading.indicators import IndicatorRow, as_dicts

TRL_SCALE = "GB/T 22900"
_NEVER_EMPTY = {"title": "", "abstract": ""}
# By whose text a listing's language is told: those of either kind that everybody fills in.
_TELLING = ("title", "abstract", "problem", "description")


def apply(revision: Revision, values: Mapping[str, Any]) -> None:
    """Put typed values (of `read_values`) into `revision`; fields that are not among them stay.

    The language is told from the text unless the owner has stated it.
    """
    for name, value in values.items():
        if name == "indicators":
            _apply_indicators(revision, value)
        elif name == "trl":
            _apply_trl(revision, value)
        elif name == "language":
            revision.language, revision.language_is_stated = value or SOURCE, value is not None
        elif name != "visibility" or value is not None:
            setattr(revision, name, _stored(name, value))
    if not revision.language_is_stated:
        text = "\n".join(filter(None, (getattr(revision, name, None) for name in _TELLING)))
        revision.language = detect_language(text) or SOURCE


def typed_values(revision: Revision) -> dict[str, Any]:
    """Return what `revision` says, in the types of `Reading.values`; no language where the owner stated none."""
    values = {spec.name: typed_value(spec, getattr(revision, spec.name)) for spec in fields_of(revision.kind)}
    return values | ({} if revision.language_is_stated or "language" not in values else {"language": None})


def form_values(revision: Revision) -> dict[str, object]:
    """Return what a form shows: text, lists of codes, rows of indicators; what could not be read as it was typed."""
    values = typed_values(revision)
    shown = {spec.name: as_form(spec, values[spec.name]) for spec in fields_of(revision.kind)}
    return shown | (revision.raw or {})


def as_form(spec: FieldSpec, value: Any) -> object:
    """Return a typed value as a form writes it; `read_field` reads it back as the same value."""
    if spec.type is FieldType.INDICATORS:
        return as_dicts(value)
    if spec.type is FieldType.CODES:
        return list(value)
    if spec.type is FieldType.WORDS:
        # A lone word with a blank in it would otherwise be read back as two.
        return "、".join(value) + ("、" if len(value) == 1 and " " in value[0] else "")
    if isinstance(value, Decimal):
        return f"{value:f}".removesuffix(".00")
    return value.isoformat() if isinstance(value, date) else value or ""


def _stored(name: str, value: Any) -> Any:
    if value is None:
        return _NEVER_EMPTY.get(name)
    return list(value) if isinstance(value, tuple) else value


def typed_value(spec: FieldSpec, value: Any) -> Any:
    """Return what an attribute of a revision holds, in the types of `Reading.values`."""
    if spec.type is FieldType.INDICATORS:
        return tuple(IndicatorRow(row.name, row.comparator, row.value, row.upper, row.unit) for row in value)
    if spec.type in {FieldType.CODES, FieldType.WORDS}:
        return tuple(value or ())
    if spec.name == "trl" and value is not None:
        return str(value)
    return None if value == "" else value


def _apply_indicators(revision: Revision, rows: tuple[IndicatorRow, ...]) -> None:
    if rows == tuple(
        IndicatorRow(row.name, row.comparator, row.value, row.upper, row.unit) for row in revision.indicators
    ):
        return
    revision.indicators = [
        TechnicalIndicator(
            position=place, name=row.name, comparator=row.comparator, value=row.value, upper=row.upper, unit=row.unit
        )
        for place, row in enumerate(rows)
    ]


def _apply_trl(revision: Any, level: str | None) -> None:
    # Levels of different scales cannot be compared, so the scale is kept beside the level.
    revision.trl = int(level) if level else None
    revision.trl_scale = TRL_SCALE if level else None
