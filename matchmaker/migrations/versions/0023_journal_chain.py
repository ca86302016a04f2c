"""journal chain: existing entries are chained in the order of their ids, and the database refuses changes.

Revision: 0023
After: 0022
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("journal", "journal_links")
BATCH = 5_000
ENTRIES = """SELECT id, at, actor_id, organization_id, subject_kind, subject_id, action, before, after, reason, data
FROM journal WHERE id > :after ORDER BY id LIMIT :most"""


def upgrade() -> None:
    links = op.create_table(
        "journal_links",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_journal_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_journal_links_entry_id")),
    )
    for batch in _links(op.get_bind()):
        op.bulk_insert(links, batch)
    for statement in _refusals():
        op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        if op.get_context().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
            op.execute(f"DROP FUNCTION {table}_refuse()")
        else:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
    op.drop_table("journal_links")


def _links(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    position, previous, after = 0, "0" * 64, 0
    while rows := connection.execute(sa.text(ENTRIES), {"after": after, "most": BATCH}).all():
        batch = []
        for row in rows:
            position, after = position + 1, row[0]
            text = f"{previous}\n{position}\n{_content(row)}"
            previous = hashlib.sha256(text.encode()).hexdigest()
            batch.append({"position": position, "entry_id": row[0], "hash": previous})
        yield batch


def _content(row: Any) -> str:
    entry_id, at, *plain, data = row
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    read = json.loads(data) if isinstance(data, str) else data
    content = [entry_id, moment.isoformat(timespec="microseconds"), *plain, read]
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _refusals() -> Iterator[str]:
    for table in TABLES:
        refused = f"the {table} table is append-only"
        if op.get_context().dialect.name == "postgresql":
            yield (
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{refused}'; END $$"
            )
            yield (
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
            )
        else:
            for act in ("update", "delete"):
                yield (
                    f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{refused}'); END"
                )
