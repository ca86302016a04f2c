"""Pages of attribution: the journal, who introduced whom, commissions, a broker's record."""

import pytest

from matchmaker.domain.base import Database
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.deals import make_deal

pytestmark = pytest.mark.slow


@pytest.fixture
def deal_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        return make_deal(session, cast).id


def test_statement_is_shown_on_the_page_of_the_deal(client_of: ClientOf, deal_id: int) -> None:
    address = f"/deals/{deal_id}/introductions"
    answer = client_of("alice").post(address, data={"stance": "disputed", "statement": "<b>自己认识</b>"})
    assert (answer.status_code, client_of("mallory").post(address).status_code) == (303, 404)
    page = client_of("bob").get(f"/deals/{deal_id}").text
    assert "&lt;b&gt;自己认识&lt;/b&gt;" in page


def test_commission_is_proposed_and_agreed_to(client_of: ClientOf, cast: Cast, deal_id: int) -> None:
    form = {"number": "0", "fee": "x", "payer": "one", "broker": [str(cast.carol.user_id)], "percent": ["100"]}
    address = f"/deals/{deal_id}/commission"
    refused = client_of("carol").post(address, data=form)
    assert (refused.status_code, 'value="100"' in refused.text) == (422, True)
    assert client_of("carol").post(address, data=form | {"fee": "50000"}).status_code == 303
    assert client_of("carol").post(address, data=form | {"fee": "60000"}).status_code == 409
    assert client_of("bob").post("/commissions/1/agree").status_code == 403
    assert client_of("alice").post("/commissions/1/agree").status_code == 303
    assert "各方已同意" in client_of("carol").get("/commissions").text
    assert "各方已同意" in client_of("bob").get(f"/deals/{deal_id}").text


def test_agreements_are_found_from_the_deals_by_those_who_can_have_a_part(client_of: ClientOf, deal_id: int) -> None:
    linked = [who for who in ("alice", "bob", "carol", "dave") if '"/commissions"' in client_of(who).get("/deals").text]
    assert linked == ["alice", "bob", "carol"]


def test_record_is_a_page_and_two_files(client_of: ClientOf, cast: Cast, deal_id: int) -> None:
    carol, dave = client_of("carol"), client_of("dave")
    assert f"/deals/{deal_id}" in carol.get("/my-record").text
    theirs = f"/brokers/{cast.carol.user_id}/record"
    assert [dave.get(f"{theirs}{part}").status_code for part in ("", "/workbook", "/pdf")] == [200] * 3
    assert carol.get("/my-record/pdf").data.startswith(b"%PDF")
    assert [client_of("alice").get("/my-record").status_code, carol.get(theirs).status_code] == [403, 403]


def test_journal_is_read_by_the_bureau_alone(client_of: ClientOf, deal_id: int) -> None:
    statuses = [client_of(name).get("/journal").status_code for name in ("dave", "erin", "carol", "alice")]
    assert statuses == [200, 200, 403, 403]
    page = client_of("dave").get("/journal?kind=deal&subject=999999999999999999999&on=never&page=-1")
    assert (page.status_code, "没有这样的记录" in page.text) == (200, True)
    assert client_of("dave").post("/journal/verify").status_code == 303
