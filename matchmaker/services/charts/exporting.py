"""A chart's data as a file, in the language of whoever takes it along."""

import tempfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.charts.drawing import SHARE, Chart, ChartColumn, Value
from matchmaker.services.charts.quantities import YUAN
from matchmaker.services.exports.cells import Cell, text_cell
from matchmaker.services.exports.writers import WRITERS, ExportColumn
from matchmaker.services.ledger.exporting import FORMATS

UNIT_NAMES = {YUAN: N_("元"), SHARE: "%"}


def export_chart(chart: Chart, file_format: str, translate: Callable[[str], str]) -> bytes:
    """Return a chart's table as .xlsx or .csv.

    Raises:
        Invalid: no such format.
    """
    if file_format not in FORMATS:
        raise Invalid(N_("请选择 xlsx 或 csv 格式。"))
    heads = (ExportColumn(f"{place}", _heading(each, translate), 20) for place, each in enumerate(chart.columns))
    columns = [ExportColumn("line", translate(chart.head), 24), *heads]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"chart.{file_format}"
        with WRITERS[file_format](path, columns, translate(chart.title)) as writer:
            for line in chart.lines:
                writer.write([text_cell(translate(line.label)), *_cells(line.cells, chart.columns)], {})
        return path.read_bytes()


def _heading(column: ChartColumn, translate: Callable[[str], str]) -> str:
    unit = UNIT_NAMES.get(column.unit)
    return f"{translate(column.label)} ({translate(unit)})" if unit else translate(column.label)


def _cells(values: Sequence[Value], columns: Sequence[ChartColumn]) -> list[Cell]:
    return [_cell(value, column.unit) for value, column in zip(values, columns, strict=True)]


def _cell(value: Value, unit: str) -> Cell:
    """Return a value for a cell: spreadsheets know no decimals, and two places survive; shares are percent."""
    if value is None:
        return None
    if unit == SHARE:
        return round(float(value) * 100, 1)
    whole = Decimal(str(value))
    return int(whole) if whole == whole.to_integral_value() else float(whole)
