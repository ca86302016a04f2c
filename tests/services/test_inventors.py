"""Inventors: kept by their own office, public only where they agreed, exported and forgotten on demand."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.inventors import Inventor, Inventorship
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import Actor
from matchmaker.services.inventors import (
    DELETED_NAME,
    InventorDetails,
    add_inventor,
    delete_inventor,
    export_inventor,
    get_inventor,
    list_inventors,
    update_inventor,
)
from matchmaker.services.inventorships import inventors_of, name_inventors, public_inventors
from matchmaker.services.sub_units import SubUnitDetails, add_sub_unit
from tests.cast import Cast, make_member
from tests.counting import counted_queries
from tests.pairs import publish

LI = InventorDetails(
    "李明", "教授", fields=("materials",), research="疏冰涂层", email="Li@Kunlun.example", consented=True
)


def _university(session: Session, cast: Cast) -> Organization:
    return session.get_one(Organization, cast.bob.organization_id)


def _add(session: Session, cast: Cast, name: str = "李明", **details: object) -> Inventor:
    return add_inventor(session, cast.bob.actor, _university(session, cast), InventorDetails(name, **details))


def test_inventors_are_listed_to_every_member_of_their_office(session: Session, cast: Cast) -> None:
    university = _university(session, cast)
    add_inventor(session, cast.bob.actor, university, LI)
    colleague = make_member(session, university, "gul", "古丽", Role.UNIVERSITY)
    for actor in (cast.bob.actor, colleague.actor):
        rows = list_inventors(session, actor, university)
        assert [(row.name, row.title, row.email, row.consented_on is not None) for row in rows] == [
            ("李明", "教授", "li@kunlun.example", True)
        ]


def test_inventors_are_nobody_elses_to_know(session: Session, cast: Cast) -> None:
    university = _university(session, cast)
    inventor = add_inventor(session, cast.bob.actor, university, LI)
    refused = {list_inventors: (university,), add_inventor: (university, LI)}
    hidden = {get_inventor: (), update_inventor: (LI,), delete_inventor: (), export_inventor: ()}
    others = [cast[key].actor for key in ("alice", "carol", "dave", "erin", "mallory", "peter")]
    for actor in (*others, Actor.anonymous()):
        for verb, arguments in refused.items():
            with pytest.raises(Forbidden):
                verb(session, actor, *arguments)
        for verb, arguments in hidden.items():
            with pytest.raises(NotFound):
                verb(session, actor, inventor.id, *arguments)


def test_inventors_are_found_by_text_and_sub_unit(session: Session, cast: Cast) -> None:
    university = _university(session, cast)
    school = add_sub_unit(session, cast.bob.actor, university, SubUnitDetails("材料学院"))
    institute = add_sub_unit(session, cast.bob.actor, university, SubUnitDetails("涂层所", school.id))
    _add(session, cast, "李明", sub_unit_id=institute.id, research="疏冰涂层")
    _add(session, cast, "王芳", email="wang@kunlun.example")
    found = [
        [row.name for row in list_inventors(session, cast.bob.actor, university, **wanted)]
        for wanted in ({}, {"text": "疏冰"}, {"text": "WANG@"}, {"text": "%"}, {"sub_unit_id": school.id})
    ]
    assert found == [["李明", "王芳"], ["李明"], ["王芳"], [], ["李明"]]


def test_list_of_inventors_asks_as_much_for_one_as_for_three(session: Session, cast: Cast) -> None:
    university = _university(session, cast)
    counts = []
    for number, names in ((1, ("甲",)), (3, ("乙", "丙"))):
        for name in names:
            _add(session, cast, name)
        session.expunge_all()
        university = _university(session, cast)
        with counted_queries(session.get_bind()) as statements:
            assert len(list_inventors(session, cast.bob.actor, university)) == number
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"title": "长" * 81}, "title"),
        ({"research": "长" * 301}, "research"),
        ({"email": "nobody"}, "email"),
        ({"fields": ("magic",)}, "fields"),
        ({"fields": ("materials", "energy", "agriculture", "nuclear")}, "fields"),
        ({"sub_unit_id": 10**9}, "sub_unit_id"),
        ({"is_public": True}, "is_public"),
        ({"email": "li@kunlun.example"}, "email"),
        ({"name": "李明"}, "name"),
    ],
)
def test_inventor_that_cannot_be_read_is_refused_by_field(
    session: Session, cast: Cast, details: dict[str, object], field: str
) -> None:
    add_inventor(session, cast.bob.actor, _university(session, cast), LI)
    with pytest.raises(Invalid) as refused:
        _add(session, cast, **{"name": "王芳"} | details)
    assert list(refused.value.errors) == [field]


def test_namesake_in_another_sub_unit_or_with_an_address_is_somebody_else(session: Session, cast: Cast) -> None:
    school = add_sub_unit(session, cast.bob.actor, _university(session, cast), SubUnitDetails("材料学院"))
    _add(session, cast)
    _add(session, cast, sub_unit_id=school.id)
    _add(session, cast, email="li2@kunlun.example")
    assert len(list_inventors(session, cast.bob.actor, _university(session, cast))) == 3


def test_achievement_and_inventors_belong_to_one_another(session: Session, cast: Cast) -> None:
    coating = publish(session, cast.bob, "achievement", "涂层")
    li, wang = _add(session, cast, "李明"), _add(session, cast, "王芳")
    name_inventors(session, cast.bob.actor, coating, [li.id, wang.id])
    name_inventors(session, cast.bob.actor, coating, [wang.id])
    assert [row.name for row in inventors_of(session, cast.bob.actor, coating)] == ["王芳"]
    assert [row.achievements for row in list_inventors(session, cast.bob.actor, _university(session, cast))] == [0, 1]
    for actor in (cast.alice.actor, cast.carol.actor, cast.dave.actor, Actor.anonymous()):
        assert inventors_of(session, actor, coating) == ()
        with pytest.raises(Forbidden):
            name_inventors(session, actor, coating, [li.id])


def test_inventors_of_an_achievement_are_of_its_own_organization(session: Session, cast: Cast) -> None:
    li = _add(session, cast)
    for listing, ids in (
        (publish(session, cast.alice, "achievement", "轴承"), [li.id]),
        (publish(session, cast.bob, "achievement", "涂层"), [li.id, 10**9]),
    ):
        member = cast.alice if listing.organization_id == cast.alice.organization_id else cast.bob
        with pytest.raises(Invalid):
            name_inventors(session, member.actor, listing, ids)


def test_inventor_is_public_only_where_marked_and_with_public_achievements_only(session: Session, cast: Cast) -> None:
    university = _university(session, cast)
    shown = _add(session, cast, "李明", consented=True, is_public=True, email="li@kunlun.example")
    _add(session, cast, "王芳", consented=True)
    public = publish(session, cast.bob, "achievement", "公开成果")
    hidden = publish(session, cast.bob, "achievement", "匿名成果", visibility="anonymous")
    for listing in (public, hidden):
        name_inventors(session, cast.bob.actor, listing, [shown.id])
    assert [(row.name, row.achievements) for row in public_inventors(session, university)] == [
        ("李明", ((public.id, "公开成果"),))
    ]


def test_consent_taken_back_makes_an_inventor_private(session: Session, cast: Cast) -> None:
    inventor = _add(session, cast, consented=True, is_public=True)
    update_inventor(session, cast.bob.actor, inventor.id, InventorDetails("李明"))
    assert (inventor.consented_on, inventor.is_public) == (None, False)


def test_deleted_inventor_leaves_nothing_of_the_person(session: Session, cast: Cast) -> None:
    inventor = add_inventor(session, cast.bob.actor, _university(session, cast), LI)
    name_inventors(session, cast.bob.actor, publish(session, cast.bob, "achievement", "涂层"), [inventor.id])
    delete_inventor(session, cast.bob.actor, inventor.id)
    row = session.execute(sa.select(Inventor.__table__)).mappings().one()
    left = {name: row[name] for name in ("name", "title", "fields", "research", "email", "consented_on")}
    assert left == {
        "name": DELETED_NAME,
        "title": None,
        "fields": [],
        "research": None,
        "email": None,
        "consented_on": None,
    }
    assert session.scalars(sa.select(Inventorship)).all() == []
    with pytest.raises(NotFound):
        get_inventor(session, cast.bob.actor, inventor.id)


def test_export_holds_every_row_that_refers_to_the_inventor(session: Session, cast: Cast) -> None:
    inventor = add_inventor(session, cast.bob.actor, _university(session, cast), LI)
    listing = publish(session, cast.bob, "achievement", "涂层")
    name_inventors(session, cast.bob.actor, listing, [inventor.id])
    exported = export_inventor(session, cast.bob.actor, inventor.id)
    assert (exported["inventor"]["name"], exported["inventor"]["email"]) == ("李明", "li@kunlun.example")
    assert [row["listing_id"] for row in exported["inventorships"]] == [listing.id]
