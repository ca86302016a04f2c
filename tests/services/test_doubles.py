"""Finding organizations that stand in the register twice."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.people import Role
from matchmaker.services.doubles import core_name, doubles_of, find_doubles
from matchmaker.services.merging import call_different, propose_merge
from tests.cast import Cast, make_member, make_organization
from tests.counting import counted_queries


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("新疆天山机械有限责任公司", "天山机械"),
        ("乌鲁木齐市天山机械股份有限公司（集团）", "天山机械"),
        ("天山 机械有限公司", "天山机械"),
        ("有限公司", "有限公司"),
    ],
)
def test_core_of_a_name_leaves_place_and_legal_form_out(name: str, core: str) -> None:
    assert core_name(name) == core


@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        ({"name": "新疆红山重工有限公司"}, {"name": "红山重工有限责任公司"}, ("名称主体相同",)),
        (
            {"name": "红山重工", "credit_code": "91650100MA77HS001A"},
            {"name": "丝路农机", "credit_code": "91650104MA77HS001X"},
            ("主体识别码相同",),
        ),
        (
            {"name": "红山重工", "credit_code": "91650100MA77HS001A"},
            {"name": "红山重机", "credit_code": "91650100MA77HS002C", "website": "https://hs.example"},
            ("信用代码只差一位",),
        ),
        (
            {"name": "红山精密重型装备制造有限公司", "website": "https://www.hs.example/a"},
            {"name": "红山精密重型装备制造厂", "website": "http://hs.example"},
            ("名称相近", "网址相同"),
        ),
        (
            {"name": "红山重工", "website": "hs.example", "address": "新市区科学一街8号"},
            {"name": "大漠节水", "website": "https://x.example", "address": "新市区科学一街 8号"},
            None,
        ),
    ],
)
def test_doubles_are_found_by_what_they_have_in_common(
    session: Session, cast: Cast, first: dict[str, str], second: dict[str, str], reasons: tuple[str, ...] | None
) -> None:
    one, other = (make_organization(session, "enterprise", **values) for values in (first, second))
    found = find_doubles(session, cast.dave.actor)
    expected = [] if reasons is None else [(one, other, reasons)]
    assert [(row.first, row.second, row.reasons) for row in found] == expected


def test_doubles_stand_on_one_side_of_the_market(session: Session, cast: Cast) -> None:
    make_organization(session, "enterprise", "红山重工有限公司")
    make_organization(session, "university", "红山重工")
    assert find_doubles(session, cast.dave.actor) == ()


def test_doubles_that_were_called_different_or_proposed_are_not_shown_again(session: Session, cast: Cast) -> None:
    one, other, third = (
        make_organization(session, "enterprise", f"红山重工{form}") for form in ("公司", "有限公司", "集团")
    )
    assert len(find_doubles(session, cast.dave.actor)) == 3
    call_different(session, cast.dave.actor, one, other, reason="母子公司")
    propose_merge(session, cast.dave.actor, one, third, reason="重复注册")
    assert [(row.first, row.second) for row in find_doubles(session, cast.dave.actor)] == [(other, third)]
    assert [(row.first, row.second) for row in doubles_of(session, cast.dave.actor, third)] == [(third, other)]


def test_colleagues_with_one_mail_domain_are_a_hint_and_free_mail_is_none(session: Session, cast: Cast) -> None:
    one, other = (
        make_organization(session, "enterprise", name) for name in ("红山精密重型装备制造", "红山精密重型装备制造厂")
    )
    for number, organization in enumerate((one, other)):
        make_member(session, organization, f"p{number}", "某", Role.ENTERPRISE)
    assert [row.reasons for row in find_doubles(session, cast.dave.actor)] == [("名称相近", "成员邮箱属于同一域名")]


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "mallory", "peter"])
def test_doubles_are_the_bureaus_to_see(session: Session, cast: Cast, key: str) -> None:
    with pytest.raises(Forbidden):
        find_doubles(session, cast[key].actor)


def test_looking_for_doubles_takes_a_fixed_number_of_queries(session: Session, cast: Cast) -> None:
    counts = []
    for names in (("公司", "有限公司"), ("集团", "股份公司")):
        for name in names:
            make_organization(session, "enterprise", f"红山重工{name}")
        session.expunge_all()
        with counted_queries(session.get_bind()) as statements:
            assert find_doubles(session, cast.dave.actor) != ()
        counts.append(len(statements))
    assert counts[0] == counts[1]
