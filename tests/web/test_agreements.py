"""The pages of a confidentiality agreement."""

import io

import pytest

from matchmaker.domain.base import Database
from matchmaker.services.actors import informed
from matchmaker.services.decisions import decide
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import pair, publish

PDF = b"%PDF-1.7\n" + b"x" * 300


@pytest.fixture
def match_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "除冰", visibility="anonymous")
        match = pair(session, need, publish(session, cast.bob, "achievement", "涂层"))
        for member in (cast.alice, cast.bob):
            decide(session, informed(session, member.actor), match.id, "interested")
        return match.id


def test_agreement_is_proposed_with_a_signed_file_and_accepted(client_of: ClientOf, match_id: int) -> None:
    alice, bob, page = client_of("alice"), client_of("bob"), f"/matches/{match_id}/agreement"
    data = {"remark": "样品另行约定", "file": (io.BytesIO(PDF), "盖章.pdf")}
    assert bob.post(page, data=data).location == page
    shown, texts = alice.get(page).text, ("甲方：天山机械有限公司", "样品另行约定", "盖章.pdf", "同意并签署")
    assert [text in shown for text in texts] == [True] * 4
    assert alice.post("/agreements/1/answer", data={"answer": "accept"}).location == page
    assert [text in bob.get(page).text for text in ("已签署", "阿丽娅")] == [True, True]
    with bob.get("/agreements/1/file") as answer:
        assert answer.data == PDF


def test_refused_file_leaves_no_agreement(client_of: ClientOf, match_id: int) -> None:
    page = f"/matches/{match_id}/agreement"
    data = {"remark": "样品另行约定", "file": (io.BytesIO(b"<script>"), "盖章.pdf")}
    answer = client_of("bob").post(page, data=data)
    assert (answer.status_code, "样品另行约定" in answer.text) == (422, True)
    assert "提出保密协议" in client_of("bob").get(page).text


@pytest.mark.parametrize(("who", "status"), [("mallory", 404), ("carol", 200), ("dave", 200), (None, 303)])
def test_agreement_is_read_by_its_parties_and_those_who_see_all(
    client_of: ClientOf, match_id: int, who: str | None, status: int
) -> None:
    client_of("bob").post(f"/matches/{match_id}/agreement", data={"file": (io.BytesIO(PDF), "盖章.pdf")})
    assert client_of(who).get(f"/matches/{match_id}/agreement").status_code == status
    with client_of(who).get("/agreements/1/file") as answer:
        assert answer.status_code == status


def test_there_is_none_before_both_are_interested(client_of: ClientOf, match_id: int) -> None:
    client_of("alice").post(f"/matches/{match_id}/decision/withdraw")
    assert client_of("bob").get(f"/matches/{match_id}/agreement").status_code == 404
    assert client_of("bob").post(f"/matches/{match_id}/agreement").status_code == 409
