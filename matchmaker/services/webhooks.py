"""An organization's group-chat robots: who manages them, and what is written for them with what causes it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.notices import PATH_LONGEST, TITLE_LONGEST, NoticeTopic
from matchmaker.domain.people import Membership, MembershipState, Organization, Role
from matchmaker.domain.permissions import Actor, can_manage_webhooks
from matchmaker.domain.webhooks import NAME_LONGEST, TOPICS, RobotKind, Webhook, WebhookDelivery
from matchmaker.services.outbound import check_typed

MOST = 10
SECRET_LONGEST = 200
LOG_LENGTH = 30


@dataclass(frozen=True, slots=True)
class WebhookForm:
    """What somebody typed. An empty address or secret leaves the one that is there: neither is ever shown again."""

    name: str
    robot: str
    address: str
    secret: str
    topics: tuple[str, ...]
    drops_secret: bool = False


def announce(session: Session, organization_id: int, *, topic: str, title: str, body: str, path: str) -> int:
    """Write a message for each of an organization's robots that listen to `topic`; return how many.

    Title and body must hold only what every member of the organization may read. A paused robot gets it once it is
    switched on again.
    """
    robots = session.scalars(_own(organization_id)).all()
    listening = [robot for robot in robots if topic in robot.topics]
    for robot in listening:
        _write(session, robot, topic, title, body, path)
    return len(listening)


def announce_listing(session: Session, listing: Listing, *, topic: str, title: str, body: str, path: str) -> None:
    """Write a message about a listing for the robots of its organization and of its broker's agency."""
    for organization_id in _organizations_of(session, listing):
        announce(session, organization_id, topic=topic, title=title, body=body, path=path)


def list_webhooks(session: Session, actor: Actor, organization: Organization) -> list[Webhook]:
    """Return the robots of an organization, the oldest first.

    Raises:
        Forbidden: the actor does not manage them.
    """
    _require(actor, organization)
    return list(session.scalars(_own(organization.id)))


def add_webhook(session: Session, actor: Actor, organization: Organization, form: WebhookForm) -> Webhook:
    """Add a robot.

    Raises:
        Forbidden: the actor does not manage them. Invalid: by field, or too many robots.
    """
    _require(actor, organization)
    if len(list_webhooks(session, actor, organization)) >= MOST:
        raise Invalid(N_("一个单位最多添加 10 个机器人。"))
    robot = Webhook(organization_id=organization.id, created_by_id=actor.user_id)
    _fill(robot, form)
    session.add(robot)
    session.flush()
    record(session, actor, "add", "webhook", robot.id, robot=robot.robot, host=host_of(robot))
    return robot


def change_webhook(
    session: Session, actor: Actor, organization: Organization, webhook_id: int, form: WebhookForm
) -> Webhook:
    """Change a robot.

    Raises:
        NotFound: the organization has none of this id. Forbidden, Invalid: as `add_webhook`.
    """
    robot = get_webhook(session, actor, organization, webhook_id)
    _fill(robot, form)
    session.flush()
    record(session, actor, "change", "webhook", robot.id, host=host_of(robot))
    return robot


def delete_webhook(session: Session, actor: Actor, organization: Organization, webhook_id: int) -> None:
    """Take a robot away: address, secret and what waits for it are forgotten, the log of what was sent stays.

    Raises:
        NotFound, Forbidden: as `change_webhook`.
    """
    robot = get_webhook(session, actor, organization, webhook_id)
    robot.deleted_at, robot.address, robot.secret = utc_now(), "", None
    waiting = WebhookDelivery.webhook_id == robot.id, WebhookDelivery.sent_at.is_(None)
    session.execute(sa.delete(WebhookDelivery).where(*waiting))
    record(session, actor, "delete", "webhook", robot.id)


def resume_webhook(session: Session, actor: Actor, organization: Organization, webhook_id: int) -> Webhook:
    """Switch a paused robot on again, and try at once what waits for it.

    Raises:
        NotFound, Forbidden: as `change_webhook`.
    """
    robot = get_webhook(session, actor, organization, webhook_id)
    robot.paused_at, robot.failures, robot.next_attempt_at = None, 0, utc_now()
    waiting = WebhookDelivery.webhook_id == robot.id, WebhookDelivery.sent_at.is_(None)
    session.execute(sa.update(WebhookDelivery).where(*waiting).values(next_attempt_at=utc_now()))
    record(session, actor, "resume", "webhook", robot.id)
    return robot


def send_trial(session: Session, actor: Actor, organization: Organization, webhook_id: int) -> WebhookDelivery:
    """Write a message that says who tries the robot; the log shows what became of it.

    Raises:
        NotFound, Forbidden: as `change_webhook`. Conflict: the robot is paused.
    """
    robot = get_webhook(session, actor, organization, webhook_id)
    if robot.paused_at is not None:
        raise Conflict(N_("这个机器人已暂停，请先恢复。"))
    title = N_("测试消息")
    text = N_("%(name)s 正在测试机器人“%(robot)s”。收到这条消息，说明设置正确。")
    body = text % {"name": actor.name, "robot": robot.name}
    robot.next_attempt_at = utc_now()
    return _write(session, robot, NoticeTopic.SYSTEM, title, body, f"/organizations/{organization.id}/webhooks")


