"""Registrations for events on the site."""

import io

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from matchmaker.domain.base import Database
from matchmaker.domain.registrations import Registration
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.events import make_event, make_registration
from tests.web.forms import errors_of, flashed
from tests.web.html import Page

MINE = {"name": "阿丽娅", "phone": "13900001111"}


@pytest.fixture
def event_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        return make_event(session, cast.carol.actor, capacity=1).id


def registrations(database: Database) -> list[Registration]:
    with database.read() as session:
        return list(session.scalars(sa.select(Registration).order_by(Registration.id)))


def test_member_registers_is_accepted_and_sees_who_comes(
    client_of: ClientOf, database: Database, event_id: int
) -> None:
    alice, carol = client_of("alice"), client_of("carol")
    assert alice.post(f"/events/{event_id}/register", data=MINE).status_code == 303
    assert flashed(alice) == ["报名已提交，主办方确认后会通知您。"]
    assert alice.get(f"/events/{event_id}/participants").status_code == 403
    chosen = {"registration_id": str(registrations(database)[0].id), "action": "accept"}
    carol.post(f"/events/{event_id}/registrations", data=chosen)
    assert flashed(carol) == ["已处理：确认 1 人。"]
    assert Page(alice.get(f"/events/{event_id}/participants").text).texts("parties") == ["天山机械有限公司阿丽娅"]


def test_what_was_typed_stays_where_it_is_refused(client_of: ClientOf, event_id: int) -> None:
    typed = {**MINE, "phone": "", "note": "要带样机", "absence_from": ["x"], "absence_until": ["y"]}
    refused = client_of("alice").post(f"/events/{event_id}/register", data=typed)
    assert (refused.status_code, errors_of(refused)) == (422, ["phone"])
    assert ("要带样机" in refused.text, 'value="x"' in refused.text) == (True, True)


def test_colleague_without_account_is_registered_beside_oneself(
    client_of: ClientOf, database: Database, event_id: int
) -> None:
    alice = client_of("alice")
    alice.post(f"/events/{event_id}/register", data=MINE)
    alice.post(f"/events/{event_id}/register", data={**MINE, "name": "李工", "who": "colleague"})
    assert [(row.name, row.user_id is None) for row in registrations(database)] == [("阿丽娅", False), ("李工", True)]
    assert Page(alice.get(f"/events/{event_id}/register").text).texts("plain-list") == ["李工 报名待确认"]


def test_person_changes_and_takes_back_his_registration(client_of: ClientOf, database: Database, event_id: int) -> None:
    alice = client_of("alice")
    alice.post(f"/events/{event_id}/register", data=MINE)
    address = f"/registrations/{registrations(database)[0].id}"
    assert alice.post(address, data={**MINE, "position": "总工"}).status_code == 303
    assert alice.post(f"{address}/withdraw").status_code == 303
    (row,) = registrations(database)
    assert (row.position, row.state) == ("总工", "withdrawn")


def test_telephone_number_is_for_the_organiser_only(
    client_of: ClientOf, database: Database, cast: Cast, event_id: int
) -> None:
    with database.transaction() as session:
        from matchmaker.domain.events import Event

        make_registration(session, session.get_one(Event, event_id), cast.alice, phone="0991-7654321")
        bob = make_registration(session, session.get_one(Event, event_id), cast.bob)
        mine = bob.id
    pages = (f"/events/{event_id}/participants", f"/events/{event_id}", f"/registrations/{mine}")
    assert [("0991-7654321" in client_of("bob").get(page).text) for page in pages] == [False, False, False]
    assert "0991-7654321" in client_of("carol").get(f"/events/{event_id}/registrations").text


def test_bulk_accept_says_who_waits(client_of: ClientOf, database: Database, event_id: int) -> None:
    for name in ("alice", "bob"):
        client_of(name).post(f"/events/{event_id}/register", data=MINE)
    carol = client_of("carol")
    ids = [str(row.id) for row in registrations(database)]
    carol.post(f"/events/{event_id}/registrations", data={"registration_id": ids, "action": "accept"})
    assert flashed(carol) == ["已处理：确认 1 人；1 人因名额已满进入候补。"]


def test_desk_enters_somebody_and_the_file_lists_him(client_of: ClientOf, event_id: int) -> None:
    carol = client_of("carol")
    typed = {"organization": "阿尔泰羊毛有限公司", "name": "现场来宾"}
    assert carol.post(f"/events/{event_id}/registrations/new", data=typed).status_code == 303
    answer = carol.get(f"/events/{event_id}/registrations-file?format=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(min_row=2, max_col=3, values_only=True))
    assert [row[1:] for row in rows] == [("阿尔泰羊毛有限公司", "现场来宾")]


@pytest.mark.parametrize("page", ["registrations", "registrations/new", "registrations-file"])
def test_table_is_the_organisers(client_of: ClientOf, event_id: int, page: str) -> None:
    assert [client_of(name).get(f"/events/{event_id}/{page}").status_code for name in ("alice", "peter", "dave")] == [
        403,
        403,
        200,
    ]


def test_table_asks_as_much_for_three_rows_as_for_one(
    client_of: ClientOf, database: Database, cast: Cast, event_id: int
) -> None:
    from matchmaker.domain.events import Event

    asked = []
    for members in ((cast.alice,), (cast.bob, cast.mallory)):
        with database.transaction() as session:
            for member in members:
                make_registration(session, session.get_one(Event, event_id), member)
        with counted_queries(database.engine) as statements:
            client_of("carol").get(f"/events/{event_id}/registrations")
        asked.append(len(statements))
    assert asked[0] == asked[1]
