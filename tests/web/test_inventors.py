"""Sub-units and inventors on the site, and what of them a visitor sees on the profile."""

import io

import pytest
import sqlalchemy as sa
from flask import Flask

from matchmaker.domain.base import Database
from matchmaker.domain.inventors import Inventor, Inventorship
from matchmaker.domain.listings import Listing
from matchmaker.domain.sub_units import SubUnit
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.pairs import publish
from tests.web.forms import errors_of


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/organizations/{cast.bob.organization_id}"


def _ids(database: Database, table: type[SubUnit] | type[Inventor] | type[Listing]) -> list[int]:
    with database.read() as session:
        return list(session.scalars(sa.select(table.id).order_by(table.id)))


def test_owner_keeps_a_tree_of_sub_units(client_of: ClientOf, database: Database, path: str) -> None:
    owner = client_of("bob")
    owner.post(f"{path}/sub-units", data={"name": "材料学院"})
    school = _ids(database, SubUnit)[0]
    owner.post(f"{path}/sub-units", data={"name": "涂层所", "parent_id": str(school)})
    wrong = owner.post(f"{path}/sub-units", data={"name": "材料学院", "contact_name": "李老师"})
    assert (wrong.status_code, errors_of(wrong), "李老师" in wrong.text) == (422, ["name"], True)
    owner.post(f"{path}/sub-units/{school}", data={"name": "材料科学学院"})
    assert "材料科学学院" in owner.get(f"{path}/sub-units").text
    owner.post(f"{path}/sub-units/{school}/remove")
    with database.read() as session:
        assert [(row.name, row.parent_id) for row in session.scalars(sa.select(SubUnit))] == [("涂层所", None)]


def test_inventors_are_entered_one_by_one_and_by_a_roster(client_of: ClientOf, database: Database, path: str) -> None:
    owner = client_of("bob")
    wrong = owner.post(f"{path}/inventors/new", data={"name": "李明", "fields_of": ["magic"], "is_public": "y"})
    assert (wrong.status_code, sorted(errors_of(wrong))) == (422, ["fields_of", "is_public"])
    owner.post(f"{path}/inventors/new", data={"name": "李明", "fields_of": ["materials"], "email": "li@k.example"})
    report = owner.post(
        f"{path}/inventors/roster", data={"text": "李明,,,,li@k.example\n王芳,教授\n,副教授\n赵强,,没有的学院"}
    )
    assert (report.status_code, ">\r\n,副教授\n赵强,,没有的学院</textarea>" in report.text) == (200, True)
    file = {"file": (io.BytesIO("姓名,职称\n古丽,讲师\n".encode("gb18030")), "名单.csv"), "consented": "y"}
    assert owner.post(f"{path}/inventors/roster", data=file).location == f"{path}/inventors"
    page = owner.get(f"{path}/inventors?q=讲师").text
    assert ("古丽" in page, "王芳" in page) == (True, False)
    assert len(_ids(database, Inventor)) == 3


def test_inventor_is_exported_and_forgotten(client_of: ClientOf, database: Database, path: str) -> None:
    owner = client_of("bob")
    owner.post(f"{path}/inventors/new", data={"name": "李明", "email": "li@k.example"})
    number = _ids(database, Inventor)[0]
    assert owner.post(f"/inventors/{number}/export").get_json()["inventor"]["email"] == "li@k.example"
    owner.post(f"/inventors/{number}/delete")
    assert owner.get(f"/inventors/{number}").status_code == 404
    with database.read() as session:
        assert session.get_one(Inventor, number).email is None


def test_inventors_of_others_are_hidden(client_of: ClientOf, database: Database, path: str) -> None:
    client_of("bob").post(f"{path}/inventors/new", data={"name": "李明"})
    number = _ids(database, Inventor)[0]
    for key in ("alice", "carol", "dave", "erin", "mallory", "peter"):
        client = client_of(key)
        assert client.get(f"{path}/inventors").status_code in {403, 404}
        assert [
            client.get(f"/inventors/{number}").status_code,
            client.post(f"/inventors/{number}/delete").status_code,
        ] == [
            404,
            404,
        ]


