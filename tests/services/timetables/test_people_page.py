"""What a participant sees of the others: proposals as far as he may know of them, and nothing that tells more."""

import pytest

from matchmaker.domain.matches import MatchDecision
from matchmaker.services.timetables.people_page import people_page
from tests.pairs import pair, publish
from tests.timetables import join, make_meeting

HIDDEN = "低温齿轮箱润滑"


def seen(session, meeting, viewer):
    page = people_page(session, viewer.actor(session), meeting.event)
    return [(view.person.name, view.proposal.other.title if view.proposal else None) for view in page.others]


def matched(session, cast, visibility="public", **columns):
    need = publish(session, cast.alice, "need", HIDDEN, visibility=visibility)
    return pair(session, need, publish(session, cast.bob, "achievement", "润滑脂"), **columns)


def test_both_sides_of_an_open_match_are_proposed_to_each_other(session, cast):
    meeting = make_meeting(session, cast)
    matched(session, cast)
    assert seen(session, meeting, meeting.alice)[0] == ("鲍博", "润滑脂")
    assert seen(session, meeting, meeting.bob)[0] == ("阿丽娅", HIDDEN)
    assert [proposal for _, proposal in seen(session, meeting, meeting.mallory)] == [None, None]


@pytest.mark.parametrize("visibility", ["anonymous", "brokers"])
def test_match_never_says_whose_a_hidden_listing_is(session, cast, visibility):
    meeting = make_meeting(session, cast)
    before = seen(session, meeting, meeting.bob)
    matched(session, cast, visibility)
    assert seen(session, meeting, meeting.bob) == before


def test_its_owner_may_know_why_he_should_meet_the_other(session, cast):
    meeting = make_meeting(session, cast)
    matched(session, cast, "anonymous")
    assert seen(session, meeting, meeting.alice)[0] == ("鲍博", "润滑脂")


def test_numbers_are_those_that_the_viewer_may_see(session, cast):
    meeting = make_meeting(session, cast)
    view = {"score": -1.0, "probability": 0.3, "grade": 1, "terms": []}
    matched(session, cast, achievement_view=view)
    assert [proposal for _, proposal in seen(session, meeting, meeting.bob)] == [None, None]
    assert seen(session, meeting, meeting.alice)[0] == ("鲍博", "润滑脂")


def test_match_that_he_called_unsuitable_is_not_proposed_again(session, cast):
    meeting = make_meeting(session, cast)
    match = matched(session, cast)
    session.add(MatchDecision(match_id=match.id, organization_id=cast.alice.organization_id, decision="unsuitable"))
    session.flush()
    assert [proposal for _, proposal in seen(session, meeting, meeting.alice)] == [None, None]


def test_colleagues_and_those_who_are_not_accepted_are_not_listed(session, cast):
    meeting = make_meeting(session, cast)
    join(session, meeting.event, "anna", meeting.alice.registration.organization)
    meeting.mallory.registration.state = "requested"
    session.flush()
    assert [name for name, _ in seen(session, meeting, meeting.alice)] == ["鲍博"]
