"""doers of deals.

Revision: 0033
After: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

NAME = "fk_deals_doer_id_users"
# An unnamed constraint of SQLite is found by the name that it would have.
NAMES = {"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"}


def upgrade() -> None:
    # SQLite adds a column with its reference in one statement; to write a table full of references anew is refused.
    if op.get_context().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE deals ADD COLUMN doer_id INTEGER CONSTRAINT {NAME} REFERENCES users (id)")
    else:
        op.add_column("deals", sa.Column("doer_id", sa.Integer(), nullable=True))
        op.create_foreign_key(NAME, "deals", "users", ["doer_id"], ["id"])
    op.create_index("ix_deals_doer_id", "deals", ["doer_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_deals_doer_id", "deals")
    with op.batch_alter_table("deals", naming_convention=NAMES) as deals:
        deals.drop_constraint(NAME, type_="foreignkey")
        deals.drop_column("doer_id")
