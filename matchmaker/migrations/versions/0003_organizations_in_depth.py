"""Organizations in depth.

Revision: 0003
After: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Columns are added where they are, with their references: a table made anew and copied would, on SQLite, drop rows that
# others refer to.
INDEXES = (("listings", "sub_unit_id"), ("organizations", "suspended_at"))


def _columns() -> list[tuple[str, sa.Column[Any]]]:
    return [
        ("listings", _reference("listings", "sub_unit_id", "sub_units")),
        ("memberships", _reference("memberships", "invited_by_id", "users")),
        ("organizations", sa.Column("verified_until", sa.Date())),
        ("organizations", sa.Column("suspended_until", sa.Date())),
        ("organizations", sa.Column("suspension_reason", sa.String(length=24))),
        ("organizations", sa.Column("suspension_note", sa.Text())),
        ("organizations", _reference("organizations", "merged_into_id", "organizations")),
    ]


def _reference(table: str, name: str, to: str) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{to}.id", name=op.f(f"fk_{table}_{name}_{to}"))
    return sa.Column(name, sa.Integer(), key, nullable=True)


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("from_user_id", sa.Integer(), nullable=False),
        sa.Column("to_user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_handovers_from_user_id_users")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_handovers_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name=op.f("fk_handovers_to_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handovers_to_user_id"), ["to_user_id"], unique=False)

    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_merges_decided_by_id_users")),
        sa.ForeignKeyConstraint(["kept_id"], ["organizations.id"], name=op.f("fk_merges_kept_id_organizations")),
        sa.ForeignKeyConstraint(["merged_id"], ["organizations.id"], name=op.f("fk_merges_merged_id_organizations")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_merges_proposed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merges_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merges_merged_id"), ["merged_id"], unique=False)

    op.create_table(
        "sub_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=True),
        sa.Column("contact_phone", sa.String(length=40), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_sub_units_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["sub_units.id"], name=op.f("fk_sub_units_parent_id_sub_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sub_units")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sub_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sub_units_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "verifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_note", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_reason", sa.String(length=24), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["checked_by_id"], ["users.id"], name=op.f("fk_verifications_checked_by_id_users")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_verifications_decided_by_id_users")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_verifications_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["users.id"], name=op.f("fk_verifications_submitted_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verifications_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verifications_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_verifications_valid_until"), ["valid_until"], unique=False)

    op.create_table(
        "inventors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("sub_unit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("research", sa.String(length=300), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_inventors_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_inventors_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["sub_unit_id"], ["sub_units.id"], name=op.f("fk_inventors_sub_unit_id_sub_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventors")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inventors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inventors_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventors_sub_unit_id"), ["sub_unit_id"], unique=False)

    op.create_table(
        "verification_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verification_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_verification_documents_uploaded_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["verifications.id"],
            name=op.f("fk_verification_documents_verification_id_verifications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_documents")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("verification_documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verification_documents_verification_id"), ["verification_id"], unique=False
        )

    op.create_table(
        "inventorships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("inventor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["inventor_id"], ["inventors.id"], name=op.f("fk_inventorships_inventor_id_inventors")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_inventorships_listing_id_listings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventorships")),
        sa.UniqueConstraint("listing_id", "inventor_id", name=op.f("uq_inventorships_listing_id_inventor_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inventorships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inventorships_inventor_id"), ["inventor_id"], unique=False)

    for table, column in _columns():
        op.add_column(table, column, inline_references=True)
    for table, name in INDEXES:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def downgrade() -> None:
    for table, name in INDEXES:
        op.drop_index(op.f(f"ix_{table}_{name}"), table)
    for table, column in reversed(_columns()):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column.name)
    op.drop_table("inventorships")
    op.drop_table("verification_documents")
    op.drop_table("inventors")
    op.drop_table("verifications")
    op.drop_table("sub_units")
    op.drop_table("merges")
    op.drop_table("handovers")
