"""The language of the screen: what is chosen, what is remembered, what is told in it."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matchmaker.domain.base import Database
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import User
from matchmaker.services.notices import tell
from tests.cast import PASSWORD, Cast
from tests.conftest import ClientOf
from tests.web.html import Page


def _language_of(answer: TestResponse) -> str:
    return answer.text.partition('<html lang="')[2].partition('"')[0]


def _choose(client: FlaskClient, language: str, stay: str = "/about") -> TestResponse:
    return client.post("/language", data={"language": language, "next": stay})


def _stored(database: Database, user_id: int) -> str | None:
    with database.read() as session:
        return session.get_one(User, user_id).locale


def _notices(client: FlaskClient) -> list[str]:
    return [
        title.split(" Не")[0].split(" Un")[0] for title in Page(client.get("/notices").text).texts("notice-row-title")
    ]


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (None, "zh-CN"),
        ("en-US,en;q=0.9", "en"),
        ("ru", "ru"),
        ("kk-KZ,kk;q=0.9,ru;q=0.5", "ru"),
        ("kk-KZ,uz;q=0.9", "zh-CN"),
        ("zh-TW,en;q=0.8", "zh-CN"),
        ("en-GB,ru;q=0.8", "en"),
        ("en;q=0,ru;q=0.1", "ru"),
        (";;q=x,\x01", "zh-CN"),
    ],
)
def test_first_page_is_in_the_language_that_the_browser_asks_for(
    client_of: ClientOf, asked: str | None, language: str
) -> None:
    headers = {"Accept-Language": asked} if asked else {}
    assert _language_of(client_of(None).get("/", headers=headers)) == language


def test_visitor_changes_the_language_and_stays_on_the_page(client_of: ClientOf) -> None:
    visitor = client_of(None)
    assert _choose(visitor, "ru", "/needs?field=energy").location == "/needs?field=energy"
    answer = visitor.get("/needs?field=energy", headers={"Accept-Language": "en"})
    assert _language_of(answer) == "ru"
    assert Page(answer.text).texts("site-nav-link") == ["Запросы", "Разработки", "Кампании", "Мероприятия"]


def test_every_page_offers_the_languages_and_leads_back_to_itself(client_of: ClientOf) -> None:
    page = client_of("alice").get("/needs?page=1").text
    assert page.count('name="language" value="ru" lang="ru"') == 3  # at the top, in the phone's menu, at the bottom
    assert page.count('name="next" value="/needs?page=1"') == 3


def test_page_of_a_refused_form_leads_back_to_where_the_form_stood(client_of: ClientOf) -> None:
    answer = client_of(None).post("/login", data={}, headers={"Referer": "http://localhost/login?next=/needs"})
    assert (answer.status_code, answer.text.count('name="next" value="/login?next=/needs"')) == (422, 3)


@pytest.mark.parametrize("stay", ["https://evil.example/", "//evil.example", "", "javascript:alert(1)"])
def test_changing_the_language_never_leads_away_from_the_site(client_of: ClientOf, stay: str) -> None:
    assert _choose(client_of(None), "en", stay).location == "/"


@pytest.mark.parametrize("language", ["", "xx", "zh_Hans_CN", "en'--", "e" * 5000])
def test_unknown_language_is_refused_and_changes_nothing(client_of: ClientOf, language: str) -> None:
    visitor = client_of(None)
    assert _choose(visitor, language).status_code == 422
    assert _language_of(visitor.get("/")) == "zh-CN"


def test_choice_of_a_person_is_kept_for_every_browser(client_of: ClientOf, database: Database, cast: Cast) -> None:
    _choose(client_of("alice"), "en")
    assert _stored(database, cast.alice.user_id) == "en"
    assert _language_of(client_of("alice").get("/", headers={"Accept-Language": "ru"})) == "en"
    assert _language_of(client_of("bob").get("/")) == "zh-CN"


def test_what_a_visitor_chose_is_kept_by_logging_in_unless_the_account_has_a_choice(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    visitor = client_of(None)
    for language in ("ru", "en"):
        _choose(visitor, language)
        visitor.post("/login", data={"login": cast.alice.email, "password": PASSWORD})
        assert _stored(database, cast.alice.user_id) == "ru"
        assert _language_of(visitor.get("/")) == "ru"
        visitor.post("/logout")


def test_forms_say_what_is_wrong_in_the_chosen_language(client_of: ClientOf) -> None:
    visitor = client_of(None)
    _choose(visitor, "ru")
    shown = Page(visitor.post("/login", data={}).text).texts("field-error")
    assert shown == ["Заполните поле.", "Заполните поле."]


def test_errors_are_told_in_the_chosen_language(client_of: ClientOf) -> None:
    visitor = client_of(None)
    _choose(visitor, "en")
    shown = Page(visitor.get("/needs/999").text).texts("error-sentence")
    assert shown == ["This listing was not found: it may have been withdrawn, or you may not see it."]


def test_page_of_a_broken_server_has_the_language_without_asking_the_database(new_app: Flask, cast: Cast) -> None:
    @new_app.get("/broken")
    def broken() -> str:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("disk I/O error"))

    from matchmaker.web.access import public

    new_app.view_functions["broken"] = public(broken)
    new_app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor = new_app.test_client()
    _choose(visitor, "ru")
    answer = visitor.get("/broken")
    assert (answer.status_code, _language_of(answer)) == (500, "ru")


def test_caches_know_that_pages_depend_on_the_language(client_of: ClientOf) -> None:
    answer = client_of(None).get("/")
    assert {"Accept-Language", "Cookie", "HX-Request"} <= set(answer.vary)
    with client_of(None).get("/static/matchmaker.js") as file:
        assert "Accept-Language" not in file.vary


def test_people_are_told_in_their_own_language(database: Database, cast: Cast, client_of: ClientOf) -> None:
    title, body = (
        Sentence(N_("已发布：《%(title)s》"), title="Ice"),
        Sentence(N_("审核已通过，内容已经发布并开始匹配。")),
    )
    with database.transaction() as session:
        session.get_one(User, cast.bob.user_id).locale = "ru"
        for member in (cast.alice, cast.bob):
            user = session.get_one(User, member.user_id)
            tell(session, user, topic="review", title=title, body=body, path="/needs/1")
    with database.read() as session:
        subjects = list(session.scalars(sa.select(Mail.subject).order_by(Mail.id)))
        assert subjects == ["已发布：《Ice》", "Опубликовано: «Ice»"]
        assert session.scalars(sa.select(Notice.title)).all() == ["已发布：《Ice》"] * 2
    assert _notices(client_of("bob")) == ["Опубликовано: «Ice»"]
    # An inbox follows the reader who changes the language later.
    bob = client_of("bob")
    _choose(bob, "en")
    assert _notices(bob) == ["Published: “Ice”"]
