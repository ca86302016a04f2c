"""Doubles on the site: compared, merged by two of the bureau, and old addresses that lead on."""

import pytest

from matchmaker.domain.base import Database
from matchmaker.domain.people import Organization
from tests.cast import Cast, make_organization
from tests.conftest import ClientOf
from tests.pairs import publish
from tests.web.forms import errors_of


@pytest.fixture
def double(database: Database) -> int:
    with database.transaction() as session:
        return make_organization(session, "enterprise", "新疆天山机械有限责任公司").id


def test_two_of_the_bureau_merge_and_old_addresses_lead_on(
    client_of: ClientOf, database: Database, cast: Cast, double: int
) -> None:
    first, second, kept = client_of("dave"), client_of("erin"), cast.alice.organization_id
    assert f"/organizations/compare?a={kept}&amp;b={double}" in first.get("/organizations/doubles").text
    assert first.get(f"/organizations/compare?a={kept}&b={double}").status_code == 200
    data = {"a": kept, "b": double, "keep": kept, "reason": ""}
    wrong = first.post("/organizations/compare", data=data)
    assert (wrong.status_code, errors_of(wrong)) == (422, ["reason"])
    merge = first.post("/organizations/compare", data={**data, "reason": "重复注册"}).location
    assert "要由另一位同事复核" in first.get(merge).text
    assert first.post(f"{merge}/carry-out").status_code == 403
    assert second.post(f"{merge}/carry-out").location == merge
    assert second.post(f"{merge}/carry-out").status_code == 409
    assert second.get(merge).status_code == 200
    with database.transaction() as session:
        publish(session, cast.alice, "need", "除冰")
    answer = client_of(None).get(f"/organizations/{double}")
    assert (answer.status_code, answer.location) == (301, f"/organizations/{kept}")
    assert "新疆天山机械" not in first.get("/organizations").text


def test_old_address_tells_a_visitor_nothing_where_the_kept_one_is_hidden(
    client_of: ClientOf, database: Database, cast: Cast, double: int
) -> None:
    with database.transaction() as session:
        session.get_one(Organization, double).merged_into_id = cast.alice.organization_id
    assert client_of(None).get(f"/organizations/{double}").status_code == 404


def test_different_organizations_are_not_asked_about_again(client_of: ClientOf, cast: Cast, double: int) -> None:
    bureau, kept = client_of("dave"), cast.alice.organization_id
    data = {"a": kept, "b": double, "keep": kept, "reason": "母子公司", "then": "different"}
    assert bureau.post("/organizations/compare", data=data).location == "/organizations/doubles"
    assert "没有发现重复单位" in bureau.get("/organizations/doubles").text


@pytest.mark.parametrize("query", ["", "a=1", "a=1&b=1", "a=x&b=y", "a=1&b=999999999", "a=-1&b=0"])
def test_comparing_nothing_is_not_found(client_of: ClientOf, query: str) -> None:
    assert client_of("dave").get(f"/organizations/compare?{query}").status_code == 404
