"""Forwarding by mail, and what its link opens."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.mails import Mail
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import pair, publish
from tests.web.html import Page

FORM = {"name": "王工", "email": "wang@uni.example", "message": "请看看", "forwarding": "yes"}


@pytest.fixture
def match_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "叶片除冰", visibility="anonymous", problem="机密问题")
        return pair(session, need, publish(session, cast.bob, "achievement", "疏冰涂料")).id


@pytest.fixture
def link(database: Database, client_of: ClientOf, match_id: int) -> str:
    client_of("bob").post(f"/matches/{match_id}/forward", data=FORM)
    with database.read() as session:
        return session.scalars(sa.select(Mail.path)).one() or ""


def test_link_opens_for_a_visitor_and_takes_the_answer(
    database: Database, client_of: ClientOf, link: str, match_id: int
) -> None:
    visitor = client_of(None)
    page = visitor.get(link)
    assert (page.status_code, Page(page.text).texts("forwarded-title")) == (200, ["叶片除冰"])
    assert [word in page.text for word in ("机密问题", "天山机械", "请看看", "疏冰涂料")] == [False, False, True, True]
    assert [page.headers[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")] == [
        "private, no-store",
        "noindex, nofollow",
        "no-referrer",
    ]
    empty = visitor.post(link, data={"answer": "question", "note": ""})
    assert (empty.status_code, Page(empty.text).texts("field-error")) == (422, ["请写下您想了解什么。"])
    assert visitor.post(link, data={"answer": "question", "note": "有样品吗？"}).location == link
    assert "已收到您的答复：有疑问" in visitor.get(link).text
    screen = client_of("bob").get(f"/triage/{match_id}").text
    assert Page(screen).texts("forwarding-note") == ["有样品吗？"]
    assert "王工" in client_of("bob").get(f"/matches/{match_id}").text
    assert "王工" not in client_of("alice").get(f"/matches/{match_id}").text


def test_revoked_link_is_gone(database: Database, client_of: ClientOf, link: str) -> None:
    with database.read() as session:
        forwarding_id = session.scalars(sa.select(Forwarding.id)).one()
    assert client_of("alice").post(f"/forwardings/{forwarding_id}/revoke").status_code == 404
    assert client_of("bob").post(f"/forwardings/{forwarding_id}/revoke").status_code == 303
    assert [client_of(None).get(link).status_code, client_of(None).post(link).status_code] == [404, 404]


def test_refused_form_keeps_what_was_typed(client_of: ClientOf, match_id: int) -> None:
    answer = client_of("bob").post(f"/matches/{match_id}/forward", data=FORM | {"email": "nonsense"})
    assert (answer.status_code, 'value="nonsense"' in answer.text, "\n请看看</textarea>" in answer.text) == (
        422,
        True,
        True,
    )
    client_of("bob").post(f"/matches/{match_id}/forward", data=FORM)
    assert client_of("bob").post(f"/matches/{match_id}/forward", data=FORM).status_code == 409


def test_forwarding_is_for_owners_of_the_pair(client_of: ClientOf, match_id: int) -> None:
    answers = [
        client_of(key).post(f"/matches/{match_id}/forward", data=FORM).status_code for key in ("mallory", "carol")
    ]
    assert answers == [404, 403]
