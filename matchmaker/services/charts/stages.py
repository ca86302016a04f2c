"""The way of what was collected to a registered contract: how much reached each stage, and how long a step takes.

Counted is what was begun in a span of days (the cohort of services/funnel.py). Whatever reached a later stage has
reached the earlier ones, so that no stage holds more than the one before it.
"""

import statistics
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.base import utc_now
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.matches import Match
from matchmaker.services.charts.quantities import interest
from matchmaker.services.funnel import Cohort, cohort_query

DAY_SECONDS = 86_400
LAST = datetime.max.replace(tzinfo=UTC)


class Stage(StrEnum):
    """How far a listing has come."""

    COLLECTED = "collected"
    PUBLISHED = "published"
    MATCHED = "matched"
    MET = "met"
    SIGNED = "signed"
    REGISTERED = "registered"


STAGE_NAMES: dict[str, str] = {
    Stage.COLLECTED: N_("征集"),
    Stage.PUBLISHED: N_("已发布"),
    Stage.MATCHED: N_("有意向"),
    Stage.MET: N_("已洽谈"),
    Stage.SIGNED: N_("已签约"),
    Stage.REGISTERED: N_("合同已登记"),
}


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many listings reached a stage; their part of the stage before and of the first; days of the step (median)."""

    stage: Stage
    count: int
    of_previous: float | None
    of_first: float | None
    median_days: float | None


@dataclass(frozen=True, slots=True)
class Journeys:
    """When each listing of a cohort reached each stage, as far as that is on record."""

    at: dict[Stage, dict[int, datetime]]

    def reached(self, stage: Stage) -> dict[int, datetime]:
        """Return the listings that reached `stage` or a later one, each with the first moment that shows it."""
        found: dict[int, datetime] = {}
        for each in list(Stage)[list(Stage).index(stage) :]:
            for listing_id, at in self.at[each].items():
                found.setdefault(listing_id, at)
        return found

    def counts(self) -> tuple[StageCount, ...]:
        """Return the funnel."""
        counts = {stage: len(self.reached(stage)) for stage in Stage}
        rows = [StageCount(Stage.COLLECTED, counts[Stage.COLLECTED], None, None, None)]
        for before, stage in pairwise(Stage):
            rows.append(
                StageCount(
                    stage,
                    counts[stage],
                    _part(counts[stage], counts[before]),
                    _part(counts[stage], counts[Stage.COLLECTED]),
                    _median_days(self.at[before], self.at[stage]),
                )
            )
        return tuple(rows)


def journeys(session: Session, cohort: Cohort) -> Journeys:
    """Read a cohort's journeys, in one query for each stage.

    What pairs came to is read from what happened, which is little, and not from the pairs, of which each listing has a
    hundred; none of it is older than the cohort.
    """
    begun: dict[int, datetime] = dict(
        session.execute(cohort_query(cohort).with_only_columns(Listing.id, Listing.created_at)).all()
    )
    at = {Stage.COLLECTED: begun, Stage.PUBLISHED: dict(session.execute(_published(cohort)).all())}
    for stage, query in _of_pairs(min(begun.values(), default=utc_now())).items():
        at[stage] = _first_of(begun, session.execute(query))
    return Journeys(at)


def _published(cohort: Cohort) -> sa.Select[Any]:
    ids = cohort_query(cohort).with_only_columns(Listing.id).subquery()
    return (
        sa.select(ids.c.id, sa.func.min(JournalEntry.at))
        .join(JournalEntry, JournalEntry.subject_id == ids.c.id)
        .where(
            JournalEntry.subject_kind == Listing.subject_kind,
            JournalEntry.action == "move",
            JournalEntry.after == ListingState.PUBLISHED,
        )
        .group_by(ids.c.id)
    )


def _of_pairs(since: datetime) -> dict[Stage, Any]:
    """Return the queries of (need, achievement, moment) for the stages that a pair brings its two listings to."""
    sides = Match.need_id, Match.achievement_id
    moved = (
        sa.select(*sides, JournalEntry.at)
        .join(Deal, Deal.match_id == Match.id)
        .join(JournalEntry, JournalEntry.subject_id == Deal.id)
        .where(JournalEntry.subject_kind == Deal.subject_kind, JournalEntry.action == "move", JournalEntry.at >= since)
    )
    return {
        Stage.MATCHED: sa.select(*sides, JournalEntry.at)
        .join(JournalEntry, JournalEntry.subject_id == Match.id)
        .where(*interest(), JournalEntry.at >= since),
        Stage.MET: sa.select(*sides, Appointment.starts_at)
        .join(Appointment, Appointment.match_id == Match.id)
        .where(Appointment.state == AppointmentState.HELD, Appointment.starts_at >= since),
        Stage.SIGNED: moved.where(JournalEntry.after == DealState.CONTRACT),
        Stage.REGISTERED: moved.where(JournalEntry.after == DealState.REGISTERED),
    }


def _first_of(begun: Collection[int], rows: Iterable[Any]) -> dict[int, datetime]:
    """Return the first moment of each listing of the cohort among (need, achievement, moment)."""
    first: dict[int, datetime] = {}
    for *listings, at in rows:
        for listing_id in listings:
            if listing_id in begun and at < first.get(listing_id, LAST):
                first[listing_id] = at
    return first


def _part(count: int, of: int) -> float | None:
    return count / of if of else None


def _median_days(before: dict[int, datetime], after: dict[int, datetime]) -> float | None:
    """Return the median of the days between two steps that are both on record, the later one not before the other."""
    days = [(after[each] - before[each]).total_seconds() / DAY_SECONDS for each in after.keys() & before.keys()]
    return _median(each for each in days if each >= 0)


def _median(days: Iterable[float]) -> float | None:
    found = list(days)
    return round(statistics.median(found), 1) if found else None
