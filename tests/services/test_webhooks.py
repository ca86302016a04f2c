"""Group-chat robots: whose they are, what is written for them, and that nothing is lost on the way."""

import base64
import dataclasses
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Organization
from matchmaker.domain.webhooks import Webhook, WebhookDelivery
from matchmaker.services.decisions import decide
from matchmaker.services.outbound import Answer, Outbound
from matchmaker.services.robots import MOST_BYTES, message, refusal, signed
from matchmaker.services.webhook_outbox import CLAIM, MOST_ATTEMPTS, PAUSED_AFTER, SPACING, send_due
from matchmaker.services.webhooks import (
    MOST,
    WebhookForm,
    add_webhook,
    announce,
    change_webhook,
    delete_webhook,
    delivery_log,
    list_webhooks,
    resume_webhook,
    retry_delivery,
    send_trial,
)
from tests.cast import Cast
from tests.pairs import pair, publish
from tests.services.http_server import Robot, ThisMachine, http_server

FORM = WebhookForm("技转群", "wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "", ("review", "match"))


@pytest.fixture
def robot() -> Iterator[Robot]:
    with http_server() as running:
        yield running


@pytest.fixture
def outbound(robot: Robot) -> Outbound:
    return Outbound(ThisMachine(robot.port))


@pytest.fixture
def organization(session: Session, cast: Cast) -> Organization:
    return session.get_one(Organization, cast.alice.organization_id)


def _webhook(database: Database, cast: Cast, listening: Robot, messages: int = 1, **columns: object) -> int:
    """Add a robot of alice's that listens on this machine, and write messages for it."""
    values = {"robot": "wecom", "name": "群", "address": listening.address, "topics": ["review"], **columns}
    with database.transaction() as session:
        row = Webhook(organization_id=cast.alice.organization_id, created_by_id=cast.alice.user_id, **values)
        session.add(row)
        session.flush()
        for number in range(messages):
            _announce(session, cast, f"第 {number} 条")
        return row.id


def _announce(session: Session, cast: Cast, title: str) -> int:
    return announce(session, cast.alice.organization_id, topic="review", title=title, body="文", path="/needs/3")


def _rows(database: Database) -> list[WebhookDelivery]:
    with database.read() as session:
        return list(session.scalars(sa.select(WebhookDelivery).order_by(WebhookDelivery.id)))


def test_message_reaches_the_robot_once_under_its_id(
    database: Database, settings: Settings, cast: Cast, robot: Robot, outbound: Outbound
) -> None:
    _webhook(database, cast, robot)
    assert [send_due(database, settings, outbound) for _ in range(2)] == [1, 0]
    (posted,) = robot.posted
    said = json.loads(posted.body)
    assert (said["msgtype"], said["markdown"]["content"]) == (
        "markdown",
        f"**第 0 条**\n\n> 文\n\n[打开查看]({settings.base_url}/needs/3)\n\n乌鲁木齐科技成果对接平台",
    )
    assert (posted.headers["idempotency-key"], _rows(database)[0].sent_at is not None) == (_rows(database)[0].uid, True)


def test_dingtalk_message_has_a_title_and_a_signed_address(
    database: Database, settings: Settings, cast: Cast, robot: Robot, outbound: Outbound
) -> None:
    _webhook(database, cast, robot, robot="dingtalk", secret="SEC123")
    send_due(database, settings, outbound)
    (posted,) = robot.posted
    query, said = parse_qs(urlsplit(posted.path).query), json.loads(posted.body)
    text = f"{query['timestamp'][0]}\nSEC123"
    expected = base64.b64encode(hmac.new(b"SEC123", text.encode(), hashlib.sha256).digest()).decode()
    assert (query["sign"], query["key"], said["markdown"]["title"]) == ([expected], ["abc"], "第 0 条")


def test_signature_is_what_openssl_makes_of_time_and_secret() -> None:
    at = datetime.fromtimestamp(1577262236.757, UTC)
    address = signed("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=x", "this is secret", at)
    sign = "hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D"
    assert address.partition("&")[2] == f"timestamp=1577262236757&sign={sign}"


def test_what_people_type_becomes_neither_link_nor_mention() -> None:
    said = json.loads(message("wecom", "[点我](http://evil.example)", "<@all> **粗** # 头", "https://m.example/", "台"))
    content = said["markdown"]["content"]
    assert (content.count("["), content.count("<"), "［点我］（http://evil.example）" in content) == (1, 0, True)


@pytest.mark.parametrize("robot_kind", ["wecom", "dingtalk"])
def test_long_text_is_cut_to_what_a_robot_takes(robot_kind: str) -> None:
    said = json.loads(message(robot_kind, "题" * 200, "文" * 5000, "https://m.example/" + "x" * 300, "台"))
    text = said["markdown"].get("content") or said["markdown"]["text"]
    assert MOST_BYTES - 4 <= len(text.encode()) <= MOST_BYTES
    assert text.endswith("\n\n台")


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (Answer(200, b'{"errcode":0,"errmsg":"ok"}'), True),
        (Answer(200, b'{"errcode":93000,"errmsg":"invalid webhook url"}'), False),
        (Answer(200, b"<html>"), False),
        (Answer(200, b""), False),
        (Answer(200, b"[0]"), False),
        (Answer(500, b'{"errcode":0}'), False),
        (Answer(200, b"\xff\xfe"), False),
    ],
)
def test_robot_has_taken_a_message_only_where_it_says_so(answer: Answer, taken: bool) -> None:
    assert (refusal(answer) is None) == taken


