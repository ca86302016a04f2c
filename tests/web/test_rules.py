"""Pages of the rules and of the guide to the types: what was typed stays, what was decided stays."""

import re

import pytest

from matchmaker.domain.base import Database
from matchmaker.domain.rules import DayException
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.web.forms import errors_of

pytestmark = pytest.mark.slow

LIMIT = "/rules/contract_expert_limit"
NEW = {"value": "8000000", "valid_from": "2031-01-01", "source": "某某办法第三条"}


def test_rule_is_written_and_shown_as_coming(client_of: ClientOf) -> None:
    dave = client_of("dave")
    assert dave.post(LIMIT, data=NEW).status_code == 303
    assert "2031-01-01 起改为 800 万元" in dave.get("/rules").text
    assert dave.post(LIMIT, data=NEW).status_code == 409


def test_refused_rule_keeps_what_was_typed(client_of: ClientOf) -> None:
    answer = client_of("dave").post(LIMIT, data={**NEW, "value": "很多"})
    assert (answer.status_code, errors_of(answer)) == (422, ["value"])
    assert [text in answer.text for text in ("很多", "2031-01-01", "某某办法第三条")] == [True] * 3


def test_day_is_entered_counted_over_and_taken_back(client_of: ClientOf, database: Database) -> None:
    dave, count = client_of("dave"), "/rules/working-days?start=2025-09-25&days=1"
    assert ">2025-09-26</strong>" in dave.get(count).text
    assert dave.post("/rules/working-days", data={"on": "2025-09-26", "works": "", "note": "放假"}).status_code == 303
    page = dave.get(count).text
    assert ">2025-09-28</strong>" in page
    address = re.search(r'action="(/rules/working-days/\d+/forget)"', page)
    assert address is not None
    assert [dave.post(address[1]).status_code for _ in range(2)] == [303, 404]
    with database.transaction() as session:
        assert session.query(DayException).count() == 0


@pytest.mark.parametrize("address", ["/rules/working-days/0/forget", f"/rules/working-days/{10**12}/forget"])
def test_day_that_was_never_entered_is_not_found(client_of: ClientOf, address: str) -> None:
    assert client_of("dave").post(address).status_code == 404


def test_count_that_cannot_be_made_says_so(client_of: ClientOf) -> None:
    answer = client_of("dave").get("/rules/working-days?start=2025-09-25&days=x")
    assert (answer.status_code, errors_of(answer)) == (422, ["count-days"])


def test_rules_are_for_the_office(client_of: ClientOf) -> None:
    paths = ("/rules", LIMIT, "/rules/working-days")
    for key, status in (("dave", 200), ("erin", 200), ("alice", 403), ("carol", 403)):
        assert [client_of(key).get(path).status_code for path in paths] == [status] * 3
    assert [client_of("erin").post(path, data=NEW).status_code for path in paths[1:]] == [403, 403]
    assert client_of("dave").get("/rules/nonsense").status_code == 404


def test_list_of_rules_costs_the_same_however_many(client_of: ClientOf, database: Database) -> None:
    dave = client_of("dave")
    counts = []
    for year in (2031, 2032, 2033):
        dave.post(LIMIT, data={**NEW, "valid_from": f"{year}-01-01"})
        dave.post("/rules/working-days", data={"on": f"{year}-05-01"})
        with counted_queries(database.engine) as queries:
            dave.get("/rules")
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_guide_suggests_with_reasons_and_keeps_the_answers(client_of: ClientOf) -> None:
    alice = client_of("alice")
    page = alice.get("/contract-types?delivers=use&known=protected&right=secret").text
    assert all(text in page for text in ("技术许可", "技术秘密使用许可", "民法典第 862 条第 2 款", "不是认定"))
    assert page.count(" checked>") == 3
    assert "五类技术合同" in alice.get("/contract-types?delivers=%00<script>").text
