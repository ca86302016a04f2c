"""refits.

Revision: 0032
After: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refit_switches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("turned_by_id", sa.Integer(), nullable=True),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["turned_by_id"], ["users.id"], name=op.f("fk_refit_switches_turned_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refit_switches")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "refits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("evidence", sa.String(length=64), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=True),
        sa.Column("mark", sa.String(length=16), nullable=True),
        sa.Column("against_model", sa.String(length=60), nullable=True),
        sa.Column("against_mark", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["started_by_id"], ["users.id"], name=op.f("fk_refits_started_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refits")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("refits", schema=None) as batch_op:
        batch_op.create_index(
            "ix_refits_running",
            ["state"],
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("refits", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_refits_running",
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )

    op.drop_table("refits")
    op.drop_table("refit_switches")
