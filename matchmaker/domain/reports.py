"""Period reports (月报、季报): files made once from the ledger, kept with who made them and from what."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.people import Organization, User


class PeriodReport(Base):
    """One report of a month, a quarter or a year, of the city or of one branch, as a .docx and an .xlsx file.

    It counts up to `until_on`; `journal_head` is the last entry of the journal that it can have seen. `is_frozen`: the
    whole period was closed then, and its figures are the frozen ones. Both files lie under their hash (see uploads).
    """

    __tablename__ = "period_reports"
    __table_args__ = (sa.Index("ix_period_reports_year", "year", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(8))
    number: Mapped[int]
    branch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    until_on: Mapped[date]
    is_frozen: Mapped[bool]
    journal_head: Mapped[int]
    docx_sha256: Mapped[str] = mapped_column(sa.String(64))
    xlsx_sha256: Mapped[str] = mapped_column(sa.String(64))
    docx_size: Mapped[int]
    xlsx_size: Mapped[int]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=utc_now)

    subject_kind: ClassVar[str] = "period_report"

    branch: Mapped[Organization | None] = relationship()
    made_by: Mapped[User | None] = relationship()

    @property
    def period(self) -> Period:
        """Which period it is of."""
        return Period(self.year, PeriodKind(self.kind), self.number)
