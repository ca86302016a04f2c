"""When the nights learn: at their hour, once, with something new, and only while nobody stopped them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.clock import StoryClock, clock_is
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.jobs import Job
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.refits import Refit
from matchmaker.services.refits.switch import is_on, last_hour, order_refit, order_when_due, turn
from tests.cast import Cast
from tests.pairs import pair, publish
from tests.services.refits.market import say

# 03:30 in the city.
NIGHT = datetime(2026, 3, 1, 19, 30, tzinfo=UTC)


@pytest.fixture
def nightly(settings: Settings) -> Settings:
    """Settings that learn at three."""
    return replace(settings, refit_hour=3)


def _decide(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        need, other = publish(session, cast.alice, "need", "除冰"), publish(session, cast.bob, "achievement", "涂层")
        say(session, pair(session, need, other), cast.alice, "interested")


def test_night_is_ordered_once_and_only_with_something_new(nightly: Settings, database: Database, cast: Cast) -> None:
    with clock_is(StoryClock(NIGHT)):
        assert not order_when_due(database, nightly)
        _decide(database, cast)
        assert [order_when_due(database, nightly) for _ in range(2)] == [True, False]
        with database.transaction() as session:
            session.scalars(sa.select(Job)).one().state = "done"
            session.add(Refit(cause="night", state="too_few", started_at=NIGHT))
        assert not order_when_due(database, nightly)
    with clock_is(StoryClock(NIGHT + timedelta(days=1))):
        # Nobody said anything since.
        assert not order_when_due(database, nightly)
    with database.read() as session:
        job = session.scalars(sa.select(Job)).one()
        assert (job.kind, job.user_id, job.arguments) == ("refit", None, {"cause": "night"})


def test_hour_of_the_day_before_counts_until_it_strikes(nightly: Settings) -> None:
    assert last_hour(nightly, NIGHT) == NIGHT - timedelta(minutes=30)
    assert last_hour(nightly, NIGHT - timedelta(hours=1)) == NIGHT - timedelta(minutes=30, days=1)


def test_administrator_stops_the_nights_and_lets_them_go_on(nightly: Settings, database: Database, cast: Cast) -> None:
    _decide(database, cast)
    with database.transaction() as session:
        turn(session, cast.erin.actor, is_on=False)
        turn(session, cast.erin.actor, is_on=False)
        with pytest.raises(Forbidden):
            turn(session, cast.dave.actor, is_on=True)
    assert not order_when_due(database, nightly)
    with database.transaction() as session:
        turn(session, cast.erin.actor, is_on=True)
        actions = session.scalars(
            sa.select(JournalEntry.action).where(JournalEntry.subject_kind == "refit_switch").order_by(JournalEntry.id)
        )
        assert actions.all() == ["turn_off", "turn_on"]
    assert order_when_due(database, nightly)


def test_settings_stop_the_nights_whatever_the_switch_says(session: Session, nightly: Settings) -> None:
    assert is_on(session, nightly)
    assert not is_on(session, replace(nightly, refit_hour=None))
    assert not is_on(session, replace(nightly, ranker="shipped"))


def test_refit_is_ordered_by_hand_once_and_by_administrators_only(
    session: Session, settings: Settings, cast: Cast
) -> None:
    first, second = (order_refit(session, settings, cast.erin.actor) for _ in range(2))
    assert first.id == second.id
    with pytest.raises(Forbidden):
        order_refit(session, settings, cast.carol.actor)
    with pytest.raises(Conflict):
        order_refit(session, replace(settings, ranker="shipped"), cast.erin.actor)
