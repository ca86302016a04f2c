"""An event as a problem: who might meet whom, at what worth, and what forbids it."""

from datetime import timedelta
from itertools import combinations

import pytest

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.events import AgendaItem, EventStaff
from matchmaker.domain.timetables import Arrangement
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.building import build
from matchmaker.services.timetables.candidates import candidates, may_meet
from matchmaker.services.timetables.worth import Claim, scale_of
from tests.events import make_event, make_registration
from tests.pairs import pair, publish
from tests.timetables import join, make_meeting, met, solved, wish


def plan_of(session, event, now=None):
    board = load_board(session, event, now)
    return build(session, board, "anew")


def pairs_of(session, event):
    return set(candidates(session, load_board(session, event)))


def test_agenda_is_heeded_and_nobody_is_double_booked(session, cast):
    meeting = make_meeting(session, cast, tables=2)
    start = meeting.event.starts_at
    lunch = AgendaItem(title="午餐", starts_at=start, ends_at=start + timedelta(hours=3))
    meeting.event.agenda.append(lunch)
    session.flush()
    for one, other in combinations((meeting.alice, meeting.bob, meeting.mallory), 2):
        wish(session, meeting.event, one, other)
    draft = solved(session, meeting.organizer, meeting.event)
    assert sorted(row.slot for row in draft.placements) == [6, 7]
    taken = [(row.slot, person) for row in draft.placements for person in (row.one_id, row.other_id)]
    assert len(taken) == len(set(taken))


def test_competitors_of_an_avoid_list_are_never_paired(session, cast):
    meeting = make_meeting(session, cast)
    wish(session, meeting.event, meeting.alice, meeting.mallory)
    session.add(Avoidance(organization_id=cast.mallory.organization_id, name="天山机械有限公司", kind="rival"))
    session.flush()
    assert pairs_of(session, meeting.event) == set()
    assert not may_meet(session, meeting.event, meeting.alice.registration, meeting.mallory.registration)


def test_no_is_a_veto_whatever_the_other_wishes(session, cast):
    meeting = make_meeting(session, cast)
    wish(session, meeting.event, meeting.alice, meeting.bob)
    wish(session, meeting.event, meeting.bob, meeting.alice, "no")
    session.add(Arrangement(event_id=meeting.event.id, one_id=meeting.alice.id, other_id=meeting.bob.id))
    session.flush()
    assert pairs_of(session, meeting.event) == set()


def test_colleagues_never_meet_each_other(session, cast):
    meeting = make_meeting(session, cast)
    anna = join(session, meeting.event, "anna", meeting.alice.registration.organization)
    problem = plan_of(session, meeting.event).problem
    assert frozenset({f"p{meeting.alice.id}", f"p{anna.id}"}) in problem.vetoes


def test_who_is_at_a_roadshow_at_the_same_time_is_not_to_be_had(session, cast):
    meeting = make_meeting(session, cast)
    start = meeting.event.starts_at
    roadshow = make_event(
        session, cast.carol.actor, "roadshow", starts_at=start, ends_at=start + timedelta(hours=1, minutes=45)
    )
    make_registration(session, roadshow, cast.alice)
    make_registration(session, roadshow, cast.bob, state="withdrawn")
    board = load_board(session, meeting.event)
    assert (board.busy[meeting.alice.id], board.busy[meeting.bob.id]) == (frozenset({0, 1, 2, 3}), frozenset())


def test_late_arrival_absence_and_a_slot_that_has_begun_are_blocked(session, cast):
    meeting = make_meeting(session, cast)
    start = meeting.event.starts_at
    meeting.alice.registration.arrives_at = start + timedelta(minutes=40)
    meeting.bob.registration.absences = [
        [(start + timedelta(hours=1)).isoformat(), (start + timedelta(hours=2)).isoformat()]
    ]
    board = load_board(session, meeting.event, start)
    assert sorted(board.busy[meeting.alice.id]) == [0, 1]
    assert sorted(board.busy[meeting.bob.id]) == [0, 2, 3]


def test_interpreters_are_scheduled_with_the_meetings_that_need_them(session, cast):
    meeting = make_meeting(session, cast, tables=5)
    people = [
        join(session, meeting.event, f"ivan{n}", languages=["ru"], speaks_chinese=False, max_meetings=1)
        for n in range(3)
    ]
    meeting.event.staff.append(EventStaff(duty="interpreter", name="娜塔莎", languages=["ru"]))
    meeting.bob.registration.languages = ["ru"]
    session.flush()
    for person, other in zip(people, (meeting.alice, meeting.mallory, meeting.bob), strict=True):
        wish(session, meeting.event, person, other)
    draft = solved(session, meeting.organizer, meeting.event)
    with_interpreter = [row for row in draft.placements if row.interpreter_id is not None]
    assert {frozenset((row.one_id, row.other_id)) for row in with_interpreter} == {
        frozenset((people[0].id, meeting.alice.id)),
        frozenset((people[1].id, meeting.mallory.id)),
    }
    assert len({row.slot for row in with_interpreter}) == 2
    assert len(draft.placements) == 3


