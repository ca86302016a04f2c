"""Open data as a file: a line for each number, hidden ones said to be hidden."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.exports.writers import WRITERS, ExportColumn
from matchmaker.services.ledger.exporting import FORMATS
from matchmaker.services.open_data import COLUMNS, OpenData

HIDDEN = N_("不公布")


def export_open_data(data: OpenData, file_format: str, translate: Callable[[str], str]) -> bytes:
    """Return the open figures of a year as .xlsx or .csv.

    Raises:
        Invalid: no such format.
    """
    if file_format not in FORMATS:
        raise Invalid(N_("请选择 xlsx 或 csv 格式。"))
    columns = [
        ExportColumn("year", translate(N_("年度")), 8),
        ExportColumn("by", translate(N_("分项")), 14),
        ExportColumn("line", translate(N_("名称")), 24),
        *(ExportColumn(f"{place}", translate(each.name), 22) for place, each in enumerate(COLUMNS)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"open-data.{file_format}"
        with WRITERS[file_format](path, columns, translate(N_("公开数据"))) as writer:
            for table in data.tables:
                for line in (*table.lines, table.total):
                    cells = [translate(HIDDEN) if value is None else float(value) for value in line.cells]
                    writer.write([data.year, translate(table.head), translate(line.name), *cells], {})
        return path.read_bytes()
