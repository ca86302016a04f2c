"""Robots.

Revision: 0008
After: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("saved_searches") as batch:
        batch.add_column(sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("webhooks") as batch:
        batch.add_column(
            sa.Column(
                "next_attempt_at", sa.DateTime(timezone=True), nullable=False, server_default="2026-11-26 00:00:00"
            )
        )

    # What stands in somebody's list already is no news to him.
    for mine, other, listed in (
        ("need_id", "achievement_id", "in_need_list"),
        ("achievement_id", "need_id", "in_achievement_list"),
    ):
        known = sa.table(
            "matches", *(sa.column(name) for name in (mine, other, "updated_at")), sa.column(listed, sa.Boolean)
        )
        news = sa.table(
            "match_news", *(sa.column(name) for name in ("listing_id", "other_id", "created_at", "told_at"))
        )
        noted = sa.exists().where(news.c.listing_id == known.c[mine], news.c.other_id == known.c[other])
        rows = sa.select(known.c[mine], known.c[other], known.c.updated_at, known.c.updated_at)
        rows = rows.where(known.c[listed], ~noted)
        op.execute(news.insert().from_select(["listing_id", "other_id", "created_at", "told_at"], rows))


def downgrade() -> None:
    with op.batch_alter_table("webhooks") as batch:
        batch.drop_column("next_attempt_at")

    with op.batch_alter_table("saved_searches") as batch:
        batch.drop_column("shared")
