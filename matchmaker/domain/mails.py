"""The outbox: mails written in the transaction that causes them and sent after it by the worker."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class Mail(Base):
    """One mail. `message_id` is fixed when it is written, so that a second delivery is recognised as the same.

    `path` is what on the site it is about, `scope` what a person may unsubscribe from (see `unsubscribing.py`; None for
    mails about the account itself, which always go); both links are made when it is sent. `enclosures` are what
    goes with it, [{"kind": ..., "id": ...}, ...] as services/enclosures.py has them, made when it is sent as well.
    """

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(sa.String(200), unique=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    recipient: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[str] = mapped_column(sa.Text)
    path: Mapped[str | None] = mapped_column(sa.String(300))
    scope: Mapped[str | None] = mapped_column(sa.String(24))
    enclosures: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    last_error: Mapped[str | None] = mapped_column(sa.Text)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
