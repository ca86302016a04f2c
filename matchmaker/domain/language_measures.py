"""How well texts in another language find their Chinese counterparts, as it was measured."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class MeasureMethod(StrEnum):
    """On what was measured: parallel texts given to the command, or the list of terms."""

    TEXTS = "texts"
    TERMS = "terms"


class LanguageMeasure(Base):
    """One figure: recall at 1 and 10 of `queries` texts in `language` among `documents` in Chinese, with a model."""

    __tablename__ = "language_measures"
    __table_args__ = (sa.Index("ix_language_measures_language", "language", "method", "measured_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(8))
    method: Mapped[str] = mapped_column(sa.String(16))
    model_id: Mapped[str] = mapped_column(sa.String(120))
    queries: Mapped[int]
    documents: Mapped[int]
    recall_1: Mapped[float]
    recall_10: Mapped[float]
    measured_at: Mapped[datetime] = mapped_column(default=utc_now)
