"""Who brought the sides of a deal together: written when it is opened, only added to, nobody uncovered by it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.introductions import Introduction
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Organization, Role
from matchmaker.services.appointments.recording import record_outcome
from matchmaker.services.deals import open_for_appointment
from matchmaker.services.introductions.introducing import introduce
from matchmaker.services.introductions.stating import OTHER_SIDE, introductions_of, state_introduction
from tests.appointments import make_meeting
from tests.cast import Cast, make_member
from tests.deals import SOON, make_deal

pytestmark = pytest.mark.slow


def test_opening_a_deal_writes_who_introduced_by_which_event(session: Session, cast: Cast) -> None:
    meeting = make_meeting(session, cast)
    record_outcome(session, cast.carol.actor, meeting.id, "held")
    deal = open_for_appointment(session, cast.alice.actor, meeting.id, next_step="寄样品", next_step_on=SOON)
    (line,) = introductions_of(session, cast.bob.actor, deal.id)
    assert (line.stance, line.way, line.introducer, line.event_id) == (
        "seen",
        "appointment",
        cast.carol.name,
        meeting.event_id,
    )


def test_deal_entered_by_a_broker_is_introduced_by_him(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    assert introduce(session, cast.carol.actor, deal).introducer_id == cast.carol.user_id
    other = make_deal(session, cast, title="另一个")
    assert introduce(session, cast.alice.actor, other).introducer_id is None


def test_dispute_is_shown_to_all_and_names_no_person_of_the_other_side(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    state_introduction(session, cast.alice.actor, deal.id, stance="disputed", statement="展会上自己认识的")
    seen = {name: introductions_of(session, cast[name].actor, deal.id)[0] for name in ("alice", "bob", "carol", "dave")}
    assert {line.statement for line in seen.values()} == {"展会上自己认识的"}
    assert seen["bob"].by == OTHER_SIDE
    assert (
        seen["alice"].by == seen["carol"].by == seen["dave"].by == f"{cast.alice.organization_name} · {cast.alice.name}"
    )
    noted = sa.select(JournalEntry.action, JournalEntry.data).where(JournalEntry.subject_kind == "introduction")
    assert [tuple(row) for row in session.execute(noted)] == [("disputed", {"deal_id": deal.id, "introducer_id": None})]


def test_dispute_is_told_to_both_brokers_and_to_the_bureau(session: Session, cast: Cast) -> None:
    colleague = make_member(
        session, session.get_one(Organization, cast.carol.organization_id), "vera", "薇拉", Role.BROKER
    )
    deal = make_deal(session, cast, owner_id=colleague.user_id)
    introduce(session, cast.carol.actor, deal)
    state_introduction(session, cast.bob.actor, deal.id, stance="added", statement="展会")
    assert session.scalars(sa.select(Notice)).all() == []
    state_introduction(session, cast.alice.actor, deal.id, stance="disputed", statement="展会上自己认识的")
    told = {notice.user_id: notice.path for notice in session.scalars(sa.select(Notice))}
    page = f"/deals/{deal.id}#introductions"
    assert told == {colleague.user_id: page, cast.dave.user_id: page, cast.carol.user_id: "/my-record"}


@pytest.mark.parametrize(
    ("name", "stance", "statement", "error"),
    [
        ("alice", "disputed", " ", Invalid),
        ("alice", "seen", "我", Invalid),
        ("alice", "added", "长" * 1001, Invalid),
        ("erin", "confirmed", "", Forbidden),
        ("mallory", "confirmed", "", NotFound),
    ],
)
def test_what_may_not_be_said_is_refused(
    session: Session, cast: Cast, name: str, stance: str, statement: str, error: type[Exception]
) -> None:
    deal = make_deal(session, cast)
    with pytest.raises(error):
        state_introduction(session, cast[name].actor, deal.id, stance=stance, statement=statement)


def test_database_refuses_to_change_what_was_said(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    state_introduction(session, cast.bob.actor, deal.id, stance="confirmed", statement="")
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        session.execute(sa.update(Introduction).values(statement="别的"))
