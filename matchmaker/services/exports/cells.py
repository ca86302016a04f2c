"""A typed value as a cell: the way people write it, as long as that is read back as the very same value."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from matchmaker.domain import codes
from matchmaker.domain.fields import FieldSpec, FieldType
from matchmaker.services.imports.formulas import inert
from matchmaker.services.imports.rows import read_back
from matchmaker.services.reading import IndicatorRow, Unreadable, read_field
from matchmaker.services.reading.revisions import as_form

Cell = str | float | int | Decimal | date | None


def spreadsheet_cell(spec: FieldSpec, value: Any) -> Cell:
    """Return a value for a spreadsheet or a .csv file: days and amounts as such, codes by name, nothing that runs."""
    if value in (None, (), ""):
        return None
    if isinstance(value, Decimal | date):
        return value
    texts = list(_texts(spec, value))
    return text_cell(next((text for text in texts if _reads_back(spec, text, value)), texts[-1]))


def text_cell(text: str) -> str:
    """Return a text for a cell, without what XML cannot hold, and such that it never runs as a formula."""
    return inert(ILLEGAL_CHARACTERS_RE.sub("", text))


def json_value(spec: FieldSpec, value: Any) -> Any:
    """Return a value as plain JSON: codes as codes, amounts as text, rows of indicators as objects."""
    if spec.type is FieldType.INDICATORS:
        return [asdict(row) for row in value]
    if isinstance(value, tuple):
        return list(value)
    return as_form(spec, value) if isinstance(value, Decimal | date) else value


def _texts(spec: FieldSpec, value: Any) -> Iterator[str]:
    """Yield ways to write a value, the most readable first and the safest last."""
    if spec.type is FieldType.CODE:
        yield codes.table(spec.table or "").name(value)
        yield str(value)
    elif spec.type is FieldType.CODES:
        yield "、".join(codes.table(spec.table or "").name(code) for code in value)
        yield "、".join(value)
    elif spec.type is FieldType.INDICATORS:
        yield "；".join(map(_phrase, value))
        yield json.dumps([asdict(row) for row in value], ensure_ascii=False)
    else:
        yield str(as_form(spec, value))


def _reads_back(spec: FieldSpec, text: str, value: Any) -> bool:
    try:
        return bool(read_field(spec, read_back(spec.name, text)) == value)
    except Unreadable:
        return False


def _phrase(row: IndicatorRow) -> str:
    unit = f" {row.unit}" if row.unit else ""
    if row.comparator == "between":
        return f"{row.name} {row.value}~{row.upper or ''}{unit}"
    sign = "" if row.comparator == "text" else f"{codes.table('comparators').name(row.comparator)} "
    return f"{row.name} {sign}{row.value}{unit}"
