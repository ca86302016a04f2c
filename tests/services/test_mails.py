"""The outbox: written with what causes a mail, delivered at least once, given up after a while."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import User
from matchmaker.services.mails import MOST_ATTEMPTS, deliver_due, enqueue, outbox, retry
from tests.cast import Cast
from tests.services.smtp_server import Mailbox, smtp_server


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
    arrived = [
        (mail["To"], mail["Subject"], mail["Message-ID"], mail.get_content().replace("\r", ""))
        for mail in mailbox.mails
    ]
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
    text = mailbox.mails[0].get_content().replace("\r", "")
    assert text.startswith("已发布。\n\n打开查看：\nhttps://match.example.org/notices/7\n")
