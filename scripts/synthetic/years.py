"""Further years for timing: what a played year holds, copied with its days moved by whole years.

Rows are copied as they are, by SQL; people and organizations are the same ones. What is timed on it is how much there
is to count, not what it says: the journal of such a database does not verify.
"""

from typing import Any

import sqlalchemy as sa

from matchmaker.domain.base import Database, UTCDateTime
from matchmaker.domain.tables import metadata

# What pages of deals, contracts and figures read; matches are what the copies go on referring to.
COPIED = (
    *("listings", "revisions", "need_revisions", "achievement_revisions", "journal"),
    *("events", "registrations", "appointments", "pitches"),
    *("deals", "introductions", "contracts", "contract_deductions", "payments", "amendments", "evidence_records"),
)
# Farther apart than a year has rows of any kind.
DISTANCE = 10_000_000


def add_years(url: str, count: int) -> None:
    """Copy the year in a database `count` times, each a year earlier than the one before."""
    database = Database(url)
    try:
        with database.engine.connect().execution_options(matchmaker_write=True) as connection:
            tables = [table for table in metadata.sorted_tables if table.name in COPIED]
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for number in range(1, count + 1):
                for table in tables:
                    connection.execute(_copy(table, number))
            connection.commit()
    finally:
        database.dispose()


def _copy(table: sa.Table, number: int) -> sa.Insert:
    rows = sa.select(*(_moved(column, number) for column in table.columns)).where(_key(table) < DISTANCE)
    return table.insert().from_select([column.name for column in table.columns], rows)


def _moved(column: sa.Column[Any], number: int) -> sa.ColumnElement[Any]:
    if column.primary_key or any(key.column.table.name in COPIED for key in column.foreign_keys):
        return column + number * DISTANCE
    if isinstance(column.type, sa.Date):
        return sa.func.date(column, f"-{number} years")
    if isinstance(column.type, UTCDateTime):
        return sa.func.strftime("%Y-%m-%d %H:%M:%f000", column, f"-{number} years")
    if _is_unique(column):
        return column + number * DISTANCE if isinstance(column.type, sa.Integer) else column.concat(f"~{number}")
    return column


def _is_unique(column: sa.Column[Any]) -> bool:
    """Whether no two rows may have the same value: its own, or that of columns which are copied as they are."""
    table = column.table
    single = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    indexed = [index for index in table.indexes if index.unique]
    return any(list(each.columns) == [column] for each in (*single, *indexed))


def _key(table: sa.Table) -> sa.Column[Any]:
    return next(iter(table.primary_key.columns))
