"""openings and frozen stages.

Revision: 0031
After: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("closed_periods", sa.Column("stages", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("closed_periods", sa.Column("districts", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("organizations", sa.Column("opened_on", sa.Date(), nullable=True))


def downgrade() -> None:
    # Column by column: to write a table full of references anew is refused.
    op.drop_column("organizations", "opened_on")
    op.drop_column("closed_periods", "districts")
    op.drop_column("closed_periods", "stages")
