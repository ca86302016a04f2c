"""Outcomes: what each side says, what the organiser records, what it means for the match."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, Occupancy
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.domain.notices import Notice
from matchmaker.domain.ratings import Rating
from matchmaker.services.appointments.ratings import Said
from matchmaker.services.appointments.recording import record_outcome, say
from matchmaker.services.decisions import decide
from matchmaker.services.disclosures import is_mutual
from tests.appointments import make_meeting
from tests.cast import Cast

MET = Said("met", "4", "谈得很细", "continue")
SOON = (today() + timedelta(days=7)).isoformat()


@pytest.fixture
def meeting(session: Session, cast: Cast) -> Appointment:
    return make_meeting(session, cast)


def _journal(session: Session, kind: str) -> list[tuple[str, str | None, str | None]]:
    rows = session.scalars(sa.select(JournalEntry).where(JournalEntry.subject_kind == kind).order_by(JournalEntry.id))
    return [(row.action, row.before, row.after) for row in rows]


def _decisions(session: Session) -> set[tuple[int, str]]:
    return {(row.organization_id, row.decision) for row in session.scalars(sa.select(MatchDecision))}


def _match(meeting: Appointment) -> Match:
    assert meeting.match is not None
    return meeting.match


def test_first_account_holds_the_meeting_and_frees_the_slot(session: Session, cast: Cast, meeting: Appointment) -> None:
    say(session, cast.alice.actor, meeting.id, MET, next_step="寄样品", next_step_on=SOON)
    assert (meeting.state, meeting.absent, meeting.next_step) == ("held", [], "寄样品")
    assert (meeting.recorded_by_id, meeting.next_step_on and meeting.next_step_on.isoformat()) == (
        cast.alice.user_id,
        SOON,
    )
    assert session.scalars(sa.select(Occupancy)).all() == []
    assert _journal(session, "appointment") == [
        ("rate", None, None),
        ("move", "confirmed", "held"),
        ("plan", None, None),
    ]


def test_held_meeting_is_a_fact_of_the_match_and_no_decision(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    say(session, cast.alice.actor, meeting.id, MET)
    assert _journal(session, "match") == [("meet", None, None)]
    assert _decisions(session) == set()


def test_both_going_on_is_mutual_interest_in_the_name_of_each(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    say(session, cast.alice.actor, meeting.id, MET)
    say(session, cast.bob.actor, meeting.id, MET)
    session.expire_all()
    assert is_mutual(_match(meeting))
    said = session.scalars(sa.select(MatchDecision)).all()
    assert {(row.organization_id, row.actor_id) for row in said} == {
        (cast.alice.organization_id, cast.alice.user_id),
        (cast.bob.organization_id, cast.bob.user_id),
    }


@pytest.mark.parametrize("wish", ["", "undecided", "stop"])
def test_one_side_going_on_alone_decides_nothing(session: Session, cast: Cast, meeting: Appointment, wish: str) -> None:
    say(session, cast.alice.actor, meeting.id, MET)
    say(session, cast.bob.actor, meeting.id, Said("met", "2", "", wish))
    assert _decisions(session) == set()


def test_what_the_organiser_heard_is_nobodys_interest(session: Session, cast: Cast, meeting: Appointment) -> None:
    record_outcome(session, cast.carol.actor, meeting.id, "held", one=MET, other=MET)
    say(session, cast.alice.actor, meeting.id, MET)
    assert _decisions(session) == set()


def test_wish_said_before_an_earlier_no_of_the_same_side_does_not_revive(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    say(session, cast.alice.actor, meeting.id, MET)
    decide(session, cast.alice.actor, _match(meeting).id, "unsuitable", reason="price")
    say(session, cast.bob.actor, meeting.id, MET)
    assert _decisions(session) == {(cast.alice.organization_id, "unsuitable")}


def test_wish_replaces_what_the_side_had_decided_before(session: Session, cast: Cast, meeting: Appointment) -> None:
    decide(session, cast.alice.actor, _match(meeting).id, "shortlisted", note="先看看")
    say(session, cast.alice.actor, meeting.id, MET)
    say(session, cast.bob.actor, meeting.id, MET)
    session.expire_all()
    alice = session.scalars(
        sa.select(MatchDecision).where(MatchDecision.organization_id == cast.alice.organization_id)
    ).one()
    assert (alice.decision, alice.note) == ("interested", "先看看")


def test_going_on_about_a_withdrawn_listing_still_records_the_meeting(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    say(session, cast.alice.actor, meeting.id, MET)
    _match(meeting).achievement.taken_down = True
    session.flush()
    say(session, cast.bob.actor, meeting.id, MET)
    assert (meeting.state, _decisions(session)) == ("held", set())


@pytest.mark.parametrize(("account", "absent"), [("other_absent", "bob"), ("own_absent", "alice")])
def test_missed_meeting_names_who_did_not_come(
    session: Session, cast: Cast, meeting: Appointment, account: str, absent: str
) -> None:
    say(session, cast.alice.actor, meeting.id, Said(account), next_step="改天再约", next_step_on=SOON)
    expected = meeting.one_id if absent == "alice" else meeting.other_id
    assert (meeting.state, meeting.absent, meeting.next_step) == ("missed", [str(expected)], None)
    assert _journal(session, "match") == []


def test_both_staying_away_is_known_from_both(session: Session, cast: Cast, meeting: Appointment) -> None:
    say(session, cast.alice.actor, meeting.id, Said("own_absent"))
    say(session, cast.bob.actor, meeting.id, Said("own_absent"))
    assert meeting.absent == sorted(str(each) for each in (meeting.one_id, meeting.other_id))


def test_contradicting_account_stands_beside_the_first(session: Session, cast: Cast, meeting: Appointment) -> None:
    say(session, cast.alice.actor, meeting.id, Said("other_absent"))
    say(session, cast.bob.actor, meeting.id, Said("met", "5"))
    assert meeting.state == "missed"
    assert [row.account for row in session.scalars(sa.select(Rating).order_by(Rating.id))] == ["other_absent", "met"]
    assert session.scalars(sa.select(Notice.user_id)).all() == [cast.carol.user_id]


def test_who_spoke_first_may_correct_himself_until_the_other_has_spoken(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    say(session, cast.alice.actor, meeting.id, Said("other_absent"))
    say(session, cast.alice.actor, meeting.id, MET)
    assert (meeting.state, meeting.absent) == ("held", [])
    say(session, cast.bob.actor, meeting.id, Said("met"))
    say(session, cast.alice.actor, meeting.id, Said("other_absent"))
    assert meeting.state == "held"


def test_organiser_corrects_with_a_reason_and_the_match_forgets(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    say(session, cast.alice.actor, meeting.id, MET)
    with pytest.raises(Invalid) as refused:
        record_outcome(session, cast.carol.actor, meeting.id, "other")
    assert list(refused.value.errors) == ["reason"]
    record_outcome(session, cast.carol.actor, meeting.id, "other", reason="签到表上没有")
    assert (meeting.state, meeting.absent) == ("missed", [str(meeting.other_id)])
    record_outcome(session, cast.dave.actor, meeting.id, "both", reason="两边都没来")
    assert _journal(session, "appointment")[-2:] == [("move", "held", "missed"), ("correct", None, None)]
    assert _journal(session, "match") == [("meet", None, None), ("unmeet", None, None)]


def test_what_a_side_said_itself_stays_whatever_the_organiser_heard(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    say(session, cast.alice.actor, meeting.id, Said("met", "2", "不合适", "stop"))
    record_outcome(session, cast.carol.actor, meeting.id, "held", one=MET, other=MET)
    rows = {row.registration_id: row for row in session.scalars(sa.select(Rating))}
    assert (rows[meeting.one_id].score, rows[meeting.one_id].by_itself) == (2, True)
    assert (rows[meeting.other_id].score, rows[meeting.other_id].by_itself) == (4, False)


def test_next_step_written_meanwhile_is_not_overwritten(session: Session, cast: Cast, meeting: Appointment) -> None:
    say(session, cast.alice.actor, meeting.id, MET, next_step="寄样品", next_step_on=SOON, seen_step="")
    with pytest.raises(Conflict, match="寄样品"):
        say(session, cast.bob.actor, meeting.id, MET, next_step="去现场", next_step_on=SOON, seen_step="")
    say(session, cast.bob.actor, meeting.id, MET, next_step="去现场", next_step_on=SOON, seen_step="寄样品")
    assert meeting.next_step == "去现场"


@pytest.mark.parametrize(
    ("step", "on", "field"),
    [
        ("寄样品", "", "next_step_on"),
        ("", SOON, "next_step"),
        ("寄样品", "明天", "next_step_on"),
        ("寄样品", "2020-01-01", "next_step_on"),
        ("长" * 501, SOON, "next_step"),
    ],
)
def test_next_step_needs_words_and_a_day_to_come(
    session: Session, cast: Cast, meeting: Appointment, step: str, on: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        say(session, cast.alice.actor, meeting.id, MET, next_step=step, next_step_on=on)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said(), "account"),
        (Said("elsewhere"), "account"),
        (Said("met", "6"), "score"),
        (Said("met", "0"), "score"),
        (Said("met", "一"), "score"),
        (Said("met", "3", "长" * 1001), "note"),
        (Said("met", "3", "", "perhaps"), "wish"),
    ],
)
def test_what_nobody_could_have_chosen_is_refused(
    session: Session, cast: Cast, meeting: Appointment, said: Said, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        say(session, cast.alice.actor, meeting.id, said)
    assert list(refused.value.errors) == [field]


def test_nothing_is_said_before_the_meeting(session: Session, cast: Cast) -> None:
    starts = utc_now() + timedelta(hours=1)
    meeting = make_meeting(session, cast, starts_at=starts, ends_at=starts + timedelta(hours=4))
    with pytest.raises(Conflict):
        say(session, cast.alice.actor, meeting.id, MET)
    with pytest.raises(Conflict):
        record_outcome(session, cast.carol.actor, meeting.id, "held")


def test_organiser_is_no_side_and_a_side_no_organiser(session: Session, cast: Cast, meeting: Appointment) -> None:
    with pytest.raises(Forbidden):
        say(session, cast.carol.actor, meeting.id, MET)
    with pytest.raises(Forbidden):
        record_outcome(session, cast.alice.actor, meeting.id, "held")


@pytest.mark.parametrize("key", ["mallory", "peter", "erin"])
def test_outsiders_record_nothing(session: Session, cast: Cast, meeting: Appointment, key: str) -> None:
    with pytest.raises(NotFound):
        record_outcome(session, cast[key].actor, meeting.id, "held")
