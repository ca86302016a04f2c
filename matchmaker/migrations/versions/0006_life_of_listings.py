"""Life of listings: outcomes, reminders, visits, forwardings.

Revision: 0006
After: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OUTCOMES = {"outcome_listing_id": "listings", "outcome_organization_id": "organizations"}
# SQLite does not tell the name of a reference that was added with its column.
NAMES = {"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"}


def upgrade() -> None:
    for column, table in OUTCOMES.items():
        _add_reference(column, table)
    op.add_column("listings", sa.Column("taken_down", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Nobody said whether the platform had a part in it: it must not be counted as if it had.
    op.execute("UPDATE listings SET close_reason = 'solved_elsewhere' WHERE close_reason = 'solved'")
    op.create_table(
        "validity_reminders",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name="fk_validity_reminders_listing_id_listings"),
        sa.PrimaryKeyConstraint("listing_id", "valid_until", "days", name="pk_validity_reminders"),
    )
    op.create_table(
        "visit_salts",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("on", name="pk_visit_salts"),
    )
    op.create_table(
        "listing_visits",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("visitor", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name="fk_listing_visits_listing_id_listings"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_listing_visits_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("listing_id", "on", "visitor", name="pk_listing_visits"),
    )
    _create_forwardings()


def downgrade() -> None:
    op.drop_table("forwardings")
    op.drop_table("listing_visits")
    op.drop_table("visit_salts")
    op.drop_table("validity_reminders")
    with op.batch_alter_table("listings", naming_convention=NAMES) as listings:
        for column, table in OUTCOMES.items():
            listings.drop_constraint(_name(column, table), type_="foreignkey")
            listings.drop_column(column)
        listings.drop_column("taken_down")


def _create_forwardings() -> None:
    op.create_table(
        "forwardings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=True),
        sa.Column("inventor_id", sa.Integer(), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("recipient_name", sa.String(length=80), nullable=False),
        sa.Column("recipient_email", sa.String(length=254), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("answer_note", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["inventor_id"], ["inventors.id"], name="fk_forwardings_inventor_id_inventors"),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name="fk_forwardings_mail_id_mails", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name="fk_forwardings_match_id_matches"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_forwardings_organization_id_organizations"
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name="fk_forwardings_sender_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_forwardings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_forwardings_match_id", "forwardings", ["match_id"])
    op.create_index("ix_forwardings_organization_id", "forwardings", ["organization_id"])


def _add_reference(column: str, table: str) -> None:
    """SQLite adds a column with its reference in one statement; to write a table full of references anew is refused."""
    name = _name(column, table)
    if op.get_context().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE listings ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {table} (id)")
    else:
        op.add_column("listings", sa.Column(column, sa.Integer(), nullable=True))
        op.create_foreign_key(name, "listings", table, [column], ["id"])


def _name(column: str, table: str) -> str:
    return f"fk_listings_{column}_{table}"
