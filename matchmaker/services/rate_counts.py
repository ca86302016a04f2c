"""Counts behind rate limits, in the database so that all processes count together."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import upsert, utc_now
from matchmaker.domain.people import RateCount


def add_to_count(session: Session, key: str, seconds: int, amount: int = 1) -> int:
    """Add `amount` to the count of `key` and return it; a window of `seconds` begins where none is running."""
    now = utc_now()
    ended = RateCount.expires_at <= now
    insert = upsert(session, RateCount).values(key=key, count=amount, expires_at=now + timedelta(seconds=seconds))
    counted = insert.on_conflict_do_update(
        index_elements=[RateCount.key],
        set_={
            "count": sa.case((ended, amount), else_=RateCount.count + amount),
            "expires_at": sa.case((ended, insert.excluded.expires_at), else_=RateCount.expires_at),
        },
    )
    count: int = session.scalars(counted.returning(RateCount.count)).one()
    return count


def read_count(session: Session, key: str) -> tuple[int, datetime]:
    """Return the count of `key` in the running window and when that ends (0 and now where none is running)."""
    now = utc_now()
    row = session.execute(
        sa.select(RateCount.count, RateCount.expires_at).where(RateCount.key == key, RateCount.expires_at > now)
    ).one_or_none()
    return (row[0], row[1]) if row else (0, now)


def forget_count(session: Session, key: str) -> None:
    """Begin anew for `key`."""
    session.execute(sa.delete(RateCount).where(RateCount.key == key))


def forget_ended_counts(session: Session) -> int:
    """Remove windows that have ended; return how many. Housekeeping: nothing depends on it."""
    ended = sa.delete(RateCount).where(RateCount.expires_at <= utc_now()).returning(RateCount.key)
    return len(session.scalars(ended).all())
