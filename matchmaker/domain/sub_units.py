"""Sub-units of an organization: a university's schools and institutes, in one or two levels."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now


class SubUnit(Base):
    """A school, an institute, a laboratory; one of the second level names its parent."""

    __tablename__ = "sub_units"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sub_units.id"))
    name: Mapped[str] = mapped_column(sa.String(100))
    contact_name: Mapped[str | None] = mapped_column(sa.String(80))
    contact_phone: Mapped[str | None] = mapped_column(sa.String(40))
    contact_email: Mapped[str | None] = mapped_column(sa.String(254))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    parent: Mapped["SubUnit | None"] = relationship(remote_side=[id])