def test_listing_names_sub_unit_and_inventors(client_of: ClientOf, database: Database, cast: Cast, path: str) -> None:
    owner = client_of("bob")
    owner.post(f"{path}/sub-units", data={"name": "材料学院"})
    owner.post(f"{path}/inventors/new", data={"name": "李明"})
    unit, inventor = _ids(database, SubUnit)[0], _ids(database, Inventor)[0]
    with database.transaction() as session:
        number = publish(session, cast.bob, "achievement", "疏冰涂料").id
    owner.post(f"/listings/{number}/sub-unit", data={"sub_unit_id": str(unit)})
    owner.post(f"/listings/{number}/inventors", data={"inventor_ids": [str(inventor)]})
    with database.read() as session:
        assert [row.inventor_id for row in session.scalars(sa.select(Inventorship))] == [inventor]
    assert "材料学院" in client_of(None).get(f"/achievements/{number}").text
    assert [("疏冰涂料" in owner.get(f"/listings?sub_unit={each}").text) for each in (unit, 999, "x")] == [
        True,
        False,
        False,
    ]
    assert client_of("alice").post(f"/listings/{number}/sub-unit", data={"sub_unit_id": ""}).status_code == 403


def test_profile_shows_and_counts_nothing_anonymous(
    client_of: ClientOf, database: Database, cast: Cast, path: str
) -> None:
    with database.transaction() as session:
        unit = SubUnit(organization_id=cast.bob.organization_id, name="材料学院")
        session.add(unit)
        session.flush()
        public = publish(session, cast.bob, "achievement", "公开的涂料", field="materials")
        hidden = publish(session, cast.bob, "achievement", "匿名的涂料", field="nuclear", visibility="anonymous")
        shown = Inventor(organization_id=cast.bob.organization_id, name="李明", is_public=True)
        quiet = Inventor(organization_id=cast.bob.organization_id, name="王芳")
        for person in (shown, quiet):
            person.consented_on = public.published_at.date() if public.published_at else None
        session.add_all((shown, quiet))
        session.flush()
        for listing in (public, hidden):
            listing.sub_unit_id = unit.id
            session.add(Inventorship(listing_id=listing.id, inventor_id=shown.id))
    visitor = client_of(None)
    for address in (path, f"{path}?kind=achievement", f"{path}?sub_unit={unit.id}", f"{path}?field=nuclear"):
        page = visitor.get(address).text
        assert ("匿名的涂料" in page, "核应用" in page, "王芳" in page, "李明" in page) == (False, False, False, True)
    assert '材料学院</a> <span class="tab-count">1</span>' in visitor.get(path).text
    assert "没有符合条件的内容" in visitor.get(f"{path}?field=nuclear").text
    for odd in ("kind=castle", "field=%00", "sub_unit=x", "sub_unit=99999999999999999999", "page=999", "page=-1"):
        assert visitor.get(f"{path}?{odd}").status_code == 200


def test_pages_take_as_many_queries_for_three_rows_as_for_one(
    app: Flask, client_of: ClientOf, database: Database, cast: Cast, path: str
) -> None:
    engine = app.extensions["matchmaker"].database.engine
    counts: dict[str, list[int]] = {}
    for names in (("甲",), ("乙", "丙")):
        with database.transaction() as session:
            for name in names:
                unit = SubUnit(organization_id=cast.bob.organization_id, name=name)
                session.add(unit)
                session.flush()
                person = Inventor(organization_id=cast.bob.organization_id, name=name, sub_unit_id=unit.id)
                listing = publish(session, cast.bob, "achievement", name)
                listing.sub_unit_id = unit.id
                session.add(person)
                session.flush()
                session.add(Inventorship(listing_id=listing.id, inventor_id=person.id))
        for page in (path, f"{path}/sub-units", f"{path}/inventors", "/listings"):
            client = client_of("bob")
            with counted_queries(engine) as statements:
                assert client.get(page).status_code == 200
            counts.setdefault(page, []).append(len(statements))
    assert {page: len(set(found)) for page, found in counts.items()} == dict.fromkeys(counts, 1)
