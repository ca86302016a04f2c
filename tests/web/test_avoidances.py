"""The page of the avoid list."""

import pytest

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.base import Database
from tests.cast import Cast
from tests.conftest import ClientOf

TYPED = {"name": "沙海动力有限公司", "credit_code": "", "kind": "rival", "note": "投标对手"}


def _rows(database: Database) -> list[tuple[str, str, str | None]]:
    with database.read() as session:
        return [(row.name, row.kind, row.note) for row in session.query(Avoidance)]


def test_owner_lists_and_unlists_an_organization(client_of: ClientOf, database: Database) -> None:
    client = client_of("alice")
    assert client.post("/avoided", data=TYPED).location == "/avoided"
    assert "沙海动力有限公司" in client.get("/avoided").text
    assert _rows(database) == [("沙海动力有限公司", "rival", "投标对手")]
    assert client.post("/avoided/1/delete").location == "/avoided"
    assert _rows(database) == []


def test_refused_entry_is_shown_again_with_what_was_typed(client_of: ClientOf, database: Database) -> None:
    answer = client_of("alice").post("/avoided", data=TYPED | {"credit_code": "1234"})
    assert (answer.status_code, _rows(database)) == (422, [])
    assert [text in answer.text for text in ("沙海动力有限公司", "投标对手", "1234")] == [True, True, True]


def test_page_says_what_the_list_cannot_do(client_of: ClientOf) -> None:
    assert "任何没有登录的人都能看到" in client_of("bob").get("/avoided").text


@pytest.mark.parametrize(("who", "status"), [(None, 303), ("dave", 403), ("peter", 403), ("carol", 200)])
def test_list_is_for_parties_and_brokers(client_of: ClientOf, who: str | None, status: int) -> None:
    assert client_of(who).get("/avoided").status_code == status


def test_nobody_sees_anothers_list(client_of: ClientOf, cast: Cast) -> None:
    client_of("alice").post("/avoided", data=TYPED | {"name": cast.bob.organization_name})
    assert client_of("bob").get("/avoided").text.count("投标对手") == 0
    assert client_of("bob").post("/avoided/1/delete").status_code == 404
