"""The dry run: the beginning of a list is read and planned as an import would, and nothing is written."""

from collections.abc import Iterator
from itertools import islice

from matchmaker.domain.base import Database
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.imports.columns import find_columns
from matchmaker.services.imports.findings import SAMPLES, Findings, sample
from matchmaker.services.imports.importing import Planner
from matchmaker.services.imports.options import ImportOptions
from matchmaker.services.imports.owners import Owners
from matchmaker.services.imports.rows import RowReader
from matchmaker.services.imports.tables import MOST_COLUMNS, Row, Source, Table
from matchmaker.services.imports.writing import Writing

CHECKED_ROWS = 1000
BATCH = 25


def look_at(source: Source, kind: str, table: Table) -> tuple[Findings, list[Row]]:
    """Return what a table's columns are taken to mean, with samples, and its first CHECKED_ROWS rows.

    Raises:
        Invalid: it has no rows, or too many columns.
    """
    rows = list(islice(table.rows, CHECKED_ROWS))
    if not rows:
        raise Invalid(N_("“%(name)s”只有列名，下面没有内容。"), name=source.name)
    is_all = next(table.rows, None) is None
    headings = dict.fromkeys(name for name in table.columns or _names(rows) if name)
    if len(headings) > MOST_COLUMNS:
        sentence = N_("“%(name)s”的列太多，最多读 %(most)d 列，请删去多余的列。")
        raise Invalid(sentence, name=source.name, most=MOST_COLUMNS)
    known = find_columns(kind, headings).known
    found = Findings(
        headings=tuple(headings),
        samples={heading: list(islice(_samples(rows, heading), SAMPLES)) for heading in headings},
        columns={heading: known[heading].name if heading in known else "" for heading in headings},
        sheet=table.sheet,
        left_out=table.left_out,
        rows=len(rows),
        is_all=is_all,
        expected=len(rows) if is_all else table.expected,
    )
    return found, rows


def dry_run(
    database: Database,
    actor: Actor,
    kind: str,
    owner: int | None,
    options: ImportOptions,
    columns: tuple[str, ...],
    rows: list[Row],
    found: Findings,
) -> Iterator[int]:
    """Plan `rows` and put into `found` what would become of them; yield the number of rows done now and then.

    `columns` are the table's (empty where each row names its own), `owner` owns the rows that name none.
    """
    reader = RowReader(kind, columns, options.rows, found.columns)
    planner = Planner(actor, kind, options, Owners(kind, owner, options, actor, is_dry=True))
    for start in range(0, len(rows), BATCH):
        items = [reader.read(row) for row in rows[start : start + BATCH]]
        with database.read() as session:
            plans = planner.plan(Writing(session, actor, options.rows.lenient, options.arrival), items)
        for plan in plans:
            found.show(kind, plan.entry)
        yield min(start + BATCH, len(rows))
    found.take_report(planner.report)
    found.created_organizations = tuple(planner.owners.created)


def _names(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        yield from row.cells


def _samples(rows: list[Row], heading: str) -> Iterator[str]:
    texts = (sample(row.cells[heading]) for row in rows if row.cells.get(heading) not in (None, "", [], {}))
    return iter(dict.fromkeys(text for text in texts if text))
