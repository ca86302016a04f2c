"""The log-in of a browser."""

import pytest
from flask import Flask

from matchmaker.domain.base import Database
from matchmaker.domain.people import Membership, MembershipState, User
from matchmaker.web.access import public
from matchmaker.web.login import SessionUser, current_actor, sign_in, sign_out
from tests.cast import Cast
from tests.conftest import ClientOf


@pytest.fixture
def app(new_app: Flask) -> Flask:
    """The site with a view that tells who is looking."""
    new_app.add_url_rule(
        "/who", endpoint="who", view_func=public(lambda: f"{current_actor().name}:{current_actor().role}")
    )
    return new_app


def test_actor_is_the_person_in_his_membership(client_of: ClientOf) -> None:
    assert client_of("alice").get("/who").text == "阿丽娅:enterprise"
    assert client_of("peter").get("/who").text == "裴德:None"
    assert client_of(None).get("/who").text == ":None"


def test_log_in_is_void_after_a_change_of_password(client_of: ClientOf, cast: Cast, database: Database) -> None:
    client = client_of("alice")
    with database.transaction() as session:
        session.get_one(User, cast.alice.user_id).credentials_version = 2
    assert client.get("/who").text == ":None"


def test_role_ends_with_the_membership_at_once(client_of: ClientOf, cast: Cast, database: Database) -> None:
    client = client_of("carol")
    with database.transaction() as session:
        session.get_one(Membership, cast.carol.membership_id).state = MembershipState.ENDED
    assert client.get("/who").text == "柯洛:None"


def test_nobody_acts_in_anothers_membership(app: Flask, client_of: ClientOf, cast: Cast) -> None:
    client = client_of("mallory")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = SessionUser(cast.mallory.user_id, 1, cast.erin.membership_id).get_id()
    assert client.get("/who").text == "马洛:None"


@pytest.mark.parametrize(
    "text", ["", "1", "1.1", "1.1.1.1", "a.b.c", "-1.1.1", "1.1.x", "٣.1.1", "99999999999999999999.1.1"]
)
def test_foreign_cookie_is_no_log_in(text: str) -> None:
    assert SessionUser.parse(text) is None


def test_sign_in_and_out(app: Flask, client_of: ClientOf, cast: Cast) -> None:

    def enter() -> str:
        sign_in(cast.alice.user_id, cast.alice.membership_id, 1)
        return ""

    def leave() -> str:
        sign_out()
        return ""

    app.add_url_rule("/enter", view_func=public(enter), methods=["POST"])
    app.add_url_rule("/leave", view_func=public(leave), methods=["POST"])
    client = client_of(None)
    with client.session_transaction() as cookie:
        cookie["of_the_visitor"] = "1"
    client.post("/enter")
    assert client.get("/who").text == "阿丽娅:enterprise"
    with client.session_transaction() as cookie:
        assert "of_the_visitor" not in cookie
    client.post("/leave")
    assert client.get("/who").text == ":None"
