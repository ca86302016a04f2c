"""Imports of lists through the browser: the file, what its columns mean, and the rows that somebody has to mend."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.jobs import Job


class Import(Base):
    """One uploaded list on its way from columns over preview to listings.

    `organization_id` is where the person acted, `default_owner_id` the organization that owns the rows that name none.
    `columns` says what each heading means (a field's name, or "" for leaving it out) once the person has agreed;
    `findings` is what reading the beginning of the file gave. The file lies under its hash until `file_deleted_at`.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    default_owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("jobs.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    size: Mapped[int]
    columns: Mapped[dict[str, Any] | None]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    findings: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    file_deleted_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "import"

    job: Mapped[Job] = relationship()


class ImportProblem(Base):
    """What is wrong with one cell of an imported list; `reason` is a packed sentence."""

    __tablename__ = "import_problems"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), index=True)
    row: Mapped[int]
    column: Mapped[str] = mapped_column(sa.String(200))
    reason: Mapped[Any] = mapped_column(sa.JSON)
    is_fatal: Mapped[bool] = mapped_column(default=True)


class ColumnChoice(Base):
    """What an organization once said that the columns of a list mean, by the hash of all its headings."""

    __tablename__ = "column_choices"
    __table_args__ = (
        sa.UniqueConstraint("organization_id", "kind", "headings_hash"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    headings_hash: Mapped[str] = mapped_column(sa.String(64))
    columns: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
