"""Log-in and log-out in the browser."""

import dataclasses
import logging
import re

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.people import RateCount, User
from matchmaker.services.demo import demo_logins
from matchmaker.services.passwords import hash_password
from matchmaker.web.app import create_app
from tests.cast import CHEAP, PASSWORD, Cast
from tests.conftest import ClientOf
from tests.web.forms import csrf_token

DEARER = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
ALICE = {"login": "alice@cast.example", "password": PASSWORD}


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    return client_of(None)


def _is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


@pytest.mark.parametrize("login", ["alice@cast.example", " ALICE@cast.example ", "mobile"])
def test_log_in_leads_to_the_dashboard(client: FlaskClient, cast: Cast, login: str) -> None:
    typed = login.replace("mobile", cast.alice.mobile)
    response = client.post("/login", data={**ALICE, "login": typed})
    assert (response.status_code, response.location, _is_signed_in(client)) == (303, "/dashboard", True)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"login": "", "password": ""},
        {**ALICE, "password": "wrong"},
        {**ALICE, "login": "nobody@cast.example"},
        {"login": "x" * 1_000_000, "password": "x" * 1_000_000},
        {"login": "😀", "password": "<script>"},
        {"login": "' OR 1=1 --", "password": "' OR 1=1 --"},
    ],
)
def test_log_in_with_anything_else_is_refused(client: FlaskClient, data: dict[str, str]) -> None:
    response = client.post("/login", data=data)
    assert (response.status_code, _is_signed_in(client)) == (422, False)


def test_wrong_password_and_unknown_account_look_the_same(client: FlaskClient) -> None:
    texts = []
    for login in ("alice@cast.example", "nobody@cast.example"):
        page = client.post("/login", data={"login": login, "password": "wrong"}).text
        texts.append(re.sub(r'value="[^"]*"', "", page.partition("<main")[2]))
    assert texts[0] == texts[1]


def test_log_in_stores_a_hash_of_todays_parameters(
    app: Flask, client: FlaskClient, database: Database, cast: Cast
) -> None:
    app.extensions["matchmaker"].hasher = DEARER
    for _ in range(2):
        assert client.post("/login", data=ALICE).status_code == 303
    with database.read() as session:
        stored = session.get_one(User, cast.alice.user_id).password_hash
    assert stored is not None
    assert not DEARER.check_needs_rehash(stored)


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/matches?page=2", "/matches?page=2"),
        ("https://evil.example/", "/dashboard"),
        ("//evil.example/", "/dashboard"),
        ("/\\evil.example/", "/dashboard"),
        ("javascript:alert(1)", "/dashboard"),
        ("/\nSet-Cookie: x=1", "/dashboard"),
        ("", "/dashboard"),
    ],
)
def test_log_in_leads_back_within_this_site_only(client: FlaskClient, target: str, leads_to: str) -> None:
    assert client.post("/login", data={**ALICE, "next": target}).location == leads_to


def test_guarded_page_asks_to_log_in_and_comes_back(client: FlaskClient) -> None:
    response = client.get("/account/delete")
    assert (response.status_code, response.location) == (303, "/login?next=/account/delete")
    assert 'name="next" value="/account/delete"' in client.get(response.location).text


def test_log_in_drops_what_the_session_held_before(client: FlaskClient) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    client.post("/login", data=ALICE)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_log_in_is_forgotten_with_the_browser_unless_asked(client: FlaskClient) -> None:
    plain = client.post("/login", data=ALICE).headers.getlist("Set-Cookie")
    remembered = client.post("/login", data={**ALICE, "remember": "y"}).headers.getlist("Set-Cookie")
    assert [name.partition("=")[0] for name in plain] == ["matchmaker"]
    assert sorted(name.partition("=")[0] for name in remembered) == ["matchmaker", "matchmaker_remember"]
    assert "Expires" not in plain[0]


def test_log_out_ends_the_log_in(client: FlaskClient) -> None:
    client.post("/login", data={**ALICE, "remember": "y"})
    assert client.post("/logout").location == "/"
    assert not _is_signed_in(client)


def test_log_out_by_a_link_is_impossible(client_of: ClientOf) -> None:
    client = client_of("alice")
    assert client.get("/logout").status_code == 405
    assert _is_signed_in(client)


def test_cookie_of_a_former_password_is_void(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client = client_of("alice")
    assert _is_signed_in(client)
    with database.transaction() as session:
        session.get_one(User, cast.alice.user_id).credentials_version += 1
    assert not _is_signed_in(client)


@pytest.mark.parametrize("cookie", ["1", "1.1", "1.1.1.1", "a.b.c", "-1.1.1", ""])
def test_cookie_of_another_shape_is_nobody(client: FlaskClient, cookie: str) -> None:
    with client.session_transaction() as stored:
        stored["_user_id"] = cookie
    assert client.get("/account").status_code == 303


def test_sixth_wrong_password_is_not_even_tried(client: FlaskClient, app: Flask) -> None:
    attempts = [client.post("/login", data={**ALICE, "password": "wrong"}).status_code for _ in range(6)]
    assert attempts == [422, 422, 422, 422, 422, 429]
    assert client.post("/login", data=ALICE).status_code == 429
    assert client.post("/login", data={**ALICE, "login": "bob@cast.example"}).status_code == 303


def test_right_passwords_are_not_counted(client: FlaskClient) -> None:
    assert [client.post("/login", data=ALICE).status_code for _ in range(7)] == [303] * 7


def test_limits_keep_no_address_of_anybody(client: FlaskClient, database: Database) -> None:
    client.post("/login", data={**ALICE, "password": "wrong"})
    with database.read() as session:
        keys = [row.key for row in session.query(RateCount)]
    assert len(keys) == 3
    assert [key for key in keys if "alice" in key] == []


def test_log_in_without_or_with_a_stale_csrf_token_is_refused(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    for token in ("", "stale", "x" * 10_000):
        assert client.post("/login", data={**ALICE, "csrf_token": token}).status_code == 400
    assert client.post("/login", data={**ALICE, "csrf_token": csrf_token(client, "/login")}).status_code == 303


def test_demo_log_ins_are_shown_in_demo_mode_only(settings: Settings, app: Flask, client: FlaskClient) -> None:
    shown = create_app(dataclasses.replace(settings, demo=True)).test_client().get("/login").text
    hidden = client.get("/login").text
    emails = [login.email for login in demo_logins()]
    assert ([email in shown for email in emails], [email in hidden for email in emails]) == (
        [True] * len(emails),
        [False] * len(emails),
    )


@pytest.mark.parametrize(("demo", "status"), [(True, 303), (False, 422)])
def test_demo_log_ins_work_in_demo_mode_only(
    settings: Settings, database: Database, client: FlaskClient, demo: bool, status: int
) -> None:
    login = demo_logins()[0]
    with database.transaction() as session:
        session.add(User(name=login.name, email=login.email, password_hash=hash_password(login.password, CHEAP)))
    site = create_app(dataclasses.replace(settings, demo=demo))
    site.config["WTF_CSRF_ENABLED"] = False
    response = site.test_client().post("/login", data={"login": login.email, "password": login.password})
    assert response.status_code == status


def test_password_never_reaches_the_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/login", data=ALICE)
    assert [record for record in caplog.records if PASSWORD in record.getMessage()] == []
