"""Lists and calendar of events, and what waits on the organiser's desk."""

from datetime import timedelta

from matchmaker.domain.base import utc_now
from matchmaker.domain.permissions import Actor
from matchmaker.services.events.enrolments import Enrolment
from matchmaker.services.events.finding import EventFilter, events_between, list_events, my_events, waiting_events
from matchmaker.services.events.registering import (
    register,
)
from tests.cast import make_organization
from tests.events import make_event


def typed(**values):
    return Enrolment(**{"name": "王工", "phone": "0991-1234567", **values})


def test_registrations_that_wait_are_on_the_organisers_desk(session, cast):
    event = make_event(session, cast.carol.actor)
    register(session, cast.alice.actor, event, typed())
    assert [(row.event, row.count) for row in waiting_events(session, cast.carol.actor)] == [(event, 1)]
    assert waiting_events(session, cast.alice.actor) == ()
    assert [card.event for card in my_events(session, cast.alice.actor, 5)] == [event]
    assert my_events(session, cast.bob.actor, 5) == ()


def test_list_is_narrowed_by_kind_field_branch_and_time(session, cast):
    branch = make_organization(session, "branch", "高新区分中心")
    session_of_all = make_event(session, cast.carol.actor)
    training = make_event(session, cast.carol.actor, "training", fields=["energy"], branch_id=branch.id)
    past = make_event(session, cast.carol.actor, "briefing", "final", starts_at=utc_now() - timedelta(days=2))
    past.ends_at = utc_now() - timedelta(days=1)
    make_event(session, cast.carol.actor, state="draft")
    session.flush()

    def found(**narrowed):
        page = list_events(session, Actor.anonymous(), EventFilter(**narrowed))
        return [card.event for card in page.cards]

    assert found() == [session_of_all, training]
    assert found(kind="training") == [training]
    assert found(field="energy") == [session_of_all, training]
    assert found(field="nuclear") == [session_of_all]
    assert found(branch_id=branch.id) == [training]
    assert found(when="past") == [past]
    assert len(list_events(session, cast.carol.actor, EventFilter()).cards) == 3


def test_calendar_holds_what_the_viewer_may_know_of(session, cast):
    event = make_event(session, cast.carol.actor)
    make_event(session, cast.carol.actor, state="draft")
    span = (event.starts_at - timedelta(days=1), event.ends_at + timedelta(days=1))
    assert events_between(session, Actor.anonymous(), *span, EventFilter()) == (event,)
    assert len(events_between(session, cast.carol.actor, *span, EventFilter())) == 2
    later = (event.ends_at, event.ends_at + timedelta(days=1))
    assert events_between(session, Actor.anonymous(), *later, EventFilter()) == ()
