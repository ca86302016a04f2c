"""One's own account page."""

import json

import pytest
from flask import Flask

from matchmaker.domain.base import Database
from matchmaker.domain.people import Membership, User
from tests.cast import PASSWORD, Cast
from tests.conftest import ClientOf
from tests.web.forms import csrf_token, errors_of, flashed

CONTACTS = {
    "contacts-name": "阿丽",
    "contacts-email": "alice@cast.example",
    "contacts-mobile": "13900001111",
    "contacts-password": PASSWORD,
}
POSTS = (
    "/account/contacts",
    "/account/password",
    "/account/log-out-everywhere",
    "/account/memberships/1/use",
    "/account/memberships/1/leave",
    "/account/invitations/1/accept",
    "/account/invitations/1/decline",
    "/account/delete",
    "/logout",
)


def _user(database: Database, cast: Cast) -> User:
    with database.read() as session:
        return session.get_one(User, cast.alice.user_id)


def _join(database: Database, cast: Cast, state: str) -> int:
    """Let bob have a second membership, in alice's enterprise."""
    with database.transaction() as session:
        membership = Membership(
            user_id=cast.bob.user_id, organization_id=cast.alice.organization_id, role="enterprise", state=state
        )
        session.add(membership)
        session.flush()
        return membership.id


def test_contacts_are_saved(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client = client_of("alice")
    assert client.post("/account/contacts", data=CONTACTS).location == "/account"
    user = _user(database, cast)
    assert (user.name, user.mobile) == ("阿丽", "13900001111")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"contacts-name": ""}, ["contacts-name"]),
        ({"contacts-email": "bob@cast.example"}, ["contacts-email"]),
        ({"contacts-email": "x" * 1_000_000}, ["contacts-email"]),
        ({"contacts-mobile": "<b>"}, ["contacts-mobile"]),
        ({"contacts-password": "wrong"}, ["contacts-password"]),
    ],
)
def test_wrong_contacts_are_marked_and_nothing_is_saved(
    client_of: ClientOf, database: Database, cast: Cast, changes: dict[str, str], wrong: list[str]
) -> None:
    response = client_of("alice").post("/account/contacts", data={**CONTACTS, **changes})
    assert (response.status_code, errors_of(response)) == (422, wrong)
    assert _user(database, cast).name == "阿丽娅"


def test_name_with_markup_is_shown_as_text_everywhere(client_of: ClientOf, cast: Cast) -> None:
    client = client_of("alice")
    client.post("/account/contacts", data={**CONTACTS, "contacts-name": "<script>alert(1)</script>"})
    for path in ("/account", f"/organizations/{cast.alice.organization_id}/members", "/dashboard"):
        page = client.get(path)
        assert (page.status_code, "<script>alert" in page.text) == (200, False)


def test_log_out_everywhere_keeps_this_browser(client_of: ClientOf) -> None:
    here, elsewhere = client_of("alice"), client_of("alice")
    here.post("/account/log-out-everywhere")
    assert (here.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 303)


def test_membership_is_switched(client_of: ClientOf, database: Database, cast: Cast) -> None:
    second, client = _join(database, cast, "active"), client_of("bob")
    assert client.get("/achievements/new").status_code == 200
    assert client.post(f"/account/memberships/{second}/use").location == "/dashboard"
    assert "天山机械有限公司" in client.get("/account").text.partition("<main")[0]
    assert client.get("/needs/new").status_code == 200


@pytest.mark.parametrize("state", ["invited", "ended"])
def test_membership_that_is_not_ones_own_or_not_running_is_not_taken_up(
    client_of: ClientOf, database: Database, cast: Cast, state: str
) -> None:
    second = _join(database, cast, state)
    for membership_id in (second, cast.erin.membership_id, 10**12, 10**30):
        assert client_of("bob").post(f"/account/memberships/{membership_id}/use").status_code == 404


def test_invitation_is_shown_and_accepted(client_of: ClientOf, database: Database, cast: Cast) -> None:
    invited, client = _join(database, cast, "invited"), client_of("bob")
    assert f"/account/invitations/{invited}/accept" in client.get("/account").text
    client.post(f"/account/invitations/{invited}/accept")
    assert flashed(client) == ["您已加入“天山机械有限公司”。"]
    assert client.post(f"/account/invitations/{invited}/accept").status_code == 404


def test_invitation_is_declined(client_of: ClientOf, database: Database, cast: Cast) -> None:
    invited, client = _join(database, cast, "invited"), client_of("bob")
    assert client.post(f"/account/invitations/{invited}/decline").location == "/account"
    assert f"/account/invitations/{invited}" not in client.get("/account").text


def test_last_owner_who_leaves_with_colleagues_is_told_what_to_do(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    _join(database, cast, "active")
    response = client_of("alice").post(f"/account/memberships/{cast.alice.membership_id}/leave")
    assert (response.status_code, "请先在成员页指定另一位负责人" in response.text) == (409, True)


def test_personal_data_is_downloaded(client_of: ClientOf) -> None:
    response = client_of("alice").get("/account/export")
    assert response.headers["Content-Disposition"] == 'attachment; filename="matchmaker-personal-data.json"'
    assert json.loads(response.text)["account"]["email"] == "alice@cast.example"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_account_is_deleted_with_the_password_only(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client = client_of("alice")
    refused = client.post("/account/delete", data={"password": "wrong"})
    assert (refused.status_code, errors_of(refused)) == (422, ["password"])
    assert client.post("/account/delete", data={"password": PASSWORD}).location == "/"
    assert (_user(database, cast).email, client.get("/account").status_code) == (None, 303)


def test_deletion_that_must_wait_says_why(client_of: ClientOf, database: Database, cast: Cast) -> None:
    _join(database, cast, "active")
    response = client_of("alice").post("/account/delete", data={"password": PASSWORD})
    assert (response.status_code, "请先在成员页指定另一位负责人" in response.text) == (422, True)


@pytest.mark.parametrize("path", POSTS)
def test_every_form_needs_its_csrf_token(app: Flask, client_of: ClientOf, path: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = client_of("alice")
    answers = [client.post(path, data={"csrf_token": token}).status_code for token in ("", "stale")]
    assert answers == [400, 400]
    assert client.get("/account").status_code == 200


def test_token_of_another_browser_is_refused(app: Flask, client_of: ClientOf) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    token = csrf_token(client_of("mallory"), "/account")
    assert client_of("alice").post("/account/log-out-everywhere", data={"csrf_token": token}).status_code == 400
