"""Forgotten, reset and changed passwords in the browser."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from matchmaker.domain.base import Database
from matchmaker.domain.mails import Mail
from tests.cast import PASSWORD
from tests.conftest import ClientOf
from tests.web.forms import errors_of, flashed

NEW = "shapaozi 2027 xin"


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    return client_of(None)


def _link(database: Database) -> str:
    with database.read() as session:
        mail = session.query(Mail).order_by(Mail.id.desc()).first()
        assert mail is not None
        found = re.search(r"http://127\.0\.0\.1:8000(/reset/\S+)", mail.body)
    assert found is not None
    return found[1]


def test_forgotten_password_is_set_through_the_link_once(client: FlaskClient, database: Database) -> None:
    assert client.post("/forgot", data={"login": "alice@cast.example"}).location == "/login"
    link = _link(database)
    assert client.get(link).status_code == 200
    assert client.post(link, data={"password": NEW}).location == "/login"
    assert (client.get(link).status_code, client.post(link, data={"password": NEW}).status_code) == (404, 404)
    assert client.post("/login", data={"login": "alice@cast.example", "password": NEW}).status_code == 303


def test_link_leads_to_the_configured_address_whatever_host_is_asked_for(
    client: FlaskClient, database: Database
) -> None:
    client.post("/forgot", data={"login": "alice@cast.example"}, headers={"Host": "evil.example"})
    assert _link(database).startswith("/reset/")


def test_forgotten_password_of_nobody_answers_the_same(client: FlaskClient, database: Database) -> None:
    answers = []
    for login in ("alice@cast.example", "nobody@cast.example"):
        response = client.post("/forgot", data={"login": login})
        answers.append((response.status_code, response.location, flashed(client)))
        with client.session_transaction() as cookie:
            cookie.clear()
    assert answers[0] == answers[1]


def test_fourth_request_for_one_account_is_too_many(client: FlaskClient) -> None:
    answers = [client.post("/forgot", data={"login": "alice@cast.example"}).status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]


def test_reset_ends_every_log_in(client_of: ClientOf, client: FlaskClient, database: Database) -> None:
    elsewhere = client_of("alice")
    client.post("/forgot", data={"login": "alice@cast.example"})
    client.post(_link(database), data={"password": NEW})
    assert elsewhere.get("/account").status_code == 303


def test_poor_password_is_refused_and_the_link_stays(client: FlaskClient, database: Database) -> None:
    client.post("/forgot", data={"login": "alice@cast.example"})
    link = _link(database)
    for poor in ("", "short", "x" * 1_000_000, "alice 2026 !!"):
        response = client.post(link, data={"password": poor})
        assert (response.status_code, errors_of(response)) == (422, ["password"])
    assert client.post(link, data={"password": NEW}).status_code == 303


@pytest.mark.parametrize("token", ["x", "a.b.c", "%F0%9F%98%80", "x" * 5_000])
def test_wrong_link_is_not_found(client: FlaskClient, token: str) -> None:
    assert client.get(f"/reset/{token}").status_code == 404
    assert client.post(f"/reset/{token}", data={"password": NEW}).status_code == 404


def test_changed_password_keeps_this_browser_and_ends_the_others(client_of: ClientOf) -> None:
    here, elsewhere = client_of("alice"), client_of("alice")
    data = {"password-old": PASSWORD, "password-password": NEW}
    assert here.post("/account/password", data=data).location == "/account"
    assert (here.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 303)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, ["password-old", "password-password"]),
        ({"password-old": "wrong", "password-password": NEW}, ["password-old"]),
        ({"password-old": PASSWORD, "password-password": "short"}, ["password-password"]),
    ],
)
def test_password_change_that_fails_says_why(client_of: ClientOf, data: dict[str, str], wrong: list[str]) -> None:
    response = client_of("alice").post("/account/password", data=data)
    assert (response.status_code, errors_of(response)) == (422, wrong)


def test_guessing_the_present_password_is_limited(client_of: ClientOf, app: Flask) -> None:
    client = client_of("alice")
    data = {"password-old": "", "password-password": NEW}
    answers = [client.post("/account/password", data=data).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
