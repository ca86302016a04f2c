"""A site's own terms, and its changes to the list of terms that comes with the package."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class TermEdit(Base):
    """One term added, changed or removed; what stands here goes before the package's entry of the same key.

    `key` is the first Chinese wording of the package's entry, or of an own one when it was added. Wordings are lists of
    text, the preferred one first. Nothing is deleted: a removed term keeps its row, so that readers see a later change.
    """

    __tablename__ = "terms"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    zh: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    en: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    ru: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    kk: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    industry: Mapped[str] = mapped_column(sa.String(24), default="other")
    is_removed: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)

    subject_kind: ClassVar[str] = "term"
