"""Who comes to an event: what participants see of each other, the organiser's table and its file."""

import pytest

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor
from matchmaker.services.events.attendee_sheet import attendee_file
from matchmaker.services.events.attendees import AttendeeFilter, attendee_page, parties
from tests.events import make_event, make_registration


def test_those_who_come_see_organizations_and_names_but_not_whom_they_avoid(session, cast):
    event = make_event(session, cast.carol.actor)
    for member in (cast.alice, cast.bob, cast.mallory):
        make_registration(session, event, member, phone="13900000000")
    seen = parties(session, cast.bob.actor, event)
    assert {(party.organization_name, party.names) for party in seen} == {
        ("天山机械有限公司", ("阿丽娅",)),
        ("昆仑理工大学", ("鲍博",)),
        ("戈壁商贸有限公司", ("马洛",)),
    }
    shy = Actor(
        user_id=cast.alice.user_id,
        organization_id=cast.alice.organization_id,
        role=Role.ENTERPRISE,
        avoided=frozenset({cast.mallory.organization_id}),
    )
    assert len(parties(session, shy, event)) == 2


def test_list_of_who_comes_is_closed_to_who_only_asked(session, cast):
    event = make_event(session, cast.carol.actor)
    make_registration(session, event, cast.alice, "requested")
    for actor in (cast.alice.actor, cast.mallory.actor, Actor.anonymous()):
        with pytest.raises(Forbidden):
            parties(session, actor, event)


def test_table_is_searched_and_counted(session, cast):
    event = make_event(session, cast.carol.actor)
    make_registration(session, event, cast.alice, phone="13911112222")
    make_registration(session, event, cast.bob, "requested", speaks_chinese=False, languages=["ru"])
    page = attendee_page(session, cast.carol.actor, event, AttendeeFilter(text="天山"))
    assert ([row.name for row in page.rows], page.counts) == (["阿丽娅"], {"accepted": 1, "requested": 1})
    page = attendee_page(session, cast.carol.actor, event, AttendeeFilter(interpreter=True))
    assert [row.name for row in page.rows] == ["鲍博"]
    with pytest.raises(Forbidden):
        attendee_page(session, cast.alice.actor, event, AttendeeFilter())


def test_file_of_registrations_runs_nothing(session, cast):
    event = make_event(session, cast.carol.actor)
    make_registration(session, event, cast.alice, name="=1+1", phone="+7 727 000")
    text = attendee_file(session, cast.carol.actor, event, AttendeeFilter(), "csv").decode("utf-8-sig")
    row = text.splitlines()[1].split(",")
    assert (row[2], row[4]) == ("'=1+1", "'+7 727 000")
    with pytest.raises(Forbidden):
        attendee_file(session, cast.alice.actor, event, AttendeeFilter(), "xlsx")
