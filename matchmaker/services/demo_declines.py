"""The demonstration's declines: a quarter of them, its reports, and a field that sinks in one enterprise's lists."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import cache, partial
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import Period
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Decision
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.decisions import decide
from matchmaker.services.decline_reports.making import SETTLED, last_quarter, make_reports
from matchmaker.services.demo_deals import member_of
from matchmaker.services.demo_matches import propose_pair

Act = tuple[datetime, Callable[[], None]]

POSTED_BEFORE = timedelta(days=10)


@cache
def decline_rows() -> tuple[dict[str, Any], ...]:
    """Return what is told of each decline: `day` of the quarter that was over last, or `days_ago`."""
    text = (files("matchmaker") / "demo" / "declines.jsonl").read_text(encoding="utf-8")
    return tuple(map(json.loads, text.splitlines()))


def declined_by(now: datetime) -> dict[str, datetime]:
    """Return by when the listings of declines must stand on the market, by their external ids."""
    found: dict[str, datetime] = {}
    for row in decline_rows():
        for side in ("need", "achievement"):
            found[row[side]] = min(_at(row, now) - POSTED_BEFORE, found.get(row[side], now))
    return found


def decline_acts(
    session: Session, owners: dict[int, User], broker: Callable[[], Actor], now: datetime
) -> Iterator[Act]:
    """Yield when each pair is declined, and when the quarter's reports are made, and what does it."""
    for row in decline_rows():
        yield _at(row, now), partial(_decline, session, owners, broker, row)
    period = _quarter(now)
    made = datetime.combine(period.until, time(9), CITY_ZONE) + SETTLED + timedelta(days=1)
    yield made, partial(_report, session, period)


def _quarter(now: datetime) -> Period:
    """The latest quarter of which reports are made by now."""
    return last_quarter(now.astimezone(CITY_ZONE).date() - SETTLED - timedelta(days=2))


def _at(row: dict[str, Any], now: datetime) -> datetime:
    if "days_ago" in row:
        return now - timedelta(days=row["days_ago"])
    return datetime.combine(_quarter(now).since, time(10), CITY_ZONE) + timedelta(days=row["day"])


def _decline(session: Session, owners: dict[int, User], broker: Callable[[], Actor], row: dict[str, Any]) -> None:
    """Propose the pair, which the worker scores like any other, and let the need's owner decline it."""
    need, achievement = (
        session.scalars(sa.select(Listing).where(Listing.external_id == row[side])).one()
        for side in ("need", "achievement")
    )
    match = propose_pair(session, broker(), need, achievement, grade=1)
    owner = member_of(session, owners, need.organization_id)
    decide(session, owner, match.id, Decision.UNSUITABLE, reason=row["reason"])


def _report(session: Session, period: Period) -> None:
    make_reports(session, period)
