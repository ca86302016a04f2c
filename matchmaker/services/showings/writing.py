"""Writing what was seen: one row for each list and viewer and day, counted up where the same was seen again."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Base, Database, upsert
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.showings import PairVisit, Showing, ShowingLoss
from matchmaker.services.showings.lists import ListShown, PairOpened, Seen, Sight

FORGOTTEN_AT_ONCE = 2000
"""Rows that are deleted in one transaction, so that nobody waits for the lock."""

_SHOWING_KEY = ("organization_id", "role", "on", "digest")
_VISIT_KEY = ("organization_id", "role", "on", "need_id", "achievement_id", "kind")


def write_sights(session: Session, sights: Mapping[Sight, Seen], lost: int = 0, on: date | None = None) -> None:
    """Write what was seen, and how much more of a day could not be kept."""
    lists = [_list_row(sight, seen) for sight, seen in sights.items() if isinstance(sight, ListShown)]
    pairs = [_pair_row(sight, seen) for sight, seen in sights.items() if isinstance(sight, PairOpened)]
    _count_up(session, Showing, _SHOWING_KEY, lists)
    _count_up(session, PairVisit, _VISIT_KEY, pairs)
    if lost:
        row = upsert(session, ShowingLoss).values(on=on, lost=lost)
        added = {"lost": ShowingLoss.lost + row.excluded.lost}
        session.execute(row.on_conflict_do_update(index_elements=["on"], set_=added))


def forget_showings(database: Database, days: int, now: datetime) -> int:
    """Delete what is older than so many days, a little at a time; return how many rows."""
    before, forgotten = now.astimezone(CITY_ZONE).date() - timedelta(days=days), 0
    for table in (Showing, PairVisit):
        while True:
            with database.read() as session:
                old = session.scalars(sa.select(table.id).where(table.on < before).limit(FORGOTTEN_AT_ONCE)).all()
            if not old:
                break
            with database.transaction() as session:
                session.execute(sa.delete(table).where(table.id.in_(old)))
            forgotten += len(old)
    return forgotten


def _count_up(session: Session, table: Any, key: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = upsert(session, table)
    new: type[Base] = statement.excluded
    counted = {"times": table.times + new.times, "last_at": _later(table.last_at, new.last_at)}  # type: ignore[attr-defined]
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=counted), rows)


def _later(one: Any, other: Any) -> Any:
    return sa.case((other > one, other), else_=one)


def _list_row(shown: ListShown, seen: Seen) -> dict[str, Any]:
    return {
        **_common(shown, seen),
        "digest": shown.digest,
        "kind": shown.kind,
        "listing_id": shown.listing_id,
        "ranker": shown.ranker,
        "model": shown.model,
        "first": shown.first,
        "pairs": [list(cell) for cell in shown.pairs],
    }


def _pair_row(opened: PairOpened, seen: Seen) -> dict[str, Any]:
    ids = {"need_id": opened.need_id, "achievement_id": opened.achievement_id}
    return {**_common(opened, seen), **ids, "kind": opened.kind or ""}


def _common(sight: Sight, seen: Seen) -> dict[str, Any]:
    return {
        "organization_id": sight.viewer.organization_id,
        "role": sight.viewer.role,
        "on": sight.on,
        "times": seen.times,
        "first_at": seen.first_at,
        "last_at": seen.last_at,
    }
