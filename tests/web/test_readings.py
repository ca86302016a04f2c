"""Readings through the site: written before the answer leaves, or the answer does not leave."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.disclosures import Reading
from tests.campaigns import make_campaign, make_entry
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.drafts import make_published


@pytest.fixture
def need_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        listing = make_published(session, cast.alice, cast.dave, visibility="anonymous", contact_name="古丽")
        return listing.id


def _ways(database: Database) -> list[tuple[int, str, str]]:
    with database.read() as session:
        rows = session.execute(sa.select(Reading.user_id, Reading.way, Reading.layer).order_by(Reading.id))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("/needs/{id}", "page"),
        ("/needs", "list"),
        ("/search", "list"),
        ("/", "list"),
        ("/listings/{id}/matches", "list"),
    ],
)
def test_every_page_that_shows_a_broker_what_is_hidden_is_written_down(
    client_of: ClientOf, database: Database, cast: Cast, need_id: int, path: str, way: str
) -> None:
    assert client_of("carol").get(path.format(id=need_id)).status_code == 200
    assert _ways(database) == [(cast.carol.user_id, way, "matched")]


@pytest.mark.parametrize("who", ["alice", "bob", None])
def test_page_without_anything_hidden_writes_nothing(
    client_of: ClientOf, database: Database, need_id: int, who: str | None
) -> None:
    assert client_of(who).get(f"/needs/{need_id}").status_code == 200
    assert _ways(database) == []


def test_what_cannot_be_written_down_is_not_shown(client_of: ClientOf, database: Database, need_id: int) -> None:
    client = client_of("carol")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE readings")
    client.application.testing = False
    try:
        answer = client.get(f"/needs/{need_id}")
    finally:
        client.application.testing = True
    assert (answer.status_code, "天山机械" in answer.text, "古丽" in answer.text) == (500, False, False)


def test_owner_reads_who_has_read(client_of: ClientOf, need_id: int) -> None:
    client_of("carol").get(f"/needs/{need_id}")
    page = client_of("alice").get(f"/listings/{need_id}/readers").text
    assert [word in page for word in ("柯洛", "丝路技术转移中心", "双方感兴趣后可见的内容", "详情页")] == [True] * 4


@pytest.mark.parametrize(("who", "status"), [("bob", 403), ("carol", 403), ("dave", 403), (None, 303)])
def test_readers_are_shown_to_the_owner_only(client_of: ClientOf, need_id: int, who: str | None, status: int) -> None:
    assert client_of(who).get(f"/listings/{need_id}/readers").status_code == status


@pytest.mark.parametrize("visibility", ["anonymous", "public"])
def test_bureau_lists_that_name_a_hidden_poster_are_written_down(
    client_of: ClientOf, database: Database, cast: Cast, visibility: str
) -> None:
    with database.transaction() as session:
        campaign = make_campaign(session, cast.dave)
        make_entry(session, campaign, cast.alice, visibility=visibility)
        path = f"/campaigns/{campaign.id}"
    hidden = visibility == "anonymous"
    for number, page in enumerate(("/dashboard/funnel/listings", f"{path}/entries", f"{path}/screening"), start=1):
        assert "风电叶片低温除冰涂层" in client_of("dave").get(page).text
        with database.read() as session:
            rows = session.execute(sa.select(Reading.user_id, Reading.way, Reading.layer, Reading.times)).all()
        assert [tuple(row) for row in rows] == [(cast.dave.user_id, "list", "matched", number)] * hidden
