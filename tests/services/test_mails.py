"""The outbox: written with what causes a mail, delivered at least once, given up after a while."""

import dataclasses
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import User
from matchmaker.services.mails import MOST_ATTEMPTS, deliver_due, enqueue, outbox, retry
from matchmaker.services.unsubscribing import unsubscribe_links
from tests.cast import Cast
from tests.services.smtp_server import Mailbox, smtp_server, text_of


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as running:
        yield running


@pytest.fixture
def sending(settings: Settings, mailbox: Mailbox) -> Settings:
    return dataclasses.replace(settings, smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_tls=False)


@pytest.fixture
def mail_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        mail = enqueue(session, session.get_one(User, cast.alice.user_id), "需求\n已发布", "您的需求已发布。\n链接")
        assert mail is not None
        return mail.id


def _row(database: Database, mail_id: int) -> Mail:
    with database.read() as session:
        return session.get_one(Mail, mail_id)


def test_mail_arrives_once_with_its_message_id(
    database: Database, sending: Settings, mailbox: Mailbox, mail_id: int
) -> None:
    assert (deliver_due(database, sending), deliver_due(database, sending)) == (1, 0)
    arrived = [(mail["To"], mail["Subject"], mail["Message-ID"], text_of(mail)) for mail in mailbox.mails]
    message_id = _row(database, mail_id).message_id
    assert arrived == [("alice@cast.example", "需求 已发布", message_id, "您的需求已发布。\n链接\n")]


def test_mail_that_was_sent_keeps_no_text(database: Database, sending: Settings, mail_id: int) -> None:
    deliver_due(database, sending)
    row = _row(database, mail_id)
    assert (row.body, row.sent_at is not None) == ("", True)


def test_mail_waits_where_no_server_is_configured(database: Database, settings: Settings, mail_id: int) -> None:
    assert deliver_due(database, settings) == 0
    assert _row(database, mail_id).attempts == 0


def test_mail_of_a_rolled_back_transaction_is_not_sent(database: Database, sending: Settings, cast: Cast) -> None:
    with database.write() as session:
        enqueue(session, session.get_one(User, cast.alice.user_id), "需求", "正文")
        session.rollback()
    assert deliver_due(database, sending) == 0


def test_mail_is_tried_again_later_and_later(database: Database, sending: Settings, mailbox: Mailbox) -> None:
    sending = dataclasses.replace(sending, smtp_port=1)  # nobody listens there
    with database.transaction() as session:
        session.add(Mail(message_id="<1@test>", recipient="a@b.example", subject="题", body="文"))
    now, waits = utc_now(), []
    for _ in range(4):
        deliver_due(database, sending, now)
        due = _row(database, 1).next_attempt_at
        waits.append((due - now).total_seconds() / 60)
        now = due
    assert waits == [1, 2, 4, 8]


def test_mail_is_given_up_after_the_last_attempt(database: Database, sending: Settings, mail_id: int) -> None:
    with database.transaction() as session:
        session.get_one(Mail, mail_id).attempts = MOST_ATTEMPTS - 1
    deliver_due(database, dataclasses.replace(sending, smtp_port=1))
    row = _row(database, mail_id)
    assert (row.failed_at is not None, row.last_error is not None) == (True, True)


def test_mail_to_a_refused_recipient_is_given_up_at_once_and_others_arrive(
    database: Database, sending: Settings, mailbox: Mailbox, cast: Cast, mail_id: int
) -> None:
    mailbox.refusals["alice@cast.example"] = "550 no such user"
    with database.transaction() as session:
        enqueue(session, session.get_one(User, cast.bob.user_id), "成果", "正文")
    assert deliver_due(database, sending) == 1
    assert (_row(database, mail_id).failed_at is not None, mailbox.mails[0]["To"]) == (True, "bob@cast.example")


@pytest.mark.parametrize(("answer", "final"), [("451 later", False), ("554 spam", True)])
def test_mail_refused_by_the_server_is_final_for_a_lasting_answer_only(
    database: Database, sending: Settings, mailbox: Mailbox, mail_id: int, answer: str, final: bool
) -> None:
    mailbox.data_answer = answer
    deliver_due(database, sending)
    assert (_row(database, mail_id).failed_at is not None) == final


def test_mail_of_a_worker_killed_while_sending_is_claimed_again_after_a_while(
    database: Database, sending: Settings, mailbox: Mailbox, mail_id: int
) -> None:
    with database.transaction() as session:  # what a worker leaves behind that dies after claiming
        mail = session.get_one(Mail, mail_id)
        mail.attempts, mail.next_attempt_at = 1, utc_now() + timedelta(minutes=5)
    assert deliver_due(database, sending) == 0
    assert deliver_due(database, sending, utc_now() + timedelta(minutes=6)) == 1


def test_mail_to_somebody_without_address_is_not_written(session: Session) -> None:
    assert enqueue(session, User(name="无邮箱"), "题", "文") is None


def test_outbox_is_the_administrators(database: Database, cast: Cast, mail_id: int) -> None:
    with database.read() as session:
        assert [mail.id for mail in outbox(session, cast.erin.actor)] == [mail_id]
        for other in (cast.alice, cast.dave, cast.carol):
            with pytest.raises(Forbidden):
                outbox(session, other.actor)


