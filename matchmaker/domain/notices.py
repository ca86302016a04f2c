"""Notices: what a person was told, kept in an inbox on the site."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.language import N_, unpack

TITLE_LONGEST = 200
PATH_LONGEST = 300


class NoticeTopic(StrEnum):
    """What a notice is about; a person chooses for each topic how to be told."""

    LISTING = "listing"
    REVIEW = "review"
    MATCH = "match"
    INTEREST = "interest"
    QUESTION = "question"
    ORGANIZATION = "organization"
    IMPORT = "import"
    CAMPAIGN = "campaign"
    EVENT = "event"
    DEAL = "deal"
    EXPIRY = "expiry"
    FORWARD = "forward"
    SEARCH = "search"
    SYSTEM = "system"


class MailPace(StrEnum):
    """How a person is told of a topic by e-mail; the inbox gets everything."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


PACE_NAMES: dict[str, str] = {
    MailPace.NOW: N_("立即发邮件"),
    MailPace.DAILY: N_("每天汇总一封"),
    MailPace.WEEKLY: N_("每周汇总一封"),
    MailPace.OFF: N_("不发邮件"),
}
# What comes by the dozen is gathered unless a person wants it otherwise.
DEFAULT_PACES: dict[str, MailPace] = {
    NoticeTopic.MATCH: MailPace.DAILY,
    NoticeTopic.SEARCH: MailPace.DAILY,
}
DIGESTS = (MailPace.DAILY, MailPace.WEEKLY)

TOPIC_NAMES: dict[str, str] = {
    NoticeTopic.LISTING: N_("我的发布"),
    NoticeTopic.REVIEW: N_("审核"),
    NoticeTopic.MATCH: N_("新的匹配"),
    NoticeTopic.INTEREST: N_("对接意向"),
    NoticeTopic.QUESTION: N_("提问与答复"),
    NoticeTopic.ORGANIZATION: N_("单位"),
    NoticeTopic.IMPORT: N_("导入与导出"),
    NoticeTopic.CAMPAIGN: N_("征集活动"),
    NoticeTopic.EVENT: N_("活动"),
    NoticeTopic.DEAL: N_("跟进项目"),
    NoticeTopic.EXPIRY: N_("有效期"),
    NoticeTopic.FORWARD: N_("转发"),
    NoticeTopic.SEARCH: N_("订阅的内容"),
    NoticeTopic.SYSTEM: N_("平台"),
}


class Notice(Base):
    """One thing told to one person. `path` is where on the site it is to be seen.

    `phrases` keeps marked sentences as {"title": [template, values], ...}, so that the inbox can show them in the
    reader's language; `title` and `body` are the finished Chinese text. `digest` is the digest that the notice waits
    for, None where it waits for none (any more).
    """

    __tablename__ = "notices"
    __table_args__ = (
        sa.Index("ix_notices_user_id_read_at", "user_id", "read_at"),
        sa.Index("ix_notices_digest", "digest", "user_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    topic: Mapped[str] = mapped_column(sa.String(24))
    title: Mapped[str] = mapped_column(sa.String(TITLE_LONGEST))
    body: Mapped[str] = mapped_column(sa.Text)
    phrases: Mapped[dict[str, Any]] = mapped_column(default=dict)
    path: Mapped[str] = mapped_column(sa.String(PATH_LONGEST))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    read_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(sa.String(8))

    @property
    def heading(self) -> str:
        """The title, as a sentence to be translated where it was one."""
        return self._phrase("title", self.title)

    @property
    def text(self) -> str:
        """The body, as a sentence to be translated where it was one."""
        return self._phrase("body", self.body)

    def _phrase(self, name: str, plain: str) -> str:
        return unpack(self.phrases[name]) if name in self.phrases else plain


class NoticePreference(Base):
    """How one person wants to be told of one topic by e-mail; `DEFAULT_PACES`, else at once, where there is no row."""

    __tablename__ = "notice_preferences"
    __table_args__ = (sa.UniqueConstraint("user_id", "topic"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    topic: Mapped[str] = mapped_column(sa.String(24))
    pace: Mapped[str] = mapped_column(sa.String(8))


def default_pace(topic: str) -> MailPace:
    """Return how people are told of a topic by e-mail who have not chosen."""
    return DEFAULT_PACES.get(topic, MailPace.NOW)