def retry_delivery(
    session: Session, actor: Actor, organization: Organization, webhook_id: int, delivery_id: int
) -> None:
    """Try again at once a message that was given up or waits.

    Raises:
        NotFound: no such message waits. Forbidden: as `change_webhook`.
    """
    robot = get_webhook(session, actor, organization, webhook_id)
    delivery = session.get(WebhookDelivery, delivery_id)
    if delivery is None or delivery.webhook_id != robot.id or delivery.sent_at is not None:
        raise NotFound(N_("没有这条待发消息，可能已经发出。"))
    delivery.attempts, delivery.failed_at, delivery.next_attempt_at = 0, None, utc_now()
    robot.next_attempt_at = utc_now()
    session.flush()


def get_webhook(session: Session, actor: Actor, organization: Organization, webhook_id: int) -> Webhook:
    """Return one robot of an organization.

    Raises:
        NotFound: the organization has none of this id. Forbidden: the actor does not manage them.
    """
    _require(actor, organization)
    robot = session.scalar(_own(organization.id).where(Webhook.id == webhook_id))
    if robot is None:
        raise NotFound(N_("没有找到这个机器人，可能已经删除。"))
    return robot


def delivery_log(session: Session, actor: Actor, organization: Organization) -> list[WebhookDelivery]:
    """Return the last messages to an organization's robots, the newest first.

    Raises:
        Forbidden: the actor does not manage them.
    """
    _require(actor, organization)
    return list(
        session.scalars(
            sa.select(WebhookDelivery)
            .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
            .where(Webhook.organization_id == organization.id, Webhook.deleted_at.is_(None))
            .order_by(WebhookDelivery.id.desc())
            .limit(LOG_LENGTH)
            .options(joinedload(WebhookDelivery.webhook))
        )
    )


def host_of(robot: Webhook) -> str:
    """Return the host of a robot's address: the rest of it is as good as a password."""
    return urlsplit(robot.address).hostname or ""


def _own(organization_id: int) -> sa.Select[Webhook]:
    mine = Webhook.organization_id == organization_id, Webhook.deleted_at.is_(None)
    return sa.select(Webhook).where(*mine).order_by(Webhook.id)


def _organizations_of(session: Session, listing: Listing) -> Sequence[int]:
    found = [listing.organization_id]
    if listing.broker_id is not None:
        agencies = sa.select(Membership.organization_id).where(
            Membership.user_id == listing.broker_id,
            Membership.role == Role.BROKER,
            Membership.state == MembershipState.ACTIVE,
        )
        found += session.scalars(agencies.order_by(Membership.id).limit(1))
    return list(dict.fromkeys(found))


def _write(session: Session, robot: Webhook, topic: str, title: str, body: str, path: str) -> WebhookDelivery:
    delivery = WebhookDelivery(
        uid=uuid.uuid4().hex,
        webhook_id=robot.id,
        topic=topic,
        title=" ".join(str(title).replace("\x00", "").split())[:TITLE_LONGEST],
        body=str(body).replace("\x00", "").strip(),
        path=path[:PATH_LONGEST],
    )
    session.add(delivery)
    session.flush()
    return delivery


def _require(actor: Actor, organization: Organization) -> None:
    if not can_manage_webhooks(actor, organization):
        raise Forbidden(N_("只有本单位的负责人和技术经纪人可以管理机器人推送。"))


def _fill(robot: Webhook, form: WebhookForm) -> None:
    errors: dict[str, str] = {}
    name, address = " ".join(form.name.replace("\x00", "").split()), form.address.strip()
    if not name or len(name) > NAME_LONGEST:
        errors["name"] = N_("请填写名称，最多 60 个字。")
    if form.robot not in set(RobotKind):
        errors["robot"] = N_("请选择机器人的类型。")
    if not address and not robot.address:
        errors["address"] = N_("请填写机器人的 Webhook 地址。")
    if len(form.secret.strip()) > SECRET_LONGEST:
        errors["secret"] = N_("密钥太长。")
    if not form.topics or not set(form.topics) <= set(TOPICS):
        errors["topics"] = N_("请至少选择一类消息。")
    try:
        if address:
            check_typed(address)
    except Invalid as error:
        errors.update(error.errors)
    if errors:
        raise Invalid(N_("有些内容需要修改，请看标出的地方。"), errors)
    robot.name, robot.robot, robot.topics = name, form.robot, [topic for topic in TOPICS if topic in form.topics]
    robot.address = address or robot.address
    robot.secret = None if form.drops_secret else form.secret.strip() or robot.secret
