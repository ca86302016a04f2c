"""Counts of rate limits."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.people import RateCount
from matchmaker.services.rate_counts import add_to_count, forget_count, forget_ended_counts, read_count


def _end(session: Session, key: str) -> None:
    ended = utc_now() - timedelta(seconds=1)
    session.execute(sa.update(RateCount).where(RateCount.key == key).values(expires_at=ended))


def test_count_grows_within_a_window(session: Session) -> None:
    assert [add_to_count(session, "a", 60), add_to_count(session, "a", 60, 3), add_to_count(session, "b", 60)] == [
        1,
        4,
        1,
    ]
    assert read_count(session, "a")[0] == 4


def test_window_is_not_prolonged_by_counting(session: Session) -> None:
    add_to_count(session, "a", 60)
    before = read_count(session, "a")[1]
    add_to_count(session, "a", 600)
    assert read_count(session, "a")[1] == before


def test_count_begins_anew_when_its_window_has_ended(session: Session) -> None:
    add_to_count(session, "a", 60, 5)
    _end(session, "a")
    assert read_count(session, "a")[0] == 0
    assert add_to_count(session, "a", 60) == 1


def test_unknown_key_has_no_count(session: Session) -> None:
    assert read_count(session, "nobody")[0] == 0


def test_forgetting_one_key_leaves_others(session: Session) -> None:
    add_to_count(session, "a", 60)
    add_to_count(session, "b", 60)
    forget_count(session, "a")
    assert (read_count(session, "a")[0], read_count(session, "b")[0]) == (0, 1)


def test_housekeeping_forgets_only_ended_windows(session: Session) -> None:
    add_to_count(session, "a", 60)
    add_to_count(session, "b", 60)
    _end(session, "a")
    assert forget_ended_counts(session) == 1
    assert session.scalars(sa.select(RateCount.key)).all() == ["b"]