def test_robot_gets_twenty_messages_a_minute_at_most(
    database: Database, settings: Settings, cast: Cast, robot: Robot, outbound: Outbound
) -> None:
    _webhook(database, cast, robot, messages=3)
    now, spans = utc_now(), (timedelta(), SPACING / 2, SPACING, SPACING * 2)
    counts = [send_due(database, settings, outbound, now + at) for at in spans]
    assert counts == [1, 0, 1, 1]


def test_refused_message_is_tried_later_and_later_and_the_others_wait_in_order(
    database: Database, settings: Settings, cast: Cast, robot: Robot, outbound: Outbound
) -> None:
    _webhook(database, cast, robot, messages=2)
    robot.body = b'{"errcode": 45009}'
    now = utc_now()
    waits = []
    for _ in range(4):
        assert send_due(database, settings, outbound, now) == 1
        with database.read() as session:
            due = session.scalars(sa.select(Webhook.next_attempt_at)).one()
        waits.append((due - now).total_seconds() / 60)
        now = due
    assert (waits, [row.attempts for row in _rows(database)]) == ([1, 2, 4, 8], [2, 2])
    robot.body = b'{"errcode": 0}'
    later = now + timedelta(hours=1)
    assert [send_due(database, settings, outbound, later + n * SPACING) for n in range(2)] == [1, 1]
    assert [(row.sent_at is not None, row.last_error) for row in _rows(database)] == [(True, None)] * 2


def test_robot_that_goes_on_refusing_is_paused_and_its_owner_told_and_nothing_is_lost(
    database: Database, settings: Settings, cast: Cast, robot: Robot, outbound: Outbound
) -> None:
    webhook_id = _webhook(database, cast, robot)
    robot.status = 500
    now = utc_now()
    for _ in range(PAUSED_AFTER):
        now += timedelta(hours=7)
        send_due(database, settings, outbound, now)
    with database.transaction() as session:
        _announce(session, cast, "暂停之后")
        notices = session.scalars(sa.select(Notice)).all()
    assert send_due(database, settings, outbound, now + timedelta(days=9)) == 0
    assert [(row.user_id, row.title) for row in notices] == [(cast.alice.user_id, "机器人“群”已暂停推送")]
    robot.status = 200
    with database.transaction() as session:
        organization = session.get_one(Organization, cast.alice.organization_id)
        with pytest.raises(Conflict):
            send_trial(session, cast.alice.actor, organization, webhook_id)
        resume_webhook(session, cast.alice.actor, organization, webhook_id)
    assert [send_due(database, settings, outbound, utc_now() + n * SPACING) for n in (0, 1, 2)] == [1, 1, 0]


def test_message_that_is_never_taken_is_given_up_and_can_be_retried(
    database: Database, settings: Settings, cast: Cast, robot: Robot, outbound: Outbound
) -> None:
    webhook_id = _webhook(database, cast, robot)
    robot.status = 400
    with database.transaction() as session:
        session.get_one(WebhookDelivery, 1).attempts = MOST_ATTEMPTS - 1
    send_due(database, settings, outbound)
    assert _rows(database)[0].failed_at is not None
    robot.status = 200
    with database.transaction() as session:
        organization = session.get_one(Organization, cast.alice.organization_id)
        retry_delivery(session, cast.alice.actor, organization, webhook_id, 1)
    assert send_due(database, settings, outbound) == 1
    with database.transaction() as session:
        organization = session.get_one(Organization, cast.alice.organization_id)
        with pytest.raises(NotFound):
            retry_delivery(session, cast.alice.actor, organization, webhook_id, 1)


def test_message_of_a_rolled_back_transaction_is_not_sent(
    database: Database, settings: Settings, cast: Cast, robot: Robot, outbound: Outbound
) -> None:
    _webhook(database, cast, robot, messages=0)
    with database.write() as session:
        _announce(session, cast, "没有发生")
        session.rollback()
    assert send_due(database, settings, outbound) == 0


SENDER = """
import sys
from matchmaker.config import load_settings
from matchmaker.domain.base import Database
from matchmaker.services.outbound import Outbound
from matchmaker.services.webhook_outbox import send_due
from tests.services.http_server import ThisMachine
settings = load_settings()
send_due(Database(settings.database_url), settings, Outbound(ThisMachine(int(sys.argv[1]))))
"""


