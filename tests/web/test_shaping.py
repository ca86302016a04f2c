"""Restoring a field from the list that says that it sinks."""

import pytest

from matchmaker.domain.base import Database
from matchmaker.services.decisions import decide
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import pair, publish
from tests.web.forms import flashed
from tests.web.html import Page

pytestmark = pytest.mark.slow


@pytest.fixture
def need_id(database: Database, cast: Cast) -> int:
    """alice's need, of which she has declined two pairs of agriculture as out of scope."""
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "叶片除冰")
        for number in range(3):
            achievement = publish(session, cast.bob, "achievement", f"农业{number}", field="agriculture")
            match = pair(session, need, achievement, need_side_score=9.0 - number)
            if number:
                decide(session, cast.alice.actor, match.id, "unsuitable", reason="out_of_scope")
        return need.id


@pytest.mark.parametrize("address", ["/matches", "/triage", "/listings/{}/matches"])
def test_list_says_what_sinks_and_takes_it_back(client_of: ClientOf, need_id: int, address: str) -> None:
    alice, path = client_of("alice"), address.format(need_id)
    said = Page(alice.get(path).text).texts("shaping-line")
    assert [text.split("，")[0] for text in said] == ["“农业”领域的匹配排在后面"]
    answer = alice.post("/shaping/agriculture/restore", data={"next": path})
    assert (answer.status_code, answer.location, flashed(alice)) == (303, path, ["已恢复正常排序。"])
    said = Page(alice.get(path).text).texts("shaping-line")
    assert [text.split("。")[0] for text in said] == ["“农业”领域已按贵单位的选择恢复正常排序"]


def test_others_see_nothing_of_it_and_may_not_change_it(client_of: ClientOf, need_id: int) -> None:
    assert Page(client_of("carol").get(f"/listings/{need_id}/matches").text).texts("shaping-line") == []
    answers = [client_of(key).post("/shaping/agriculture/restore").status_code for key in ("carol", "dave")]
    assert (answers, client_of("alice").post("/shaping/magic/sink").status_code) == ([403, 403], 404)
