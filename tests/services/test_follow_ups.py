"""Follow-ups: when they are made, who owns them, and how they leave his list."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.follow_ups import FollowUp
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Membership, Role
from matchmaker.services.events.moving import move_event
from matchmaker.services.follow_ups.answering import answer_follow_up, count_due, get_follow_up, my_follow_ups
from matchmaker.services.follow_ups.making import make_follow_ups, make_missing, settle_follow_ups
from matchmaker.services.follow_ups.owning import hand_over_follow_up
from matchmaker.services.follow_ups.reminders import remind_of_follow_ups
from matchmaker.services.members import end_membership
from matchmaker.services.roadshows.interest import tap
from tests.cast import make_member
from tests.events import make_registration
from tests.roadshows import make_pitch, make_roadshow

# Half past midnight in the city: there it is the first of March already, in UTC still February.
ENDED = datetime(2026, 2, 28, 16, 30, tzinfo=UTC)


@pytest.fixture
def event(session, cast):
    event = make_roadshow(session, cast, "final")
    pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    make_pitch(session, cast, event, cast.bob, "没有人感兴趣的成果")
    make_registration(session, event, cast.alice)
    tap(session, cast.alice.actor, event, pitch)
    event.state, event.starts_at, event.ends_at = "held", ENDED - timedelta(hours=2), ENDED
    make_follow_ups(session, event)
    return event


@pytest.fixture
def helen(session, cast, event):
    return make_member(session, event.organization, "helen", "何伦", Role.BROKER)


def rows(session):
    return session.scalars(sa.select(FollowUp).order_by(FollowUp.days)).all()


def owners(session):
    return {row.owner_id for row in rows(session)}


def test_follow_ups_are_due_as_the_city_counts_days(session, cast, event) -> None:
    assert [(row.days, row.due_on, row.owner_id) for row in rows(session)] == [
        (30, date(2026, 3, 31), cast.carol.user_id),
        (90, date(2026, 5, 30), cast.carol.user_id),
        (180, date(2026, 8, 28), cast.carol.user_id),
    ]


def test_follow_ups_are_made_once(session, event) -> None:
    assert (make_follow_ups(session, event), len(rows(session))) == (0, 3)


@pytest.mark.parametrize("state", ["final", "cancelled"])
def test_follow_ups_are_made_of_held_events_only(session, event, state) -> None:
    session.execute(sa.delete(FollowUp))
    event.state = state
    assert make_follow_ups(session, event) == 0


def test_missing_ones_are_made_of_what_ended_lately(session, event) -> None:
    session.execute(sa.delete(FollowUp))
    event.ends_at = datetime.now(UTC) - timedelta(days=1)
    session.flush()
    assert make_missing(session, date(2100, 1, 1)) == 3


def test_a_follow_up_stays_on_the_list_until_it_is_answered(session, cast, event) -> None:
    carol = cast.carol.actor
    first = my_follow_ups(session, carol)[0]
    assert (first.subject, first.people, first.interests, first.is_due) == ("疏冰涂料", "昆仑理工大学", 1, True)
    due = count_due(session, carol)
    answer_follow_up(session, carol, first.follow_up, "talking", "已约定复试样品")
    assert (count_due(session, carol), len(my_follow_ups(session, carol))) == (due - 1, 2)
    assert [view.follow_up.note for view in my_follow_ups(session, carol, answered=True)] == ["已约定复试样品"]
    with pytest.raises(Conflict):
        answer_follow_up(session, carol, first.follow_up, "signed", "")


def test_an_answer_is_one_of_the_codes(session, cast, event) -> None:
    row = rows(session)[0]
    for answer, note, field in (("maybe", "", "answer"), ("talking", "长" * 1001, "note")):
        with pytest.raises(Invalid) as refused:
            answer_follow_up(session, cast.carol.actor, row, answer, note)
        assert list(refused.value.errors) == [field]


def test_what_has_ended_is_not_asked_again(session, cast, event) -> None:
    answer_follow_up(session, cast.carol.actor, rows(session)[1], "ended", "企业转产")
    assert [(row.days, row.state, row.answer) for row in rows(session)] == [
        (30, "due", None),
        (90, "answered", "ended"),
        (180, "answered", "ended"),
    ]


def test_a_follow_up_is_shown_to_those_who_run_the_event(session, cast, event) -> None:
    row = rows(session)[0]
    assert get_follow_up(session, cast.dave.actor, row.id) is row
    for member in (cast.alice, cast.bob, cast.mallory, cast.peter):
        with pytest.raises(NotFound):
            get_follow_up(session, member.actor, row.id)
        with pytest.raises(Forbidden):
            my_follow_ups(session, member.actor)
    assert [len(my_follow_ups(session, cast.dave.actor, whole=whole)) for whole in (False, True)] == [0, 3]


def test_handing_over_tells_the_colleague(session, cast, event, helen) -> None:
    row = rows(session)[0]
    with pytest.raises(Invalid):
        hand_over_follow_up(session, cast.carol.actor, row, cast.alice.user_id)
    hand_over_follow_up(session, cast.carol.actor, row, helen.user_id)
    assert row.owner_id == helen.user_id
    told = session.scalars(sa.select(Notice.title).where(Notice.user_id == helen.user_id)).all()
    assert told == ["柯洛 把一项回访转交给您"]


def test_a_leaving_owners_follow_ups_go_to_the_events_owner(session, cast, event, helen) -> None:
    for row in rows(session):
        hand_over_follow_up(session, cast.carol.actor, row, helen.user_id)
    end_membership(session, cast.carol.actor, session.get(Membership, helen.membership_id))
    assert owners(session) == {cast.carol.user_id}


def test_a_leaving_events_owners_follow_ups_go_to_a_colleague(session, cast, event, helen) -> None:
    session.get(Membership, helen.membership_id).is_owner = True
    end_membership(session, cast.carol.actor, session.get(Membership, cast.carol.membership_id))
    assert owners(session) == {helen.user_id}


def test_somebody_who_cannot_log_in_owns_nothing_for_long(session, cast, event, helen) -> None:
    for row in rows(session):
        row.owner_id = helen.user_id
    rows(session)[0].owner.disabled_at = ENDED
    session.flush()
    remind_of_follow_ups(session, date(2026, 4, 1))
    assert owners(session) == {cast.carol.user_id}


def test_reminders_come_on_the_day_and_every_week(session, cast, event) -> None:
    days = [date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 7), date(2026, 6, 1)]
    assert [remind_of_follow_ups(session, day) for day in days] == [0, 1, 0, 1, 1]
    told = sa.select(Notice.title).where(Notice.user_id == cast.carol.user_id).order_by(Notice.id.desc())
    assert session.scalars(told).first() == "有 2 项回访到期，请答复进展"


def test_an_appointment_is_followed_up_while_it_counts_as_held(session, cast, event) -> None:
    one, other = sorted(
        (make_registration(session, event, member) for member in (cast.bob, cast.mallory)), key=lambda each: each.id
    )
    times = {"slot": 0, "starts_at": event.starts_at, "ends_at": event.ends_at}
    talk = Appointment(event_id=event.id, one_id=one.id, other_id=other.id, state="held", origin="roadshow", **times)
    session.add(talk)
    session.flush()
    assert (settle_follow_ups(session, talk), settle_follow_ups(session, talk)) == (3, 0)
    view = next(view for view in my_follow_ups(session, cast.carol.actor) if view.follow_up.appointment_id)
    assert view.people == "昆仑理工大学 鲍博 — 戈壁商贸有限公司 马洛"
    talk.state = "missed"
    settle_follow_ups(session, talk)
    assert [row.appointment_id for row in rows(session)] == [None] * 3


def test_holding_an_event_makes_its_follow_ups(session, cast, event) -> None:
    session.execute(sa.delete(FollowUp))
    event.state = "final"
    move_event(session, cast.carol.actor, event, "held")
    assert len(rows(session)) == 3
