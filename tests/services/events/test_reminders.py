"""Reminders of events: each once, to those who are expected, and anew where the day changes."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.events import Event
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import Notice
from matchmaker.services.events.reminders import kind_due, remind_of_events
from tests.cast import Cast
from tests.events import make_event, make_registration

START = datetime(2027, 3, 12, 9, 30, tzinfo=CITY_ZONE)


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    return make_event(session, cast.carol.actor, starts_at=START, ends_at=START + timedelta(hours=3), title="对接会")


def _titles(session: Session) -> list[str]:
    return list(session.scalars(sa.select(Notice.title).order_by(Notice.id)))


@pytest.mark.parametrize(
    ("moment", "kind"),
    [
        (datetime(2027, 3, 4, 23, 59, tzinfo=CITY_ZONE), None),
        (datetime(2027, 3, 5, 0, 0, tzinfo=CITY_ZONE), "week"),
        (datetime(2027, 3, 10, 23, 0, tzinfo=CITY_ZONE), "week"),
        (datetime(2027, 3, 11, 0, 0, tzinfo=CITY_ZONE), "day"),
        (datetime(2027, 3, 12, 6, 59, tzinfo=CITY_ZONE), "day"),
        (datetime(2027, 3, 12, 7, 0, tzinfo=CITY_ZONE), "morning"),
        (datetime(2027, 3, 12, 9, 30, tzinfo=CITY_ZONE), None),
    ],
)
def test_which_reminder_is_due(session: Session, event: Event, moment: datetime, kind: str | None) -> None:
    assert kind_due(event, moment) == kind


def test_each_reminder_is_given_once_with_the_ticket(session: Session, cast: Cast, event: Event) -> None:
    registration = make_registration(session, event, cast.alice)
    moments = (
        START - timedelta(days=9),
        START - timedelta(days=7),
        START - timedelta(days=1),
        START - timedelta(hours=1),
    )
    assert [[remind_of_events(session, moment) for _ in range(2)] for moment in moments] == [
        [0, 0],
        [1, 0],
        [1, 0],
        [1, 0],
    ]
    assert _titles(session) == ["一周后：《对接会》", "明天：《对接会》", "今天：《对接会》"]
    enclosed = session.scalars(sa.select(Mail.enclosures)).all()
    assert enclosed == [[{"kind": "ticket", "id": registration.id}]] * 3


def test_who_registered_late_gets_the_later_reminder_only(session: Session, cast: Cast, event: Event) -> None:
    make_registration(session, event, cast.alice)
    assert remind_of_events(session, START - timedelta(hours=20)) == 1
    assert _titles(session) == ["明天：《对接会》"]


def test_only_the_expected_of_an_event_to_come_are_reminded(session: Session, cast: Cast, event: Event) -> None:
    for member, state in ((cast.alice, "requested"), (cast.bob, "withdrawn"), (cast.mallory, "waitlisted")):
        make_registration(session, event, member, state=state)
    near = {"starts_at": START, "ends_at": START + timedelta(hours=1)}
    for state in ("cancelled", "held"):
        make_registration(session, make_event(session, cast.carol.actor, state=state, **near), cast.alice)
    assert remind_of_events(session, START - timedelta(days=1)) == 0


def test_event_that_is_put_off_is_reminded_of_anew(session: Session, cast: Cast, event: Event) -> None:
    make_registration(session, event, cast.alice)
    assert remind_of_events(session, START - timedelta(days=1)) == 1
    event.starts_at, event.ends_at = START + timedelta(days=3), START + timedelta(days=3, hours=3)
    session.flush()
    assert remind_of_events(session, START - timedelta(days=1)) == 1
    assert _titles(session) == ["明天：《对接会》", "一周后：《对接会》"]


def test_batch_is_as_long_as_asked_and_the_rest_comes_next(session: Session, cast: Cast, event: Event) -> None:
    for member in (cast.alice, cast.bob, cast.mallory):
        make_registration(session, event, member)
    assert [remind_of_events(session, START - timedelta(days=1), limit=2) for _ in range(3)] == [2, 1, 0]
