"""Registration in the browser, good and bad."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from matchmaker.domain.base import Database
from matchmaker.domain.people import Membership, Organization, User
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.web.forms import csrf_token, errors_of, flashed

TYPED = {
    "kind": "enterprise",
    "organization_name": "准噶尔风能有限公司",
    "credit_code": "91650100MA7T0R0A19",
    "region": "650104",
    "name": "郭岚",
    "email": "guo@wind.example",
    "mobile": "13912345678",
    "password": "fengche 2026 zhuan",
    "consented": "y",
}
KINDS = ("enterprise", "university", "institute", "broker", "finance", "service")


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    return client_of(None)


def _count(database: Database) -> tuple[int, int]:
    with database.read() as session:
        return session.query(User).count(), session.query(Organization).count()


def test_kinds_are_offered_first(client: FlaskClient) -> None:
    page = client.get("/register").text
    assert [kind for kind in KINDS if f'href="/register?kind={kind}"' not in page] == []
    assert "kind=bureau" not in page


@pytest.mark.parametrize("kind", KINDS)
def test_form_of_each_kind_opens(client: FlaskClient, kind: str) -> None:
    response = client.get(f"/register?kind={kind}")
    assert (response.status_code, f'name="kind" type="hidden" value="{kind}"' in response.text) == (200, True)


def test_newcomer_registers_and_logs_in(client: FlaskClient, database: Database) -> None:
    before = _count(database)
    assert client.post("/register", data=TYPED).location == "/login"
    assert _count(database) == (before[0] + 1, before[1] + 1)
    assert 'value="guo@wind.example"' in client.get("/login").text
    data = {"login": TYPED["email"], "password": TYPED["password"]}
    assert client.post("/login", data=data).location == "/dashboard"
    assert client.get("/account").status_code == 200


def test_registration_with_a_known_address_answers_the_same(client: FlaskClient, database: Database) -> None:
    client.post("/register", data=TYPED)
    first, before = flashed(client), _count(database)
    other = {**TYPED, "organization_name": "另一家", "credit_code": "91650100MA7T0P0A1T", "email": "bob@cast.example"}
    with client.session_transaction() as cookie:
        cookie.clear()
    response = client.post("/register", data=other)
    assert (response.status_code, response.location, flashed(client)) == (303, "/login", first)
    assert _count(database) == before


def test_registration_sent_twice_makes_one_account(client: FlaskClient, database: Database) -> None:
    client.post("/register", data=TYPED)
    before = _count(database)
    again = client.post("/register", data=TYPED)
    assert (again.status_code, errors_of(again), _count(database)) == (422, ["credit_code"], before)


def test_broker_registers_and_waits(client: FlaskClient, database: Database) -> None:
    client.post("/register", data={**TYPED, "kind": "broker", "credit_code": ""})
    client.post("/login", data={"login": TYPED["email"], "password": TYPED["password"]})
    with database.read() as session:
        membership = session.query(Membership).order_by(Membership.id.desc()).first()
        assert membership is not None
        assert (membership.role, membership.state) == ("broker", "pending")
    assert "等待科技局确认" in client.get("/account").text
    assert client.get("/review").status_code == 403


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"credit_code": "91650100MA7T0R0A18"}, ["credit_code"]),
        ({"credit_code": ""}, ["credit_code"]),
        ({"email": "none"}, ["email"]),
        ({"mobile": "123"}, ["mobile"]),
        ({"password": "short"}, ["password"]),
        ({"consented": ""}, ["consented"]),
        ({"region": "999999"}, ["region"]),
        ({"organization_name": "天山机械 有限公司"}, ["organization_name"]),
        ({"name": "长" * 81, "organization_name": "长" * 201}, ["organization_name", "name"]),
    ],
)
def test_wrong_field_is_marked_and_the_rest_kept(
    client: FlaskClient, changes: dict[str, str], wrong: list[str]
) -> None:
    response = client.post("/register", data={**TYPED, **changes})
    assert (response.status_code, errors_of(response)) == (422, wrong)
    kept = changes.get("organization_name", TYPED["organization_name"])
    assert f'value="{kept}"' in response.text
    assert TYPED["password"] not in response.text


@pytest.mark.parametrize("kind", ["bureau", "branch", "admin", "", "<script>", "x" * 10_000])
def test_public_office_is_not_registered(client: FlaskClient, database: Database, kind: str) -> None:
    before = _count(database)
    assert client.post("/register", data={**TYPED, "kind": kind}).status_code == 422
    assert _count(database) == before


def test_nothing_at_all_is_refused(client: FlaskClient) -> None:
    assert client.post("/register", data={}).status_code == 422


def test_megabyte_of_text_is_refused(client: FlaskClient, database: Database) -> None:
    before = _count(database)
    huge = dict.fromkeys(("organization_name", "name"), "长" * 150_000)
    assert client.post("/register", data={**TYPED, **huge}).status_code == 422
    assert client.post("/register", data={**TYPED, "name": "x" * 7_000_000}).status_code == 413
    assert _count(database) == before


def test_markup_is_shown_as_text(client: FlaskClient) -> None:
    hostile = '<script>alert(1)</script>"><b>😀'
    response = client.post("/register", data={**TYPED, "name": hostile, "email": "none"})
    assert (response.status_code, "<script>alert(1)" in response.text) == (422, False)


def test_stale_csrf_token_is_refused(app: Flask, client: FlaskClient, database: Database) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    before = _count(database)
    assert client.post("/register", data={**TYPED, "csrf_token": "stale"}).status_code == 400
    assert _count(database) == before
    token = csrf_token(client, "/register?kind=enterprise")
    assert client.post("/register", data={**TYPED, "csrf_token": token}).status_code == 303


def test_registration_ignores_fields_that_are_not_asked_for(client: FlaskClient, database: Database) -> None:
    client.post("/register", data={**TYPED, "role": "admin", "is_owner": "1", "verified_at": "2026-01-01", "id": "1"})
    with database.read() as session:
        membership = session.query(Membership).order_by(Membership.id.desc()).first()
        assert membership is not None
        assert (membership.role, membership.organization.verified_at) == ("enterprise", None)


def test_whoever_is_logged_in_does_not_register(client_of: ClientOf, cast: Cast) -> None:
    assert client_of("alice").get("/register").location == "/account"
