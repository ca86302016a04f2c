"""Asking and answering on pages: one click, what was typed is kept, and only the sides of the question see it."""

import pytest

from matchmaker.domain.base import Database
from matchmaker.domain.questions import Question
from matchmaker.services.actors import informed
from matchmaker.services.matches import get_match
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.verdicts import judged_pair

ASKED = {"rows": [("除尘效率", "ge", "99", "%")]}


@pytest.fixture
def match_id(database: Database, cast: Cast) -> int:
    return judged_pair(database, cast, ASKED, {})


def _ask(database: Database, client_of: ClientOf, cast: Cast, match_id: int) -> None:
    with database.read() as session:
        key = get_match(session, informed(session, cast.carol.actor), match_id).verdicts.lines[0].key
    answer = client_of("carol").post(f"/matches/{match_id}/questions", data={"key": key})
    assert (answer.status_code, answer.location) == (303, f"/matches/{match_id}#indicator-{key}")


def test_question_goes_from_the_pair_to_its_page_and_back(
    client_of: ClientOf, database: Database, cast: Cast, match_id: int
) -> None:
    assert "向成果方提问" in client_of("carol").get(f"/matches/{match_id}").text
    _ask(database, client_of, cast, match_id)
    assert "去答复" in client_of("bob").get(f"/matches/{match_id}").text
    assert client_of("bob").post("/questions/1/answer", data={"answer": "99.5"}).status_code == 303
    page = client_of("carol").get(f"/matches/{match_id}").text
    assert ("据对方答复：" in page, "<strong>99.5 %</strong>" in page) == (True, True)
    assert "99.5" not in client_of("alice").get(f"/matches/{match_id}").text


def test_unreadable_answer_keeps_what_was_typed(
    client_of: ClientOf, database: Database, cast: Cast, match_id: int
) -> None:
    _ask(database, client_of, cast, match_id)
    typed = "<b>" + "长" * 500
    answer = client_of("bob").post("/questions/1/answer", data={"answer": typed})
    assert (answer.status_code, "&lt;b&gt;" + "长" * 500 in answer.text) == (422, True)


def test_withheld_answer_needs_no_words(client_of: ClientOf, database: Database, cast: Cast, match_id: int) -> None:
    _ask(database, client_of, cast, match_id)
    assert client_of("bob").post("/questions/1/answer", data={"answer": "", "withheld": "yes"}).status_code == 303
    with database.read() as session:
        assert session.get_one(Question, 1).state == "withheld"
    assert "不便透露" in client_of("carol").get(f"/matches/{match_id}").text


@pytest.mark.parametrize(
    ("key", "status"), [(None, 303), ("mallory", 404), ("alice", 404), ("peter", 404), ("dave", 200)]
)
def test_question_page_is_for_its_readers(
    client_of: ClientOf, database: Database, cast: Cast, match_id: int, key: str | None, status: int
) -> None:
    _ask(database, client_of, cast, match_id)
    assert client_of(key).get("/questions/1").status_code == status
