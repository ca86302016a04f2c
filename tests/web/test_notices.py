"""The inbox's page, the bell on every page, and following a notice."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import User
from matchmaker.services.notices import tell
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries


def _tell(session: Session, cast: Cast, count: int = 1) -> int:
    for _ in range(count):
        user = session.get_one(User, cast.alice.user_id)
        notice = tell(session, user, topic="review", title="已发布：<b>甲</b>", body="好", path="/about?a=1")
    assert notice is not None
    return notice.id


def test_bell_counts_unread_notices_on_every_page(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        _tell(session, cast, 3)
    pages = [client_of(key).get("/about").text for key in ("alice", "bob", None)]
    assert ["3 条未读通知" in page for page in pages] == [True, False, False]
    assert ["/notices" in page for page in pages] == [True, True, False]


def test_following_a_notice_reads_it_and_leads_to_its_page(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        notice_id = _tell(session, cast)
    answer = client_of("alice").get(f"/notices/{notice_id}")
    assert (answer.status_code, answer.location) == (303, "/about?a=1")
    with database.read() as session:
        assert session.get_one(Notice, notice_id).read_at is not None


def test_inbox_shows_titles_as_text_and_reads_all(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        _tell(session, cast)
    client = client_of("alice")
    assert "已发布：&lt;b&gt;甲&lt;/b&gt;" in client.get("/notices?topic=review&unread=1").text
    assert client.post("/notices/read", follow_redirects=True).text.count("is-unread") == 0


@pytest.mark.parametrize("query", ["?topic=nonsense&page=-7", "?topic=match", "?page=99999999999"])
def test_inbox_answers_whatever_the_address_says(client_of: ClientOf, query: str) -> None:
    assert client_of("alice").get(f"/notices{query}").status_code == 200


def test_inbox_asks_as_much_for_three_notices_as_for_one(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client, counts = client_of("alice"), []
    for added in (1, 2):
        with database.transaction() as session:
            _tell(session, cast, added)
        with counted_queries(database.engine) as queries:
            client.get("/notices")
        counts.append(len(queries))
    assert counts[0] == counts[1]
