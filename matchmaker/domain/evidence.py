"""Evidence: which sentence of an achievement answers which of a need, as places in their fields and never as text."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base


class Evidence(Base):
    """The sentences of a pair and how likely each answers another; for all readers at once, each of whom sees a part.

    `content` is {"need": sentences, "achievement": sentences, "answers": [[place in need's, place in achievement's,
    likelihood], ...]}, a sentence being [field, start, end], the most telling first; NULL until it was computed. It
    holds for the two revisions and for `made_by`, the method with its model. `is_wanted` says that somebody looks at
    the pair and waits.
    """

    __tablename__ = "evidence"
    __table_args__ = (sa.Index("ix_evidence_is_wanted", "is_wanted"),)

    match_id: Mapped[int] = mapped_column(sa.ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True)
    need_revision_id: Mapped[int | None]
    achievement_revision_id: Mapped[int | None]
    made_by: Mapped[str | None] = mapped_column(sa.String(160))
    content: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    is_wanted: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime | None]


class EvidenceMark(Base):
    """For which list of a listing evidence was completed: it is behind where its list has been written anew since."""

    __tablename__ = "evidence_marks"
    __table_args__ = ()

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id", ondelete="CASCADE"), primary_key=True)
    matched_revision: Mapped[int]
    matched_by: Mapped[str] = mapped_column(sa.String(200))
    made_by: Mapped[str] = mapped_column(sa.String(160))
