"""What a closing freezes beside its figures: what reports of the period show and what would move on without it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import ClosedPeriod, Period
from matchmaker.services.charts.districts import read_districts
from matchmaker.services.charts.stages import Stage, StageCount, journeys
from matchmaker.services.funnel import Cohort, branches
from matchmaker.services.ledger.counting import Counted

CITY = ""
"""Stands for the whole city among branches."""


def closing_of(session: Session, period: Period) -> ClosedPeriod | None:
    """Return the standing closing of exactly this period."""
    return session.scalar(sa.select(ClosedPeriod).where(ClosedPeriod.standing_key == period.key))


def count_stages(session: Session, period: Period, branch: int | None, until: date | None = None) -> list[StageCount]:
    """Return how far has come what was begun in the year of a period, up to its end or `until`."""
    cohort = Cohort(since=date(period.year, 1, 1), until=until or period.until, branch=branch)
    return list(journeys(session, cohort).counts())


def plain_stages(session: Session, period: Period) -> dict[str, Any]:
    """Return the funnel of the city and of each branch as plain JSON."""
    places = {CITY: None, **{str(branch_id): branch_id for branch_id, _name in branches(session)}}
    return {key: [_plain(row) for row in count_stages(session, period, branch)] for key, branch in places.items()}


def frozen_stages(closed: ClosedPeriod, branch: int | None) -> list[StageCount] | None:
    """Return the funnel as it was frozen; None where it was not, as of a branch that was set up since."""
    rows = (closed.stages or {}).get(CITY if branch is None else str(branch))
    return None if rows is None else [_stage(row) for row in rows]


def plain_districts(session: Session, counted: Iterable[Counted]) -> dict[str, Any]:
    """Return the district of each organization of the rows as plain JSON."""
    districts = read_districts(session)
    ids = {row.organization_id for each in counted for row in each.rows} & districts.keys()
    return {str(organization_id): districts[organization_id] for organization_id in sorted(filter(None, ids))}


def frozen_districts(closed: ClosedPeriod) -> dict[int, str] | None:
    """Return the districts as they were frozen; None where they were not."""
    if closed.districts is None:
        return None
    return {int(organization_id): district for organization_id, district in closed.districts.items()}


def _plain(row: StageCount) -> list[Any]:
    return [row.stage, row.count, row.of_previous, row.of_first, row.median_days]


def _stage(plain: Sequence[Any]) -> StageCount:
    stage, *rest = plain
    return StageCount(Stage(stage), *rest)