def test_meeting_without_a_common_language_needs_somebody_who_has_it(session, cast):
    meeting = make_meeting(session, cast)
    guest = join(session, meeting.event, "john", languages=["en"], speaks_chinese=False)
    silent = join(session, meeting.event, "mute", languages=[], speaks_chinese=False)
    wish(session, meeting.event, meeting.alice, guest)
    wish(session, meeting.event, meeting.alice, silent)
    assert met(solved(session, meeting.organizer, meeting.event)) == set()


def test_broker_who_was_asked_for_sits_in_one_meeting_at_a_time(session, cast):
    meeting = make_meeting(session, cast, tables=5)
    meeting.event.staff.append(EventStaff(duty="broker", name="柯洛", user_id=cast.carol.user_id))
    guests = [join(session, meeting.event, f"guest{n}") for n in range(2)]
    session.flush()
    wish(session, meeting.event, meeting.alice, meeting.bob, with_broker=True)
    wish(session, meeting.event, guests[0], guests[1], with_broker=True)
    draft = solved(session, meeting.organizer, meeting.event)
    assert len({row.slot for row in draft.placements}) == len(draft.placements) == 2
    assert {row.broker_id for row in draft.placements} == {meeting.event.staff[0].id}


def test_match_brings_together_those_who_answer_for_the_listings(session, cast):
    meeting = make_meeting(session, cast)
    join(session, meeting.event, "anna", meeting.alice.registration.organization)
    need, achievement = publish(session, cast.alice, "need", "齿轮"), publish(session, cast.bob, "achievement", "润滑")
    match = pair(session, need, achievement)
    found = candidates(session, load_board(session, meeting.event))
    assert list(found) == [(meeting.alice.id, meeting.bob.id)]
    row = found[meeting.alice.id, meeting.bob.id]
    assert (row.match_id, row.origin, row.claim) == (match.id, "match", Claim(probability=0.86))


def test_match_below_the_threshold_or_declined_is_no_proposal(session, cast):
    meeting = make_meeting(session, cast, match_threshold=0.9)
    need, achievement = publish(session, cast.alice, "need", "齿轮"), publish(session, cast.bob, "achievement", "润滑")
    pair(session, need, achievement)
    assert pairs_of(session, meeting.event) == set()


def test_match_of_an_anonymous_listing_brings_nobody_together(session, cast):
    meeting = make_meeting(session, cast)
    need = publish(session, cast.alice, "need", "齿轮", visibility="anonymous")
    pair(session, need, publish(session, cast.bob, "achievement", "润滑"))
    assert pairs_of(session, meeting.event) == set()


def test_two_colleagues_do_not_both_get_the_meeting_of_one_match(session, cast):
    meeting = make_meeting(session, cast)
    anna = join(session, meeting.event, "anna", meeting.alice.registration.organization)
    wish(session, meeting.event, anna, meeting.bob, "like")
    pair(session, publish(session, cast.alice, "need", "齿轮"), publish(session, cast.bob, "achievement", "润滑"))
    found = candidates(session, load_board(session, meeting.event))
    assert [(set(row.pair), row.claim.likes, row.claim.probability) for row in found.values()] == [
        ({anna.id, meeting.bob.id}, 1, 0.86)
    ]


@pytest.mark.parametrize("most", [1, 7, 1400])
def test_a_must_outweighs_all_wishes_and_a_wish_all_matches(most):
    claims = [Claim(musts=1), *(Claim(likes=2, probability=1.0) for _ in range(1200))]
    scale = scale_of(claims, most)
    held = min(most, 1200)
    assert scale.worth(Claim(likes=1)) > held * scale.worth(Claim(probability=1.0))
    assert scale.worth(Claim(musts=1)) > held * scale.worth(Claim(likes=2, probability=1.0))


def test_must_of_a_participant_is_held_before_wishes_and_matches(session, cast):
    meeting = make_meeting(session, cast, tables=1)
    meeting.event.meetings_until = meeting.event.starts_at + timedelta(minutes=30)
    guests = [join(session, meeting.event, f"guest{n}") for n in range(2)]
    wish(session, meeting.event, meeting.alice, meeting.bob, "like")
    wish(session, meeting.event, meeting.bob, meeting.alice, "like")
    wish(session, meeting.event, guests[0], guests[1], "must")
    assert met(solved(session, meeting.organizer, meeting.event)) == {(guests[0].id, guests[1].id)}
