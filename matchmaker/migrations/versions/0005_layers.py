"""Layers of fields and files, what was opened of them and read, agreements, avoid lists.

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "avoidances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("avoided_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["avoided_id"], ["organizations.id"], name=op.f("fk_avoidances_avoided_id_organizations")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_avoidances_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_avoidances_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoidances")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("avoidances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_avoidances_avoided_id"), ["avoided_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_avoidances_credit_code"), ["credit_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_avoidances_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_avoidances_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("layer", sa.String(length=16), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_readings_listing_id_listings")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_readings_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_readings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint(
            "listing_id",
            "user_id",
            "organization_id",
            "layer",
            "way",
            "attachment_id",
            "read_on",
            name="uq_readings_day",
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_readings_user_id"), ["user_id"], unique=False)

    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("file_media_type", sa.String(length=100), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("proposing_organization_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answering_organization_id", sa.Integer(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_agreements_answered_by_id_users")),
        sa.ForeignKeyConstraint(
            ["answering_organization_id"],
            ["organizations.id"],
            name=op.f("fk_agreements_answering_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_agreements_match_id_matches")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_agreements_proposed_by_id_users")),
        sa.ForeignKeyConstraint(
            ["proposing_organization_id"],
            ["organizations.id"],
            name=op.f("fk_agreements_proposing_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreements_file_sha256"), ["file_sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_agreements_match_id"), ["match_id"], unique=False)

    op.create_table(
        "disclosures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("layer", sa.String(length=16), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_disclosures_listing_id_listings")),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_disclosures_match_id_matches")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_disclosures_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("disclosures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosures_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosures_match_id"), ["match_id"], unique=False)
        batch_op.create_index("ix_disclosures_organization", ["organization_id", "ended_at"], unique=False)

    with op.batch_alter_table("attachments") as batch:
        batch.alter_column("layer", existing_type=sa.String(16), nullable=True)
    # The former names: as open as the full text; for the owner, brokers and the bureau only.
    op.execute("UPDATE attachments SET layer = NULL WHERE layer = 'full'")
    op.execute("UPDATE attachments SET layer = 'inside' WHERE layer = 'contact'")
    op.add_column("revisions", sa.Column("layers", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    # The abstract of a listing for brokers only is embedded from now on, for whomever its owner opens it to.
    op.execute(
        "UPDATE listings SET text_revision = text_revision + 1, pair_revision = pair_revision + 1"
        " WHERE visibility = 'brokers' AND state = 'published'"
    )


def downgrade() -> None:
    op.drop_column("revisions", "layers")
    op.execute("UPDATE attachments SET layer = 'full' WHERE layer IS NULL")
    op.execute("UPDATE attachments SET layer = 'contact' WHERE layer NOT IN ('full', 'abstract')")
    with op.batch_alter_table("attachments") as batch:
        batch.alter_column("layer", existing_type=sa.String(16), nullable=False)
    with op.batch_alter_table("disclosures", schema=None) as batch_op:
        batch_op.drop_index("ix_disclosures_organization")
        batch_op.drop_index(batch_op.f("ix_disclosures_match_id"))
        batch_op.drop_index(batch_op.f("ix_disclosures_listing_id"))

    op.drop_table("disclosures")
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreements_match_id"))
        batch_op.drop_index(batch_op.f("ix_agreements_file_sha256"))

    op.drop_table("agreements")
    with op.batch_alter_table("readings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_readings_user_id"))

    op.drop_table("readings")
    with op.batch_alter_table("avoidances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_avoidances_organization_id"))
        batch_op.drop_index(batch_op.f("ix_avoidances_name"))
        batch_op.drop_index(batch_op.f("ix_avoidances_credit_code"))
        batch_op.drop_index(batch_op.f("ix_avoidances_avoided_id"))

    op.drop_table("avoidances")
