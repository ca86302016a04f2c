"""Jobs: work too long for a request, as rows that the worker takes, with progress that survives it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class JobKind(StrEnum):
    """What is done; services/job_kinds.py says how."""

    CHECK_IMPORT = "check_import"
    IMPORT = "import"
    EXPORT = "export"
    COMPARE_RANKER = "compare_ranker"
    MEASURE_LANGUAGES = "measure_languages"
    PROPOSE_LINEUP = "propose_lineup"
    SOLVE_TIMETABLE = "solve_timetable"
    MAP_UNMET = "map_unmet"
    VERIFY_JOURNAL = "verify_journal"
    MAKE_REPORT = "make_report"
    DRAW_PAIRS = "draw_pairs"
    REFIT = "refit"


OWN_ACCORD = frozenset({JobKind.REFIT})
"""Kinds that the worker also orders itself, in nobody's name."""


class JobState(StrEnum):
    """The life of a job (see states.py for the moves)."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


ENDED = frozenset({JobState.DONE, JobState.CANCELLED, JobState.FAILED})


class Job(Base):
    """One piece of long work that a person ordered in one of his organizations, or the worker itself (OWN_ACCORD).

    `arguments` and `result` are plain JSON of the kind's own shape. `done` of `expected` is how far it is, in whatever
    the kind counts; it is written together with what it counts, so a job that was cut off goes on from there. `fault`
    is the packed sentence of what ended a failed one. `attempts` counts how often it was taken up without getting
    any further.
    """

    __tablename__ = "jobs"
    __table_args__ = (sa.Index("ix_jobs_state", "state", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(24))
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=JobState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int | None]
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fault: Mapped[Any | None] = mapped_column(sa.JSON)
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_asked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)

    subject_kind: ClassVar[str] = "job"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED
