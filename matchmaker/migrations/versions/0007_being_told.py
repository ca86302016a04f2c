"""Being told.

Revision: 0007
After: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_preferences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("pace", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_notice_preferences_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_preferences"),
        sa.UniqueConstraint("user_id", "topic", name="uq_notice_preferences_user_id_topic"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("robot", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name="fk_webhooks_created_by_id_users"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_webhooks_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhooks_organization_id", "webhooks", ["organization_id"])

    op.create_table(
        "match_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name="fk_match_news_listing_id_listings"),
        sa.ForeignKeyConstraint(["other_id"], ["listings.id"], name="fk_match_news_other_id_listings"),
        sa.PrimaryKeyConstraint("id", name="pk_match_news"),
        sa.UniqueConstraint("listing_id", "other_id", name="uq_match_news_listing_id_other_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_match_news_told_at", "match_news", ["told_at", "listing_id"])

    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("field", sa.String(length=24), nullable=True),
        sa.Column("industry", sa.String(length=2), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("seen_change", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_saved_searches_membership_id_memberships"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_saved_searches_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_searches"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_searches_seen_change", "saved_searches", ["seen_change"])
    op.create_index("ix_saved_searches_user_id", "saved_searches", ["user_id"])

    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name="fk_webhook_deliveries_webhook_id_webhooks"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint("uid", name="uq_webhook_deliveries_uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhook_deliveries_waiting", "webhook_deliveries", ["sent_at", "failed_at", "next_attempt_at"])
    op.create_index("ix_webhook_deliveries_webhook_id", "webhook_deliveries", ["webhook_id"])

    op.create_table(
        "saved_search_hits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name="fk_saved_search_hits_listing_id_listings"),
        sa.ForeignKeyConstraint(
            ["search_id"], ["saved_searches.id"], name="fk_saved_search_hits_search_id_saved_searches"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_saved_search_hits_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_search_hits"),
        sa.UniqueConstraint("user_id", "listing_id", name="uq_saved_search_hits_user_id_listing_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_search_hits_listing_id", "saved_search_hits", ["listing_id"])
    op.create_index("ix_saved_search_hits_search_id", "saved_search_hits", ["search_id"])

    with op.batch_alter_table("mails") as batch:
        batch.add_column(sa.Column("scope", sa.String(length=24), nullable=True))

    with op.batch_alter_table("notices") as batch:
        batch.add_column(sa.Column("digest", sa.String(length=8), nullable=True))
    op.create_index("ix_notices_digest", "notices", ["digest", "user_id"])

    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("users") as batch:
        batch.drop_column("email_verified_at")

    op.drop_index("ix_notices_digest", "notices")
    with op.batch_alter_table("notices") as batch:
        batch.drop_column("digest")

    with op.batch_alter_table("mails") as batch:
        batch.drop_column("scope")

    op.drop_index("ix_saved_search_hits_search_id", "saved_search_hits")
    op.drop_index("ix_saved_search_hits_listing_id", "saved_search_hits")

    op.drop_table("saved_search_hits")
    op.drop_index("ix_webhook_deliveries_webhook_id", "webhook_deliveries")
    op.drop_index("ix_webhook_deliveries_waiting", "webhook_deliveries")

    op.drop_table("webhook_deliveries")
    op.drop_index("ix_saved_searches_user_id", "saved_searches")
    op.drop_index("ix_saved_searches_seen_change", "saved_searches")

    op.drop_table("saved_searches")
    op.drop_index("ix_match_news_told_at", "match_news")

    op.drop_table("match_news")
    op.drop_index("ix_webhooks_organization_id", "webhooks")

    op.drop_table("webhooks")
    op.drop_table("notice_preferences")
