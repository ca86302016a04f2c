"""Dashboards open for every role, and the status page for the administrator alone."""

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.mails import Mail
from matchmaker.services.review import return_with_advice
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.drafts import make_draft, make_published, make_submitted
from tests.pairs import post, publish
from tests.web.html import Page

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


def test_numbers_of_the_funnel_open_to_their_listings(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.dave, title="甲需求")
        listing = make_submitted(session, cast.alice, title="乙需求")
        version = listing.working_revision.version
        return_with_advice(session, cast.dave.actor, listing, version, reasons=["other"], advice="请补充")
        make_draft(session, cast.mallory, title="丙需求")
    dave = client_of("dave")
    funnel = dave.get("/dashboard/funnel?kind=need&since=2020-01-01").text
    address = "/dashboard/funnel/listings?stage=returned&amp;reason=other&amp;kind=need&amp;since=2020-01-01"
    assert address in funnel
    assert Page(dave.get(address.replace("&amp;", "&")).text).texts("mine-row-title") == ["乙需求"]
    collected = dave.get("/dashboard/funnel/listings?stage=collected").text
    assert Page(collected).texts("mine-row-title") == ["乙需求", "甲需求"]
    assert "其中 1 条还没有提交" in collected
    assert client_of("carol").get("/dashboard/funnel").status_code == 403


def test_nonsense_in_the_address_of_the_funnel_narrows_nothing(client_of: ClientOf, cast: Cast) -> None:
    nonsense = "kind=x&field=x&branch=x&since=2020-13-45&until=x&by=x&stage=x&reason=x&page=x"
    for path in ("/dashboard/funnel", "/dashboard/funnel/listings"):
        assert client_of("dave").get(f"{path}?{nonsense}").status_code == 200
