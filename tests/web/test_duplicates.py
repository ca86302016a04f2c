"""The review desk's pages of near-duplicates, and what a poster is offered while writing."""

from flask.testing import FlaskClient

from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing
from matchmaker.services.duplicates import find_batch
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.drafts import make_draft, make_published, make_submitted
from tests.services.test_duplicates import REWORDED, TEXT
from tests.web.html import Page


def market(database: Database, cast: Cast) -> tuple[int, int]:
    with database.transaction() as session:
        first = make_published(session, cast.alice, cast.dave, title="叶片前缘防护", problem=TEXT, visibility="brokers")
        again = make_submitted(session, cast.mallory, title="风电叶片前缘抗磨蚀", problem=REWORDED)
        ids = first.id, again.id
    find_batch(database, "test")
    return ids


def return_form(client: FlaskClient, listing_id: int, original: int) -> str:
    return client.get(f"/review/{listing_id}?original={original}").text


def test_queue_and_page_flag_a_near_duplicate_with_what_is_shared(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    first, again = market(database, cast)
    dave = client_of("dave")
    assert "疑似重复" in Page(dave.get("/review").text).texts("tag-warning")
    page = Page(dave.get(f"/review/{again}").text)
    assert page.texts("duplicate-title") == ["叶片前缘防护"]
    assert f"/review/{again}/duplicates/{first}/different" in dave.get(f"/review/{again}").text


def test_calling_them_different_takes_the_flag_from_the_queue(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    first, again = market(database, cast)
    dave = client_of("dave")
    assert dave.post(f"/review/{again}/duplicates/{first}/different").status_code == 303
    assert "疑似重复" not in Page(dave.get("/review").text).texts("tag-warning")
    assert "已核对：不是重复" in Page(dave.get(f"/review/{again}").text).texts("tag-success")
    assert dave.post(f"/review/{again}/duplicates/{again}/different").status_code == 404


def test_return_form_is_filled_in_for_a_duplicate(client_of: ClientOf, database: Database, cast: Cast) -> None:
    first, again = market(database, cast)
    dave = client_of("dave")
    text = return_form(dave, again, first)
    assert 'value="duplicate" checked' in text
    assert "与平台上已有的内容重复。如确有不同，请写明不同之处。" in text
    form = {"version": "1", "reasons": "duplicate", "advice": "重复", "original": str(first)}
    assert dave.post(f"/review/{again}/return", data=form).status_code == 303
    with database.read() as session:
        assert session.get_one(Listing, again).state == "returned"
    assert "叶片前缘防护" not in client_of("mallory").get(f"/needs/{again}").text


def test_original_that_is_no_near_duplicate_is_refused(client_of: ClientOf, database: Database, cast: Cast) -> None:
    _, again = market(database, cast)
    form = {"version": "1", "reasons": "duplicate", "advice": "重复", "original": "999"}
    assert client_of("dave").post(f"/review/{again}/return", data=form).status_code == 404
    with database.read() as session:
        assert session.get_one(Listing, again).state == "submitted"


def test_what_is_like_a_draft_is_its_writers_to_see(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        draft = make_draft(session, cast.mallory).id
    htmx = {"HX-Request": "true"}
    answer = client_of("mallory").get(f"/listings/{draft}/similar", headers=htmx)
    assert (answer.status_code, Page(answer.text).texts("similar-list")) == (200, [])
    assert client_of("mallory").get(f"/listings/{draft}/similar").location == f"/listings/{draft}/edit"
    assert client_of("bob").get(f"/listings/{draft}/similar").status_code == 404
    answer = client_of("mallory").post(f"/listings/{draft}/autosave", data={"version": "1", "tried": "试过"})
    assert answer.headers["HX-Trigger"] == "draft-saved"


def test_open_pairs_have_a_page_and_leave_it_when_settled(client_of: ClientOf, database: Database, cast: Cast) -> None:
    market(database, cast)
    dave = client_of("dave")
    assert "疑似重复 1 对" in dave.get("/review").text
    assert Page(dave.get("/review/duplicates").text).texts("duplicate-title") == ["叶片前缘防护", "风电叶片前缘抗磨蚀"]
    assert dave.post("/review/duplicates/1/different").status_code == 303
    assert Page(dave.get("/review/duplicates").text).texts("duplicate-title") == []
    assert client_of("alice").get("/review/duplicates").status_code == 403
