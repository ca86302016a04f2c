"""The page on which people choose how to be told, leaving mails without log-in, and verifying an address."""

import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import User
from matchmaker.services.preferences import paces_of
from matchmaker.services.unsubscribing import unsubscribe_links
from tests.cast import Cast
from tests.conftest import ClientOf


def test_choices_are_saved_and_shown(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client = client_of("alice")
    answer = client.post("/notices/preferences", data={"match": "weekly", "gossip": "now"}, follow_redirects=True)
    assert (answer.status_code, answer.text.count('value="weekly" selected')) == (200, 1)
    assert client.post("/notices/preferences", data={"match": "hourly"}).status_code == 422
    with database.read() as session:
        assert paces_of(session, cast.alice.user_id)["match"] == "weekly"


def test_unsubscribing_needs_neither_log_in_nor_form_token_and_only_a_post_changes(
    client_of: ClientOf, database: Database, cast: Cast, settings: Settings
) -> None:
    client = client_of(None)
    client.application.config["WTF_CSRF_ENABLED"] = True
    path = unsubscribe_links(settings).make(cast.alice.user_id, "review").removeprefix(settings.base_url)

    def pace() -> str:
        with database.read() as session:
            return paces_of(session, cast.alice.user_id)["review"]

    assert (client.get(path).status_code, client.head(path).status_code, pace()) == (200, 200, "now")
    assert (client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code, pace()) == (200, "off")
    assert client.post(path + "x").status_code == 404


def test_unverified_address_is_pointed_out_and_verified_by_link(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        session.get_one(User, cast.alice.user_id).email_verified_at = None
    client = client_of("alice")
    assert "还没有验证" in client.get("/account").text
    client.post("/account/email/verification")
    with database.read() as session:
        body = session.scalars(sa.select(Mail.body)).one()
    path = "/verify/" + body.partition("/verify/")[2].split()[0]
    assert "确认这是您的邮箱" in client_of(None).get(path).text
    assert (client_of(None).post(path).status_code, client_of(None).get(path + "x").status_code) == (303, 404)
    assert "还没有验证" not in client.get("/account").text
