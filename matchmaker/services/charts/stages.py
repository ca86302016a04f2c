"""The way of what was collected to a registered contract: how much reached each stage, and how long a step takes.

Counted is what was begun in a span of days (the cohort of services/funnel.py). Whatever reached a later stage has
reached the earlier ones, so that no stage holds more than the one before it.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.matches import Match
from matchmaker.services.charts.quantities import interest
from matchmaker.services.funnel import Cohort, cohort_query

DAY_SECONDS = 86_400


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
    """Read a cohort's journeys, in one query for each stage."""
    ids = cohort_query(cohort).with_only_columns(Listing.id).subquery()
    legs = _legs(ids)
    deal_moves = (JournalEntry.subject_kind == Deal.subject_kind, JournalEntry.action == "move")
    of_deal = (
        sa.select(legs.c.listing_id, sa.func.min(JournalEntry.at))
        .join(Deal, Deal.match_id == legs.c.match_id)
        .join(JournalEntry, JournalEntry.subject_id == Deal.id)
        .where(*deal_moves)
        .group_by(legs.c.listing_id)
    )
    queries: dict[Stage, Any] = {
        Stage.COLLECTED: cohort_query(cohort).with_only_columns(Listing.id, Listing.created_at),
        Stage.PUBLISHED: (
            sa.select(ids.c.id, sa.func.min(JournalEntry.at))
            .join(JournalEntry, JournalEntry.subject_id == ids.c.id)
            .where(
                JournalEntry.subject_kind == Listing.subject_kind,
                JournalEntry.action == "move",
                JournalEntry.after == ListingState.PUBLISHED,
            )
            .group_by(ids.c.id)
        ),
        Stage.MATCHED: (
            sa.select(legs.c.listing_id, sa.func.min(JournalEntry.at))
            .join(JournalEntry, JournalEntry.subject_id == legs.c.match_id)
            .where(*interest())
            .group_by(legs.c.listing_id)
        ),
        Stage.MET: (
            sa.select(legs.c.listing_id, sa.func.min(Appointment.starts_at))
            .join(Appointment, Appointment.match_id == legs.c.match_id)
            .where(Appointment.state == AppointmentState.HELD)
            .group_by(legs.c.listing_id)
        ),
        Stage.SIGNED: of_deal.where(JournalEntry.after == DealState.CONTRACT),
        Stage.REGISTERED: of_deal.where(JournalEntry.after == DealState.REGISTERED),
    }
    return Journeys({stage: {row[0]: row[1] for row in session.execute(queries[stage])} for stage in Stage})


def _legs(ids: Any) -> Any:
    """Pair each match with each of its listings that belongs to the cohort."""
    sides = [
        sa.select(Match.id.label("match_id"), side.label("listing_id")).where(side.in_(sa.select(ids.c.id)))
        for side in (Match.need_id, Match.achievement_id)
    ]
    return sa.union_all(*sides).subquery()


def _part(count: int, of: int) -> float | None:
    return count / of if of else None


def _median_days(before: dict[int, datetime], after: dict[int, datetime]) -> float | None:
    """Return the median of the days between two steps that are both on record, the later one not before the other."""
    days = [(after[each] - before[each]).total_seconds() / DAY_SECONDS for each in after.keys() & before.keys()]
    return _median(each for each in days if each >= 0)


def _median(days: Iterable[float]) -> float | None:
    found = list(days)
    return round(statistics.median(found), 1) if found else None
