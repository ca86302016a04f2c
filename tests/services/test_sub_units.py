"""Sub-units: a tree of two levels that owners keep, and what listings and inventors do when one goes."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import Actor
from matchmaker.domain.sub_units import SubUnit
from matchmaker.services.inventors import InventorDetails, add_inventor
from matchmaker.services.projection import project
from matchmaker.services.sub_units import (
    SubUnitDetails,
    add_sub_unit,
    list_sub_units,
    place_listing,
    remove_sub_unit,
    update_sub_unit,
    with_children,
)
from tests.cast import Cast, make_member
from tests.pairs import publish


def _university(session: Session, cast: Cast) -> Organization:
    return session.get_one(Organization, cast.bob.organization_id)


def _add(session: Session, cast: Cast, name: str, parent: SubUnit | None = None, **details: str) -> SubUnit:
    typed = SubUnitDetails(name, parent.id if parent else None, **details)
    return add_sub_unit(session, cast.bob.actor, _university(session, cast), typed)


def _shown(session: Session, cast: Cast) -> list[tuple[str, int]]:
    return [(row.path, row.depth) for row in list_sub_units(session, cast.bob.organization_id)]


def test_sub_units_are_a_tree_of_two_levels(session: Session, cast: Cast) -> None:
    materials = _add(session, cast, "材料学院")
    _add(session, cast, "信息学院")
    institute = _add(session, cast, "涂层研究所", materials, contact_name="李老师", contact_email="Li@Kunlun.example")
    assert _shown(session, cast) == [("材料学院", 0), ("材料学院 / 涂层研究所", 1), ("信息学院", 0)]
    assert (institute.contact_name, institute.contact_email) == ("李老师", "li@kunlun.example")
    assert with_children(session, cast.bob.organization_id, materials.id) == [materials.id, institute.id]
    with pytest.raises(Invalid) as refused:
        _add(session, cast, "冰层实验室", institute)
    assert list(refused.value.errors) == ["parent_id"]
    other = SubUnitDetails("材料学院", _add(session, cast, "研究生院").id)
    with pytest.raises(Invalid) as refused:
        update_sub_unit(session, cast.bob.actor, _university(session, cast), materials.id, other)
    assert list(refused.value.errors) == ["parent_id"]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " 材 料学院"}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"name": "新院", "contact_email": "nobody"}, "contact_email"),
        ({"name": "新院", "contact_phone": "1" * 41}, "contact_phone"),
        ({"name": "新院", "parent_id": 10**9}, "parent_id"),
    ],
)
def test_sub_unit_that_cannot_be_read_is_refused_by_field(
    session: Session, cast: Cast, details: dict[str, str], field: str
) -> None:
    _add(session, cast, "材料学院")
    with pytest.raises(Invalid) as refused:
        add_sub_unit(session, cast.bob.actor, _university(session, cast), SubUnitDetails(**details))
    assert list(refused.value.errors) == [field]


def test_sub_units_are_kept_by_owners_and_the_bureau(session: Session, cast: Cast) -> None:
    university = _university(session, cast)
    colleague = make_member(session, university, "gul", "古丽", Role.UNIVERSITY)
    for actor in (colleague.actor, cast.alice.actor, cast.carol.actor, cast.mallory.actor, Actor.anonymous()):
        with pytest.raises(Forbidden):
            add_sub_unit(session, actor, university, SubUnitDetails("材料学院"))
    made = add_sub_unit(session, cast.dave.actor, university, SubUnitDetails("材料学院"))
    with pytest.raises(NotFound):
        remove_sub_unit(session, cast.alice.actor, session.get_one(Organization, cast.alice.organization_id), made.id)


def test_listing_names_a_sub_unit_of_its_own_organization(session: Session, cast: Cast) -> None:
    listing = publish(session, cast.bob, "achievement", "涂层")
    materials = _add(session, cast, "材料学院")
    place_listing(session, cast.bob.actor, listing, materials.id)
    assert project(listing, Actor.anonymous()).sub_unit == "材料学院"
    for actor in (cast.alice.actor, cast.dave.actor):
        with pytest.raises(Forbidden):
            place_listing(session, actor, listing, None)
    with pytest.raises(Invalid):
        place_listing(session, cast.alice.actor, publish(session, cast.alice, "need", "除冰"), materials.id)


def test_sub_unit_of_an_anonymous_listing_is_told_to_nobody_outside(session: Session, cast: Cast) -> None:
    listing = publish(session, cast.bob, "achievement", "涂层", visibility="anonymous")
    place_listing(session, cast.bob.actor, listing, _add(session, cast, "材料学院").id)
    seen = {
        actor.name: project(listing, actor).sub_unit for actor in (cast.alice.actor, cast.carol.actor, cast.bob.actor)
    }
    assert seen == {"阿丽娅": None, "柯洛": "材料学院", "鲍博": "材料学院"}


def test_sub_unit_that_goes_leaves_everything_to_its_parent(session: Session, cast: Cast) -> None:
    materials = _add(session, cast, "材料学院")
    institute = _add(session, cast, "涂层研究所", materials)
    listing = publish(session, cast.bob, "achievement", "涂层")
    place_listing(session, cast.bob.actor, listing, institute.id)
    details = InventorDetails("李明", sub_unit_id=institute.id)
    inventor = add_inventor(session, cast.bob.actor, _university(session, cast), details)
    rows = [(row.name, row.listings, row.inventors) for row in list_sub_units(session, cast.bob.organization_id)]
    assert rows == [("材料学院", 0, 0), ("涂层研究所", 1, 1)]
    remove_sub_unit(session, cast.bob.actor, _university(session, cast), institute.id)
    session.refresh(listing)
    session.refresh(inventor)
    assert (listing.sub_unit_id, inventor.sub_unit_id) == (materials.id, materials.id)
    remove_sub_unit(session, cast.bob.actor, _university(session, cast), materials.id)
    session.refresh(listing)
    assert (listing.sub_unit_id, session.get_one(Listing, listing.id).sub_unit) == (None, None)
