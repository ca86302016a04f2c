"""The rows behind a figure as a file, in the language of whoever takes them along."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.exports.cells import Cell, text_cell
from matchmaker.services.exports.writers import WRITERS, ExportColumn
from matchmaker.services.funnel import branches
from matchmaker.services.ledger.counting import Counted
from matchmaker.services.ledger.subjects import Subject, subjects

Translate = Callable[[str], str]

FORMATS = ("xlsx", "csv")
MOST_ROWS = 20_000
COLUMNS = (
    ("on", N_("日期"), 12),
    ("kind", N_("记录类型"), 14),
    ("id", N_("编号"), 10),
    ("title", N_("记录"), 44),
    ("organization", N_("所属单位"), 28),
    ("branch", N_("分中心"), 20),
    ("field", N_("技术领域"), 18),
    ("amount", N_("计数"), 14),
    ("standing", N_("计入情况"), 18),
)
KIND_NAMES: dict[str, str] = {
    "listing": N_("供需信息"),
    "event": N_("活动"),
    "registration": N_("签到"),
    "campaign": N_("征集活动"),
    "organization": N_("入驻单位"),
    "deal": N_("跟进项目"),
    "contract": N_("技术合同"),
    "contract_amendment": N_("合同变更"),
    "evidence_record": N_("证明记录"),
}
COUNTS, LATE, LOST = N_("计入"), N_("封账后新增，未计入"), N_("封账后有变化，仍按封账计入")


def export_rows(session: Session, actor: Actor, counted: Counted, file_format: str, translate: Translate) -> bytes:
    """Return the rows behind a figure (see `rows.chosen_rows`) as .xlsx or .csv; late ones and changed ones are marked.

    Raises:
        Invalid: no such format, or too many rows.
    """
    if file_format not in FORMATS:
        raise Invalid(N_("请选择 xlsx 或 csv 格式。"))
    if len(counted.rows) > MOST_ROWS:
        raise Invalid(N_("一次最多导出 %(most)s 条，请按季度或分中心筛选。"), most=MOST_ROWS)
    columns = [ExportColumn(name, translate(heading), width) for name, heading, width in COLUMNS]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows.{file_format}"
        with WRITERS[file_format](path, columns, translate(N_("明细"))) as writer:
            for cells in _cells(session, actor, counted, translate):
                writer.write(cells, {})
        return path.read_bytes()


def _cells(session: Session, actor: Actor, counted: Counted, translate: Translate) -> Iterator[Sequence[Cell]]:
    lost = set(counted.lost)
    marked = [(row, LOST if row in lost else COUNTS) for row in counted.rows] + [(row, LATE) for row in counted.late]
    known, names = subjects(session, actor, (row for row, _mark in marked)), dict(branches(session))
    for row, mark in sorted(marked, key=lambda each: (each[0].on, each[0].subject_id)):
        subject = known.get((row.subject_kind, row.subject_id), Subject(""))
        yield (
            row.on,
            translate(KIND_NAMES[row.subject_kind]),
            row.subject_id,
            text_cell(subject.title),
            text_cell(subject.organization_name),
            text_cell(names.get(row.branch_id or 0, "")),
            translate(codes.table("contract_fields").name(row.field)) if row.field else "",
            row.amount,
            translate(mark),
        )
