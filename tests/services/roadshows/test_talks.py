"""Private talks after the show."""

from datetime import timedelta

import pytest

from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.services.decisions import decide
from matchmaker.services.roadshows.interest import leave_contact, name_match, own_interest, tap
from matchmaker.services.roadshows.pitches import Answer, PitchPlan, add_pitch, confirm_pitch
from matchmaker.services.roadshows.talks import ask_talk, can_talk, open_talk
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.booking import answer
from matchmaker.services.timetables.candidates import candidates
from matchmaker.services.timetables.desk import desk_of
from matchmaker.services.timetables.mutual_talks import talks_to_arrange
from tests.events import make_registration
from tests.pairs import pair, publish
from tests.roadshows import STARTS, make_pitch, make_roadshow
from tests.timetables import released, solved


@pytest.fixture
def event(session, cast):
    late = STARTS + timedelta(hours=1)
    return make_roadshow(session, cast, "final", tables=2, meetings_from=late, slot_minutes=20)


@pytest.fixture
def pitch(session, cast, event):
    return make_pitch(session, cast, event, cast.bob, "疏冰涂料")


@pytest.fixture
def people(session, cast, event):
    return {member.key: make_registration(session, event, member) for member in (cast.alice, cast.bob, cast.mallory)}


def test_an_interested_participant_asks_the_presenter_for_a_talk(session, cast, event, pitch, people) -> None:
    alice = cast.alice.actor
    assert can_talk(session, alice, event)
    with pytest.raises(Forbidden):
        open_talk(session, alice, event, pitch)
    tap(session, alice, event, pitch)
    talk = open_talk(session, alice, event, pitch)
    assert (talk.other.id, [slot.number for slot in talk.free], talk.already) == (people["bob"].id, [0, 1, 2], False)
    row = ask_talk(session, alice, event, pitch, 1)
    answer(session, cast.bob.actor, event, row.id, accept=True)
    assert (row.state, row.origin, row.slot) == ("confirmed", "roadshow", 1)
    assert own_interest(session, alice, event, pitch).way == "contact"
    assert open_talk(session, alice, event, pitch).already


def test_the_presenter_asks_whoever_has_let_him_know(session, cast, event, pitch, people) -> None:
    bob = cast.bob.actor
    tap(session, cast.alice.actor, event, pitch)
    leave_contact(session, cast.mallory.actor, event, pitch)
    with pytest.raises(NotFound):
        open_talk(session, bob, event, pitch, people["alice"].id)
    row = ask_talk(session, bob, event, pitch, 0, person_id=people["mallory"].id)
    assert (row.origin, {row.one_id, row.other_id}) == ("roadshow", {people["bob"].id, people["mallory"].id})


def test_two_who_want_the_presenter_at_once_do_not_both_get_him(session, cast, event, pitch, people) -> None:
    for member in (cast.alice, cast.mallory):
        tap(session, member.actor, event, pitch)
    ask_talk(session, cast.alice.actor, event, pitch, 2)
    with pytest.raises(Conflict):
        ask_talk(session, cast.mallory.actor, event, pitch, 2)
    assert [slot.number for slot in open_talk(session, cast.mallory.actor, event, pitch).free] == [0, 1]


def test_a_talk_does_not_name_the_owner_of_an_anonymous_need(session, cast, event, pitch, people) -> None:
    match = pair(session, publish(session, cast.alice, "need", "匿名需求", visibility="anonymous"), pitch.listing)
    name_match(session, cast.alice.actor, event, pitch, match.id, agreed=True)
    with pytest.raises(NotFound):
        open_talk(session, cast.bob.actor, event, pitch, people["alice"].id)
    assert ask_talk(session, cast.alice.actor, event, pitch, 0).match_id is None


def test_a_talk_of_a_mutual_pair_is_about_it(session, cast, event, pitch, people) -> None:
    match = pair(session, publish(session, cast.alice, "need", "匿名需求", visibility="anonymous"), pitch.listing)
    name_match(session, cast.alice.actor, event, pitch, match.id, agreed=True)
    decide(session, cast.bob.actor, match.id, "interested")
    assert ask_talk(session, cast.alice.actor, event, pitch, 0).match_id == match.id


def test_nobody_talks_with_whom_the_programme_does_not_name(session, cast, people, event) -> None:
    need = publish(session, cast.alice, "need", "匿名需求", visibility="anonymous")
    pitch = add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=need.id))
    confirm_pitch(session, cast.alice.actor, event, pitch, Answer(is_named=False))
    tap(session, cast.bob.actor, event, pitch)
    with pytest.raises(NotFound):
        open_talk(session, cast.bob.actor, event, pitch)


def test_there_are_no_talks_without_slots(session, cast, event, pitch, people) -> None:
    event.slot_minutes = None
    tap(session, cast.alice.actor, event, pitch)
    assert not can_talk(session, cast.alice.actor, event)
    with pytest.raises(Conflict):
        open_talk(session, cast.alice.actor, event, pitch)


def test_what_both_sides_want_is_arranged_by_the_solver_and_what_has_no_place_says_why(session, cast, event, pitch):
    late = STARTS + timedelta(hours=1)
    event.meetings_until = late + timedelta(minutes=20)
    people = [cast.alice, cast.mallory]
    rows = [make_registration(session, event, member) for member in (cast.bob, *people)]
    for member in people:
        match = pair(session, publish(session, member, "need", f"{member.key}的需求"), pitch.listing)
        name_match(session, member.actor, event, pitch, match.id)
        assert talks_to_arrange(session, event) == (0 if member is cast.alice else 1)
        decide(session, cast.bob.actor, match.id, "interested")
    assert talks_to_arrange(session, event) == 2
    draft = solved(session, cast.carol.actor, event, "fill")
    (held,) = draft.placements
    desk = desk_of(session, event)
    (left,) = desk.left
    pairs = {(rows[0].id, rows[1].id), (rows[0].id, rows[2].id)}
    assert {(held.one_id, held.other_id), left.candidate.pair} == pairs
    assert (str(left.reason), held.match_id is not None) == ("两人共同的时段都已各有洽谈", True)
    released(session, cast.carol.actor, event)
    assert talks_to_arrange(session, event) == 1


def test_nobody_is_arranged_to_talk_who_has_only_tapped_or_whose_pair_is_one_sided(session, cast, event, pitch):
    for member in (cast.bob, cast.alice, cast.mallory):
        make_registration(session, event, member)
    match = pair(session, publish(session, cast.alice, "need", "叶片除冰"), pitch.listing)
    pair(session, publish(session, cast.mallory, "need", "轴承诊断"), pitch.listing)
    tap(session, cast.mallory.actor, event, pitch)
    name_match(session, cast.alice.actor, event, pitch, match.id)
    assert candidates(session, load_board(session, event)) == {}