def test_failed_mail_is_retried_on_request(
    database: Database, sending: Settings, mailbox: Mailbox, cast: Cast, mail_id: int
) -> None:
    mailbox.refusals["alice@cast.example"] = "550 no such user"
    deliver_due(database, sending)
    mailbox.refusals.clear()
    with database.transaction() as session:
        retry(session, cast.erin.actor, mail_id)
    assert deliver_due(database, sending) == 1


def test_sent_mail_is_not_retried(database: Database, sending: Settings, cast: Cast, mail_id: int) -> None:
    deliver_due(database, sending)
    with database.write() as session, pytest.raises(NotFound):
        retry(session, cast.erin.actor, mail_id)


def test_mail_about_something_on_the_site_ends_with_its_link(
    database: Database, sending: Settings, mailbox: Mailbox, cast: Cast
) -> None:
    with database.transaction() as session:
        enqueue(session, session.get_one(User, cast.bob.user_id), "成果", "已发布。", path="/notices/7")
    deliver_due(database, dataclasses.replace(sending, public_url="https://match.example.org"))
    text = text_of(mailbox.mails[0])
    assert text.startswith("已发布。\n\n打开查看：\nhttps://match.example.org/notices/7\n")


def test_mail_has_the_same_words_as_html_with_its_links(
    database: Database, sending: Settings, mailbox: Mailbox, cast: Cast
) -> None:
    with database.transaction() as session:
        enqueue(session, session.get_one(User, cast.bob.user_id), "1 < 2", "<script>\n甲 https://a.example/?x=1&y=2 乙")
    deliver_due(database, sending)
    html = text_of(mailbox.mails[0], "html")
    assert '&lt;script&gt;<br>甲 <a href="https://a.example/?x=1&amp;y=2"' in html
    assert ("<script>" in html, ">1 &lt; 2</h1>" in html) == (False, True)


def test_mail_of_a_topic_can_be_left_with_one_click(
    database: Database, sending: Settings, mailbox: Mailbox, cast: Cast
) -> None:
    sending = dataclasses.replace(sending, public_url="https://match.example.org")
    with database.transaction() as session:
        bob = session.get_one(User, cast.bob.user_id)
        enqueue(session, bob, "题" * 200, "文", path="/notices/7", scope="organization")
        enqueue(session, bob, "重设密码", "文")
    deliver_due(database, sending)
    left, account = mailbox.mails
    token = left["List-Unsubscribe"].removeprefix("<https://match.example.org/unsubscribe/").removesuffix(">")
    with database.read() as session:
        user, scope = unsubscribe_links(sending).read(session, token)
    assert (user.id, scope, left["List-Unsubscribe-Post"]) == (
        cast.bob.user_id,
        "organization",
        "List-Unsubscribe=One-Click",
    )
    assert f"/unsubscribe/{token}" in text_of(left)
    assert (account["List-Unsubscribe"], left["Subject"]) == (None, "题" * 200)


def test_server_that_does_not_answer_costs_one_attempt_a_round(
    database: Database, sending: Settings, cast: Cast
) -> None:
    with database.transaction() as session:
        for _ in range(3):
            enqueue(session, session.get_one(User, cast.bob.user_id), "题", "文")
    deliver_due(database, dataclasses.replace(sending, smtp_port=1))
    with database.read() as session:
        assert session.scalars(sa.select(Mail.attempts).order_by(Mail.id)).all() == [1, 0, 0]


SENDER = """
import sys
from matchmaker.config import load_settings
from matchmaker.domain.base import Database
from matchmaker.services.mails import deliver_due
settings = load_settings()
deliver_due(Database(settings.database_url), settings)
"""


@pytest.mark.slow
@pytest.mark.parametrize("killed_after", [1, 6, 10])
def test_killed_sender_repeats_at_most_the_mail_in_flight(
    database: Database, sending: Settings, mailbox: Mailbox, cast: Cast, killed_after: int
) -> None:
    with database.transaction() as session:
        for number in range(10):
            enqueue(session, session.get_one(User, cast.bob.user_id), f"第 {number} 封", "文")
    environment = {
        **os.environ,
        "MATCHMAKER_DATA": str(sending.data),
        "MATCHMAKER_DATABASE_URL": sending.database_url,
        "MATCHMAKER_SMTP_HOST": "127.0.0.1",
        "MATCHMAKER_SMTP_PORT": str(sending.smtp_port),
        "MATCHMAKER_SMTP_TLS": "0",
    }
    process = subprocess.Popen([sys.executable, "-c", SENDER], env=environment)

    def kill() -> None:  # the server has the mail, and the sender will never know
        if len(mailbox.mails) == killed_after:
            process.kill()
            process.wait()

    mailbox.on_arrival = kill
    assert process.wait() == -signal.SIGKILL
    mailbox.on_arrival = lambda: None
    at_once = deliver_due(database, sending)
    later = deliver_due(database, sending, utc_now() + timedelta(minutes=6))
    arrived = Counter(mail["Message-ID"] for mail in mailbox.mails)
    with database.read() as session:
        written = session.scalars(sa.select(Mail.message_id).order_by(Mail.id)).all()
    assert (at_once, later) == (10 - killed_after, 1)
    assert arrived == {key: 2 if place == killed_after else 1 for place, key in enumerate(written, start=1)}
