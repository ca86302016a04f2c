"""Refits: each time that the ranker was fitted anew to what people taught, what came of it and why."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.language import N_
from matchmaker.domain.people import User


class RefitState(StrEnum):
    """The life of a refit (see states.py for the moves)."""

    RUNNING = "running"
    PROMOTED = "promoted"
    REFUSED = "refused"
    TOO_FEW = "too_few"
    FAILED = "failed"


class RefitCause(StrEnum):
    """What began it."""

    NIGHT = "night"
    PAGE = "page"
    COMMAND = "command"


REFIT_STATE_NAMES: dict[str, str] = {
    RefitState.PROMOTED: N_("已启用新排序"),
    RefitState.REFUSED: N_("没有启用"),
    RefitState.TOO_FEW: N_("反馈还太少"),
}


class Refit(Base):
    """One refit. `why` is the packed sentence of how it ended; `figures` what was counted and measured (see
    services/refits/running.py). `model` and `mark` name the model that it made, `against_*` the one that served; NULL
    is the ranker that comes with the package. `evidence` tells what it learned from: unchanged, the next night rests.
    """

    __tablename__ = "refits"
    __table_args__ = (
        # Two at once would each promote over the other.
        sa.Index(
            "ix_refits_running",
            "state",
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=RefitState.RUNNING)
    cause: Mapped[str] = mapped_column(sa.String(16))
    started_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]
    why: Mapped[Any | None] = mapped_column(sa.JSON(none_as_null=True))
    evidence: Mapped[str | None] = mapped_column(sa.String(64))
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    model: Mapped[str | None] = mapped_column(sa.String(60))
    mark: Mapped[str | None] = mapped_column(sa.String(16))
    against_model: Mapped[str | None] = mapped_column(sa.String(60))
    against_mark: Mapped[str | None] = mapped_column(sa.String(16))

    started_by: Mapped[User | None] = relationship()

    subject_kind: ClassVar[str] = "refit"


class RefitSwitch(Base):
    """An administrator let the nights learn, or stopped them; the last one counts, and without any they learn."""

    __tablename__ = "refit_switches"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    is_on: Mapped[bool]
    turned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    turned_at: Mapped[datetime] = mapped_column(default=utc_now)

    turned_by: Mapped[User | None] = relationship()

    subject_kind: ClassVar[str] = "refit_switch"
