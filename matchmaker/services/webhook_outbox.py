"""Sending what waits for robots: one message after the other, at least once, never lost.

A message is claimed, posted and marked before the next one is touched, and no lock is held while it is posted: whoever
is killed meanwhile leaves one message that is posted again, under the same id. A robot that refuses is left alone for
longer and longer, and paused when it goes on refusing; what was written for it waits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import Organization, User
from matchmaker.domain.webhooks import Webhook, WebhookDelivery
from matchmaker.services.organization_notices import owners, tell_owners, tell_person
from matchmaker.services.outbound import Outbound, Refused, Unreachable
from matchmaker.services.robots import message, refusal, signed

AT_ONCE = 20
CLAIM = timedelta(minutes=5)
# Both kinds of robot take 20 messages a minute.
SPACING = timedelta(seconds=3)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# With doubling waits a message is tried for a little more than two days, and a robot that answers nothing for a day.
MOST_ATTEMPTS = 16
PAUSED_AFTER = 12


@dataclass(frozen=True, slots=True)
class _Post:
    """One message on its way."""

    delivery_id: int
    address: str
    body: bytes
    headers: dict[str, str]


def send_due(database: Database, settings: Settings, outbound: Outbound, now: datetime | None = None) -> int:
    """Post what is due, a few at a time; return how many were posted, taken or not."""
    now = now or utc_now()
    for count in range(AT_ONCE):
        with database.read() as session:
            if session.scalar(_due(now).with_only_columns(WebhookDelivery.id).limit(1)) is None:
                return count
        with database.transaction() as session:
            post = _claim(session, settings, now)
        if post is None:
            return count
        error = _send(outbound, post)
        with database.transaction() as session:
            _mark(session, post.delivery_id, error, now)
    return AT_ONCE


def _due(now: datetime) -> sa.Select[WebhookDelivery]:
    other = aliased(WebhookDelivery)
    just_sent = sa.exists().where(other.webhook_id == Webhook.id, other.sent_at > now - SPACING)
    return (
        sa.select(WebhookDelivery)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .join(Organization, Organization.id == Webhook.organization_id)
        .where(
            Organization.suspended_at.is_(None),
            WebhookDelivery.sent_at.is_(None),
            WebhookDelivery.failed_at.is_(None),
            WebhookDelivery.next_attempt_at <= now,
            Webhook.next_attempt_at <= now,
            Webhook.paused_at.is_(None),
            Webhook.deleted_at.is_(None),
            ~just_sent,
        )
        .order_by(WebhookDelivery.next_attempt_at, WebhookDelivery.id)
    )


def _claim(session: Session, settings: Settings, now: datetime) -> _Post | None:
    delivery = session.scalars(_due(now).limit(1).with_for_update(skip_locked=True, of=WebhookDelivery)).first()
    if delivery is None:
        return None
    delivery.attempts += 1
    delivery.next_attempt_at = now + CLAIM
    robot = delivery.webhook
    sender = N_("%(city)s科技成果对接平台") % {"city": settings.city}
    link = settings.base_url + delivery.path
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": delivery.uid,
        "User-Agent": "matchmaker",
    }
    address = signed(robot.robot, robot.address, robot.secret, utc_now())
    return _Post(delivery.id, address, message(robot.robot, delivery.title, delivery.body, link, sender), headers)


def _send(outbound: Outbound, post: _Post) -> str | None:
    try:
        said = refusal(outbound.post(post.address, post.body, post.headers))
    except Refused as error:
        return N_("这个地址不允许推送：%(reason)s") % {"reason": error}
    except Unreachable as error:
        return N_("没有连接上：%(reason)s") % {"reason": error}
    return said and N_("机器人没有接收：%(reason)s") % {"reason": said}


def _mark(session: Session, delivery_id: int, error: str | None, now: datetime) -> None:
    delivery = session.get(WebhookDelivery, delivery_id)
    if delivery is None:  # its robot was taken away meanwhile
        return
    robot = delivery.webhook
    delivery.last_error = error
    if error is None:
        delivery.sent_at, robot.failures = now, 0
        return
    robot.failures += 1
    robot.next_attempt_at = now + _wait(robot.failures)
    if delivery.attempts >= MOST_ATTEMPTS:
        delivery.failed_at = now
    else:
        delivery.next_attempt_at = now + _wait(delivery.attempts)
    if robot.failures >= PAUSED_AFTER and robot.paused_at is None:
        robot.paused_at = now
        _tell_paused(session, robot, error)


def _wait(failures: int) -> timedelta:
    return min(FIRST_WAIT * (1 << (failures - 1)), LONGEST_WAIT)


def _tell_paused(session: Session, robot: Webhook, error: str) -> None:
    title = Sentence(N_("机器人“%(name)s”已暂停推送"), name=robot.name)
    body = Sentence(
        N_("连续 %(count)s 次没有送达，最近一次的原因：%(error)s\n\n没有送达的消息都保留着，检查地址和密钥后恢复。"),
        count=robot.failures,
        error=error,
    )
    path = f"/organizations/{robot.organization_id}/webhooks"
    tell_owners(session, robot.organization_id, title, body, path=path)
    if robot.created_by_id not in {owner.id for owner in owners(session, robot.organization_id)}:
        creator = session.get(User, robot.created_by_id) if robot.created_by_id is not None else None
        tell_person(session, creator, robot.organization_id, title, body, path=path)
