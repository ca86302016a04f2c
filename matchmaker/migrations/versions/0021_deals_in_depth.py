"""deals in depth.

Revision: 0021
After: 0020
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LED_BY = {"event_id": "events", "pitch_id": "pitches"}
INDEXES = {
    "ix_deals_event_id": ["event_id"],
    "ix_deals_pitch_id": ["pitch_id"],
    "ix_deals_state_next_step_on": ["state", "next_step_on"],
    "ix_deals_wakes_on": ["wakes_on"],
}
# SQLite does not tell the name of a reference that was added with its column.
NAMES = {"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"}


def upgrade() -> None:
    op.create_table(
        "deal_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_files_deal_id_deals")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_deal_files_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["users.id"], name=op.f("fk_deal_files_uploaded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_files")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("deal_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_files_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_files_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "deal_meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_meetings_deal_id_deals")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_deal_meetings_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_meetings")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("deal_meetings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_meetings_deal_id"), ["deal_id"], unique=False)

    op.create_table(
        "deal_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_deal_notes_author_id_users")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_notes_deal_id_deals")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_deal_notes_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_notes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("deal_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_notes_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_notes_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "deal_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("from_user_id", sa.Integer(), nullable=False),
        sa.Column("to_user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_offers_deal_id_deals")),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_deal_offers_from_user_id_users")),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name=op.f("fk_deal_offers_to_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_offers")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("deal_offers", schema=None) as batch_op:
        batch_op.create_index("ix_deal_offers_to_user_id_state", ["to_user_id", "state"], unique=False)
        batch_op.create_index(
            "uq_deal_offers_standing",
            ["deal_id"],
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )

    op.create_table(
        "deal_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_reminders_deal_id_deals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_reminders")),
        sa.UniqueConstraint("deal_id", "kind", "day", name=op.f("uq_deal_reminders_deal_id_kind_day")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "confidentialities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_confidentialities_deal_id_deals")),
        sa.ForeignKeyConstraint(["file_id"], ["deal_files.id"], name=op.f("fk_confidentialities_file_id_deal_files")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_confidentialities_recorded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confidentialities")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("confidentialities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confidentialities_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confidentialities_expires_on"), ["expires_on"], unique=False)

    for column, table in LED_BY.items():
        _add_reference(column, table)
    for added in _columns():
        op.add_column("deals", added)
    op.execute(
        """UPDATE deals SET entered_at = changed_at, source = CASE WHEN appointment_id IS NULL THEN 'match' ELSE
        'appointment' END, event_id = (SELECT event_id FROM appointments WHERE appointments.id = deals.appointment_id)"""
    )
    op.execute(
        """UPDATE deals SET field = (SELECT revisions.field FROM matches JOIN listings ON listings.id = matches.need_id
        JOIN revisions ON revisions.id = listings.published_revision_id WHERE matches.id = deals.match_id)"""
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "deals", columns)

    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deal_meeting_id", sa.Integer(), nullable=True))
        batch_op.alter_column("appointment_id", nullable=True)
        batch_op.create_check_constraint(
            op.f("ck_minutes_meeting"), "(appointment_id is null) <> (deal_meeting_id is null)"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_minutes_deal_meeting_id_number"), ["deal_meeting_id", "number"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_minutes_deal_meeting_id_deal_meetings"), "deal_meetings", ["deal_meeting_id"], ["id"]
        )


def downgrade() -> None:
    op.execute("DELETE FROM minutes WHERE appointment_id IS NULL")
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_minutes_meeting"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_minutes_deal_meeting_id_deal_meetings"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_minutes_deal_meeting_id_number"), type_="unique")
        batch_op.alter_column("appointment_id", nullable=False)
        batch_op.drop_column("deal_meeting_id")

    with op.batch_alter_table("confidentialities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confidentialities_expires_on"))
        batch_op.drop_index(batch_op.f("ix_confidentialities_deal_id"))

    op.drop_table("confidentialities")
    op.drop_table("deal_reminders")
    with op.batch_alter_table("deal_offers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deal_offers_standing",
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.drop_index("ix_deal_offers_to_user_id_state")

    op.drop_table("deal_offers")
    with op.batch_alter_table("deal_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_notes_organization_id"))
        batch_op.drop_index(batch_op.f("ix_deal_notes_deal_id"))

    op.drop_table("deal_notes")
    with op.batch_alter_table("deal_meetings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_meetings_deal_id"))

    op.drop_table("deal_meetings")
    with op.batch_alter_table("deal_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_files_sha256"))
        batch_op.drop_index(batch_op.f("ix_deal_files_organization_id"))
        batch_op.drop_index(batch_op.f("ix_deal_files_deal_id"))

    op.drop_table("deal_files")
    for name in INDEXES:
        op.drop_index(name, "deals")
    with op.batch_alter_table("deals", naming_convention=NAMES) as deals:
        for column, table in LED_BY.items():
            deals.drop_constraint(_name(column, table), type_="foreignkey")
            deals.drop_column(column)
        for added in _columns():
            deals.drop_column(added.name)


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("source", sa.String(length=16), nullable=False, server_default="match"),
        sa.Column("source_text", sa.Text(), nullable=False, server_default=""),
        sa.Column("title", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("field", sa.String(length=24), nullable=True),
        sa.Column("value_expected", sa.BigInteger(), nullable=True),
        sa.Column("slept_from", sa.String(length=16), nullable=True),
        sa.Column("wakes_on", sa.Date(), nullable=True),
        # Set from what is known of each row at once.
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False, server_default="2000-01-01 00:00:00"),
    )


def _add_reference(column: str, table: str) -> None:
    """SQLite adds a column with its reference in one statement; to write a table full of references anew is refused."""
    name = _name(column, table)
    if op.get_context().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE deals ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {table} (id)")
    else:
        op.add_column("deals", sa.Column(column, sa.Integer(), nullable=True))
        op.create_foreign_key(name, "deals", table, [column], ["id"])


def _name(column: str, table: str) -> str:
    return f"fk_deals_{column}_{table}"
