"""The page of minutes: both texts on a stale save, revisions, the Word file."""

import io

import pytest
from docx import Document

from matchmaker.domain.base import Database
from tests.appointments import make_meeting
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.web.html import Page


@pytest.fixture
def address(database: Database, cast: Cast) -> str:
    with database.transaction() as session:
        return f"/appointments/{make_meeting(session, cast).id}/minutes"


def test_stale_save_shows_both_texts_and_keeps_what_was_typed(client_of: ClientOf, address: str) -> None:
    alice, bob = client_of("alice"), client_of("bob")
    assert alice.post(address, data={"text": "三月启动。", "seen": "0"}).status_code == 303
    answer = bob.post(address, data={"text": "四月启动。", "seen": "0"})
    assert (answer.status_code, Page(answer.text).texts("difference-text")) == (409, ["三月启动。", "四月启动。"])
    assert "\n四月启动。</textarea>" in answer.text
    assert 'name="seen" value="1"' in answer.text
    assert bob.post(address, data={"text": "四月启动。", "seen": "1"}).status_code == 303
    assert Page(alice.get(f"{address}?revision=2").text).texts("difference-text") == ["三月启动。", "四月启动。"]


def test_minutes_are_exported_to_word_with_their_mark(client_of: ClientOf, address: str) -> None:
    alice = client_of("alice")
    assert alice.get(f"{address}/word").status_code == 404
    alice.post(address, data={"text": "三月启动。\n=1+1 <b>粗</b>", "seen": "0"})
    answer = alice.get(f"{address}/word")
    texts = [paragraph.text for paragraph in Document(io.BytesIO(answer.data)).paragraphs]
    assert texts[0].startswith("内部资料")
    assert [text for text in texts if "启动" in text or "<b>" in text] == ["三月启动。", "=1+1 <b>粗</b>"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_minutes_are_hidden_from_all_others(client_of: ClientOf, address: str) -> None:
    client_of("alice").post(address, data={"text": "三月启动。", "seen": "0"})
    statuses = {key: client_of(key).get(address).status_code for key in ("bob", "carol", "dave", "mallory", "erin")}
    assert statuses == {"bob": 200, "carol": 200, "dave": 200, "mallory": 404, "erin": 404}


def test_unknown_revision_is_not_found(client_of: ClientOf, address: str) -> None:
    assert client_of("alice").get(f"{address}?revision=7").status_code == 404
