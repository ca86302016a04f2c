"""How a roadshow (路演) is run at an event: lengths and breaks, what judges mark, how the ranking is made and shown."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_

LENGTHS = ((8, 7), (8, 12))
"""Minutes of presentation and of questions in use in the trade: with three judges, with five."""
TRIMMED_FROM = 5
"""Signed sheets from which on the highest and the lowest are left out, where a roadshow ranks by the trimmed mean."""
DIMENSIONS = (
    (N_("技术与产品"), 30),
    (N_("商业模式与计划"), 25),
    (N_("行业与市场"), 25),
    (N_("团队"), 20),
)
"""What judges mark where an event says nothing else, with weights (docs of the trade: the four dimensions in use)."""


class RankedBy(StrEnum):
    """Which mean the places follow."""

    MEAN = "mean"
    TRIMMED = "trimmed"


class OrderRule(StrEnum):
    """How the order of a programme was made last."""

    BY_HAND = "by_hand"
    FIELD = "field"
    TRL = "trl"
    DEMAND = "demand"
    DRAW = "draw"
    ALTERNATE = "alternate"


class Roadshow(Base):
    """The roadshow of an event. `starts_at` None: with the event. After every `break_every` pitches nobody presents for
    `break_minutes`.

    `dimensions` are [{"key", "name", "weight"}, ...], empty for DIMENSIONS; a mark lies between `score_least` and
    `score_most`. `seed` is what the order was drawn with, None where it was not drawn. Presenters read the results from
    `published_at` on.
    """

    __tablename__ = "roadshows"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), unique=True)
    starts_at: Mapped[datetime | None]
    present_minutes: Mapped[int] = mapped_column(default=LENGTHS[0][0])
    question_minutes: Mapped[int] = mapped_column(default=LENGTHS[0][1])
    break_every: Mapped[int | None]
    break_minutes: Mapped[int] = mapped_column(default=0)
    dimensions: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    score_least: Mapped[int] = mapped_column(default=0)
    score_most: Mapped[int] = mapped_column(default=10)
    ranked_by: Mapped[str] = mapped_column(sa.String(16), default=RankedBy.MEAN)
    order_rule: Mapped[str] = mapped_column(sa.String(16), default=OrderRule.BY_HAND)
    seed: Mapped[int | None]
    ordered_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)

    event: Mapped[Event] = relationship()

    @property
    def is_published(self) -> bool:
        """Whether presenters may read the results."""
        return self.published_at is not None
