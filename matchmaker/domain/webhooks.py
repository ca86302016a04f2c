"""Webhooks: group-chat robots of an organization, and what is sent to them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.language import N_
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import Organization

NAME_LONGEST = 60
ADDRESS_LONGEST = 1000


class RobotKind(StrEnum):
    """Which robot listens at the address, and so which form a message has."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"


TOPICS = (
    NoticeTopic.LISTING,
    NoticeTopic.REVIEW,
    NoticeTopic.MATCH,
    NoticeTopic.INTEREST,
    NoticeTopic.SEARCH,
)
ROBOT_NAMES: dict[str, str] = {RobotKind.WECOM: N_("企业微信群机器人"), RobotKind.DINGTALK: N_("钉钉群机器人")}


class Webhook(Base):
    """One robot of one organization. `failures` counts refusals in a row: each makes it wait, too many pause it."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(sa.String(NAME_LONGEST))
    robot: Mapped[str] = mapped_column(sa.String(16))
    address: Mapped[str] = mapped_column(sa.String(ADDRESS_LONGEST))
    secret: Mapped[str | None] = mapped_column(sa.String(200))
    topics: Mapped[list[str]] = mapped_column(default=list)
    failures: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=utc_now)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    paused_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship()
    deliveries: Mapped[list["WebhookDelivery"]] = relationship(back_populates="webhook")


class WebhookDelivery(Base):
    """One message to one robot. `uid` is fixed when it is written and goes with it: a second delivery is recognised."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        sa.Index("ix_webhook_deliveries_waiting", "sent_at", "failed_at", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(40), unique=True)
    webhook_id: Mapped[int] = mapped_column(sa.ForeignKey("webhooks.id"), index=True)
    topic: Mapped[str] = mapped_column(sa.String(24))
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    path: Mapped[str] = mapped_column(sa.String(300))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_error: Mapped[str | None] = mapped_column(sa.Text)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]

    webhook: Mapped[Webhook] = relationship(back_populates="deliveries")
