"""Targets: what an indicator is to reach in a year, for the city and decomposed to branches and quarters."""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now

WHOLE_YEAR = 0


class IndicatorTarget(Base):
    """One target. `branch_id` is None for the whole city, `quarter` from 1 to 4, or WHOLE_YEAR."""

    __tablename__ = "indicator_targets"
    __table_args__ = (
        sa.UniqueConstraint("year", "indicator", "branch_id", "quarter"),
        # Of rows without a branch the constraint would let through any number.
        sa.Index(
            "uq_indicator_targets_city",
            "year",
            "indicator",
            "quarter",
            unique=True,
            sqlite_where=sa.text("branch_id IS NULL"),
            postgresql_where=sa.text("branch_id IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    indicator: Mapped[str] = mapped_column(sa.String(40))
    branch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    quarter: Mapped[int] = mapped_column(default=WHOLE_YEAR)
    value: Mapped[Decimal]
    set_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    set_at: Mapped[datetime] = mapped_column(default=utc_now)