@pytest.mark.slow
def test_killed_sender_repeats_at_most_the_message_in_flight_under_its_id(
    database: Database, settings: Settings, cast: Cast, robot: Robot, outbound: Outbound
) -> None:
    for _ in range(4):  # one message each: a robot's messages are spaced
        _webhook(database, cast, robot, messages=0)
    with database.transaction() as session:
        _announce(session, cast, "题")
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(robot.port)],
        env={
            **os.environ,
            "MATCHMAKER_DATA": str(settings.data),
            "MATCHMAKER_DATABASE_URL": settings.database_url,
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )

    def kill() -> None:  # the robot has the message, and the sender will never know
        if len(robot.posted) == 2:
            process.kill()
            process.wait()

    robot.on_arrival = kill
    assert process.wait() == -signal.SIGKILL
    robot.on_arrival = lambda: None
    counts = [send_due(database, settings, outbound, utc_now() + at) for at in (timedelta(), 2 * CLAIM)]
    arrived = Counter(posted.headers["idempotency-key"] for posted in robot.posted)
    uids = [row.uid for row in _rows(database)]
    assert (counts, arrived) == ([2, 1], {uid: 2 if place == 1 else 1 for place, uid in enumerate(uids)})


def test_only_owners_and_an_agency_s_brokers_manage_robots(
    session: Session, cast: Cast, organization: Organization
) -> None:
    robot = add_webhook(session, cast.alice.actor, organization, FORM)
    mere_member = dataclasses.replace(cast.alice.actor, is_owner=False)
    for actor in (mere_member, cast.bob.actor, cast.carol.actor, cast.dave.actor, cast.erin.actor, cast.peter.actor):
        for action in (list_webhooks, delivery_log):
            with pytest.raises(Forbidden):
                action(session, actor, organization)
        with pytest.raises(Forbidden):
            delete_webhook(session, actor, organization, robot.id)
    agency = session.get_one(Organization, cast.carol.organization_id)
    assert add_webhook(session, dataclasses.replace(cast.carol.actor, is_owner=False), agency, FORM).id != robot.id
    with pytest.raises(NotFound):
        delete_webhook(session, cast.carol.actor, agency, robot.id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "名" * 61}, "name"),
        ({"robot": "slack"}, "robot"),
        ({"address": ""}, "address"),
        ({"address": "http://127.0.0.1/"}, "address"),
        ({"address": "https://169.254.169.254/latest"}, "address"),
        ({"secret": "x" * 201}, "secret"),
        ({"topics": ()}, "topics"),
        ({"topics": ("gossip",)}, "topics"),
    ],
)
def test_wrong_form_is_refused_by_field(
    session: Session, cast: Cast, organization: Organization, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add_webhook(session, cast.alice.actor, organization, dataclasses.replace(FORM, **change))
    assert (list(refused.value.errors), session.scalars(sa.select(Webhook)).all()) == ([field], [])


def test_robots_of_an_organization_are_limited(session: Session, cast: Cast, organization: Organization) -> None:
    for _ in range(MOST):
        add_webhook(session, cast.alice.actor, organization, FORM)
    with pytest.raises(Invalid, match="最多添加"):
        add_webhook(session, cast.alice.actor, organization, FORM)


def test_change_keeps_address_and_secret_that_are_not_typed_again(
    session: Session, cast: Cast, organization: Organization
) -> None:
    robot = add_webhook(session, cast.alice.actor, organization, dataclasses.replace(FORM, secret="SEC1"))
    blank = dataclasses.replace(FORM, name="新名", address="", topics=("interest",))
    change_webhook(session, cast.alice.actor, organization, robot.id, blank)
    assert (robot.name, robot.address, robot.secret, robot.topics) == ("新名", FORM.address, "SEC1", ["interest"])
    change_webhook(session, cast.alice.actor, organization, robot.id, dataclasses.replace(blank, drops_secret=True))
    assert robot.secret is None


def test_robot_taken_away_leaves_no_address_and_nothing_that_waits(
    session: Session, cast: Cast, organization: Organization
) -> None:
    robot = add_webhook(session, cast.alice.actor, organization, FORM)
    send_trial(session, cast.alice.actor, organization, robot.id)
    delete_webhook(session, cast.alice.actor, organization, robot.id)
    session.flush()
    assert (robot.address, session.scalars(sa.select(WebhookDelivery)).all()) == ("", [])
    assert (list_webhooks(session, cast.alice.actor, organization), _announce(session, cast, "题")) == ([], 0)


def test_interest_is_announced_as_every_member_may_read_it(session: Session, cast: Cast) -> None:
    for member in (cast.alice, cast.bob):
        owner = session.get_one(Organization, member.organization_id)
        add_webhook(session, member.actor, owner, dataclasses.replace(FORM, topics=("interest",)))
    need = publish(session, cast.alice, "need", "除冰", visibility="anonymous")
    match = pair(session, need, publish(session, cast.bob, "achievement", "涂层"))
    decide(session, cast.alice.actor, match.id, "interested")
    told = session.scalars(sa.select(WebhookDelivery)).one()
    assert (told.title, told.path) == ("有一方对您的《涂层》感兴趣", f"/matches/{match.id}")
    assert cast.alice.organization_name not in told.title + told.body
