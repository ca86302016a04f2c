"""More of a played year for timing: its rows copied into the same year, or with their days moved by whole years.

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
    *("deals", "introductions", "contracts", "contract_deductions", "contract_payments", "contract_amendments"),
    *("evidence_records",),
)
# Farther apart than a year has rows of any kind.
DISTANCE = 1_000_000


def copy_year(url: str, *, times: int, years: int) -> None:
    """Let a database hold `times` as much of its year, and then as many `years`, each earlier than the one before."""
    database = Database(url)
    try:
        with database.engine.connect().execution_options(matchmaker_write=True) as connection:
            # Nothing would be lost: the copy can be made again.
            connection.rollback()
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA synchronous = OFF")
            raw.execute("PRAGMA foreign_keys = OFF")
            for number in range(1, times):
                _copy(connection, number * DISTANCE, 0, DISTANCE)
            for year in range(1, years):
                _copy(connection, year * times * DISTANCE, year, times * DISTANCE)
            connection.commit()
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    finally:
        database.dispose()


def _copy(connection: sa.Connection, away: int, years: int, below: int) -> None:
    """Copy all rows with ids below `below` as ones with ids farther by `away`, `years` earlier."""
    for table in metadata.sorted_tables:
        if table.name in COPIED:
            key = next(iter(table.primary_key.columns))
            rows = sa.select(*(_moved(column, away, years) for column in table.columns)).where(key < below)
            connection.execute(table.insert().from_select([column.name for column in table.columns], rows))


def _moved(column: sa.Column[Any], away: int, years: int) -> sa.ColumnElement[Any]:
    if column.primary_key or any(key.column.table.name in COPIED for key in column.foreign_keys):
        return column + away
    if isinstance(column.type, sa.Date):
        return sa.func.date(column, f"-{years} years")
    if isinstance(column.type, UTCDateTime):
        return sa.func.strftime("%Y-%m-%d %H:%M:%f000", column, f"-{years} years")
    if _is_unique(column):
        return column + away if isinstance(column.type, sa.Integer) else column.concat(f"~{away}")
    return column


def _is_unique(column: sa.Column[Any]) -> bool:
    """Whether no two rows may have the same value in this column alone."""
    table = column.table
    assert isinstance(table, sa.Table)
    constraints = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    indexes = [index for index in table.indexes if index.unique]
    columns = [*(each.columns for each in constraints), *(each.columns for each in indexes)]
    return any(list(each) == [column] for each in columns)
