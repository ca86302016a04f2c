"""Verdicts on the indicators of a pair: what was read from each listing, and what one side's say of the other's.

Both are made by the worker and can be made again; which of it a viewer sees follows from the fields that he may read.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class IndicatorList(Base):
    """The quantified indicators of a listing's published revision, as `read_by` (a version of the rules) read them.

    `rows` are {field, row, ...indicator}, see services/verdicts/reading.py. `judged_revision` and `judged_matching` say
    up to which matching the listing's pairs have been judged, as `Listing.matched_revision` and `matched_by` do.
    """

    __tablename__ = "indicator_lists"
    __table_args__: Any = {}

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), primary_key=True, autoincrement=False)
    revision_id: Mapped[int]
    read_by: Mapped[str] = mapped_column(sa.String(24))
    rows: Mapped[list[Any]] = mapped_column(sa.JSON)
    judged_revision: Mapped[int | None]
    judged_matching: Mapped[str | None] = mapped_column(sa.String(200))
    judged_by: Mapped[str | None] = mapped_column(sa.String(160))


class VerdictSheet(Base):
    """What the indicators of a pair's achievement say of each one of its need.

    `findings` has a list for each row of the need's indicators: [[place of the achievement's row, likeness, verdict,
    doubt], ...]. It goes with the two revisions and the rules that it was made from.
    """

    __tablename__ = "verdict_sheets"
    __table_args__: Any = {}

    match_id: Mapped[int] = mapped_column(
        sa.ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    need_revision_id: Mapped[int]
    achievement_revision_id: Mapped[int]
    read_by: Mapped[str] = mapped_column(sa.String(24))
    judged_by: Mapped[str] = mapped_column(sa.String(160))
    findings: Mapped[list[Any]] = mapped_column(sa.JSON)
    made_at: Mapped[datetime] = mapped_column(default=utc_now)
