"""Dashboards open for every role, and the status page for the administrator alone."""

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.mails import Mail
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import post, publish

WORDS = {
    "alice": "本周新的匹配",
    "bob": "本周新的匹配",
    "carol": "最值得看的匹配",
    "dave": "从征集到发布",
    "erin": "运行状态",
    "peter": "您还没有可用的单位身份",
}


def test_dashboard_is_that_of_the_role(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        publish(session, cast.alice, "need", "除冰")
        post(session, cast.bob, "achievement", "涂层")
    answers = {who: client_of(who).get("/dashboard") for who in WORDS}
    assert [who for who, answer in answers.items() if answer.status_code != 200 or WORDS[who] not in answer.text] == []


def test_status_page_is_for_the_administrator(client_of: ClientOf) -> None:
    people = ("alice", "carol", "dave", "erin", None)
    statuses = [client_of(who).get("/admin/status").status_code for who in people]
    assert statuses == [403, 403, 403, 200, 303]


def test_status_page_says_what_is_wrong(client_of: ClientOf) -> None:
    assert "请启动 matchmaker worker" in client_of("erin").get("/admin/status").text


def test_failed_mail_is_queued_again(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        mail = Mail(
            message_id="<1@x>", recipient="a@cast.example", subject="通知", body="", attempts=16, failed_at=utc_now()
        )
        session.add(mail)
        session.flush()
        mail_id = mail.id
    erin = client_of("erin")
    assert "通知" in erin.get("/admin/status").text
    assert erin.post(f"/admin/mails/{mail_id}/retry").status_code == 303
    with database.read() as session:
        again = session.get_one(Mail, mail_id)
        assert (again.attempts, again.failed_at) == (0, None)


def test_retry_of_an_unknown_mail_is_not_found(client_of: ClientOf) -> None:
    assert client_of("erin").post("/admin/mails/99/retry").status_code == 404
    assert client_of("carol").post("/admin/mails/99/retry").status_code == 403
