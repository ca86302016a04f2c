"""Notes and files of deals, and who may read each: both sides, one side alone, or the broker and the bureau."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.deals import Deal
from matchmaker.domain.language import N_
from matchmaker.domain.people import User


class Audience(StrEnum):
    """Who reads a note or a file of a deal.

    Of `OFFICE` a side reads what it wrote itself; `SIDE` is read by the colleagues of whoever wrote it, and by nobody
    else, whatever his role.
    """

    ALL = "all"
    OFFICE = "office"
    SIDE = "side"


AUDIENCE_NAMES: dict[str, str] = {
    Audience.ALL: N_("双方、技术经纪人和科技局"),
    Audience.OFFICE: N_("技术经纪人和科技局"),
    Audience.SIDE: N_("仅本单位"),
}
NOTE_MOST = 4000


class DealNote(Base):
    """One note; never changed, taken back by `deleted_at`. `organization_id` is the side that wrote it, None for the
    broker and the bureau; `contract_id` is the contract of the deal that it is about, None where of the deal itself."""

    __tablename__ = "deal_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contracts.id"), index=True)
    audience: Mapped[str] = mapped_column(sa.String(8))
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    written_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]

    deal: Mapped[Deal] = relationship()
    author: Mapped[User | None] = relationship()


class DealFile(Base):
    """One file of a deal, stored under the hash of its content."""

    __tablename__ = "deal_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"), index=True)
    audience: Mapped[str] = mapped_column(sa.String(8))
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]

    deal: Mapped[Deal] = relationship()
    uploaded_by: Mapped[User | None] = relationship()
