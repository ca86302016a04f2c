"""Headers, cookies, forms' tokens, proxies."""

import re
from dataclasses import replace

import pytest
from flask import Flask, request, url_for

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.web import create_app
from matchmaker.web.access import public
from tests.conftest import ClientOf


@pytest.fixture
def app(new_app: Flask) -> Flask:
    """A site of the test's own: routes are added to it."""
    return new_app


def _policy(response: object) -> dict[str, list[str]]:
    parts = [part.split() for part in response.headers["Content-Security-Policy"].split(";")]
    return {part[0]: part[1:] for part in parts}


def _cookie(response: object, name: str) -> str:
    return next(text for text in response.headers.getlist("Set-Cookie") if text.startswith(f"{name}="))


def test_policy_allows_no_inline_script_or_style_but_this_answers_own(client_of: ClientOf) -> None:
    policy = _policy(client_of(None).get("/"))
    nonce = policy["script-src"][1]
    assert re.fullmatch(r"'nonce-[\w-]{22}'", nonce)
    assert policy["script-src"] == ["'self'", nonce]
    assert policy["style-src"] == ["'self'"]
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]


def test_nonce_differs_from_answer_to_answer(client_of: ClientOf) -> None:
    client = client_of(None)
    assert _policy(client.get("/"))["script-src"] != _policy(client.get("/"))["script-src"]


def test_error_pages_carry_the_headers_too(client_of: ClientOf) -> None:
    response = client_of(None).get("/nowhere")
    assert response.status_code == 404
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "Content-Security-Policy" in response.headers


def test_pages_of_a_person_are_not_stored(client_of: ClientOf) -> None:
    assert client_of("alice").get("/").headers["Cache-Control"] == "private, no-store"
    assert client_of(None).get("/").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("public_url", "secure"), [(None, False), ("http://match.example", False), ("https://match.example", True)]
)
def test_cookies_are_secure_only_over_https(
    settings: Settings, database: Database, public_url: str | None, secure: bool
) -> None:
    app = create_app(replace(settings, public_url=public_url))
    response = app.test_client().get("/")  # the form token in the page makes a session
    cookie = _cookie(response, "matchmaker")
    assert ("Secure" in cookie, "HttpOnly" in cookie, "SameSite=Lax" in cookie) == (secure, True, True)
    assert ("Strict-Transport-Security" in response.headers) == secure


def test_form_without_token_is_refused_with_a_sentence(app: Flask, client_of: ClientOf) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    app.add_url_rule("/try", view_func=public(lambda: "sent"), methods=["POST"], endpoint="try")
    response = client_of(None).post("/try")
    assert response.status_code == 400
    assert "刷新后重新提交" in response.text


def test_form_with_token_of_its_page_passes(app: Flask, client_of: ClientOf) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    app.add_url_rule("/try", view_func=public(lambda: "sent"), methods=["POST"], endpoint="try")
    client = client_of(None)
    token = re.search(r'X-CSRFToken": "([^"]+)"', client.get("/").text)
    assert token is not None
    assert client.post("/try", data={"csrf_token": token[1]}).text == "sent"
    assert client.post("/try", headers={"X-CSRFToken": token[1]}).text == "sent"


@pytest.mark.parametrize(("hops", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_proxies_are_believed_as_far_as_configured(
    settings: Settings, database: Database, hops: int, address: str
) -> None:
    app = create_app(replace(settings, trusted_proxies=hops))
    app.add_url_rule("/me", view_func=public(lambda: f"{request.remote_addr} {request.scheme}"), endpoint="me")
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto": "https"}
    assert app.test_client().get("/me", headers=headers).text == f"{address} {'https' if hops else 'http'}"


def test_static_files_are_kept_for_a_year_under_the_address_of_their_content(app: Flask) -> None:
    with app.test_request_context():
        address = url_for("static", filename="css/base.css")
    response = app.test_client().get(address, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    with app.test_client().get("/static/css/base.css") as plain:
        assert plain.headers["Cache-Control"] == "no-cache"
        assert plain.headers.get("Content-Encoding") is None


def test_two_applications_on_one_data_folder_share_the_secret_key(settings: Settings, database: Database) -> None:
    assert create_app(settings).secret_key == create_app(settings).secret_key
