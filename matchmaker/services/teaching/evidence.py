"""Reading the evidence of decisions, meetings, deals and closings from the database, by pair."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.deal_meetings import DealMeeting
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.matches import Decision, Match, MatchDecision
from matchmaker.domain.teaching import (
    BOTH_INTERESTED,
    CONTRACT,
    EVIDENCE_RULES,
    INTENT,
    LOST_TECHNOLOGY,
    MEETING,
    SOLVED,
    decision_code,
)
from matchmaker.services.teaching.settling import Evidence

PairId = tuple[int, int]
"""A need's id and an achievement's."""
Correct = Callable[[PairId, int, datetime], float]
"""What the places of lists make of the weight of what an organization decided about a pair at a moment."""
_DEAL_CODES = {
    DealState.INTENT: INTENT,
    DealState.CONTRACT: CONTRACT,
    DealState.REGISTERED: CONTRACT,
}


class Decided(Protocol):
    """One organization's standing decision; a MatchDecision, or a row with the same columns."""

    organization_id: Any
    decision: Any
    reason: Any
    at: Any


def uncorrected(_pair: PairId, _organization_id: int, _at: datetime) -> float:
    """Correct nothing: what is measured by is taken as it was said."""
    return 1.0


def evidence_of_decisions(
    pair: PairId, owners: frozenset[int], decisions: Iterable[Decided], correct: Correct = uncorrected
) -> Iterator[Evidence]:
    """Yield the evidence of a pair's decisions. Interest of both owners is one piece, stronger than two."""
    rows = list(decisions)
    interested = [row for row in rows if row.decision == Decision.INTERESTED and row.organization_id in owners]
    both = interested if owners <= {row.organization_id for row in interested} else []
    if both:
        last = max(both, key=lambda row: row.at)
        yield Evidence(BOTH_INTERESTED, last.at, correction=correct(pair, last.organization_id, last.at))
    for row in rows:
        if row not in both:
            code = decision_code(row.decision, row.reason)
            corrected = correct(pair, row.organization_id, row.at) if EVIDENCE_RULES[code].by_position else 1.0
            yield Evidence(code, row.at, correction=corrected)


def read_decisions(session: Session, correct: Correct) -> dict[PairId, list[Evidence]]:
    """Return the evidence of all decisions, in one query."""
    need, achievement = aliased(Listing), aliased(Listing)
    query = (
        sa.select(
            Match.need_id,
            Match.achievement_id,
            need.organization_id.label("need_owner"),
            achievement.organization_id.label("achievement_owner"),
            MatchDecision.organization_id,
            MatchDecision.decision,
            MatchDecision.reason,
            MatchDecision.at,
        )
        .join(MatchDecision, MatchDecision.match_id == Match.id)
        .join(need, need.id == Match.need_id)
        .join(achievement, achievement.id == Match.achievement_id)
        .order_by(MatchDecision.id)
    )
    rows: dict[PairId, list[Any]] = defaultdict(list)
    for row in session.execute(query):
        rows[row.need_id, row.achievement_id].append(row)
    return {
        pair: list(evidence_of_decisions(pair, frozenset({row[0].need_owner, row[0].achievement_owner}), row, correct))
        for pair, row in rows.items()
    }


def read_outcomes(session: Session) -> dict[PairId, list[Evidence]]:
    """Return the evidence of meetings held, of deals and of listings closed as solved by the other, in four queries."""
    found: dict[PairId, list[Evidence]] = defaultdict(list)
    for reader in (_met, _met_about_deals, _deals, _solved):
        for pair, code, at in reader(session):
            found[pair].append(Evidence(code, at))
    return found


Read = Iterator[tuple[PairId, str, datetime]]


def _met(session: Session) -> Read:
    query = sa.select(Match.need_id, Match.achievement_id, Appointment.changed_at).join(
        Appointment, Appointment.match_id == Match.id
    )
    for need, achievement, at in session.execute(query.where(Appointment.state == AppointmentState.HELD)):
        yield (need, achievement), MEETING, at


def _met_about_deals(session: Session) -> Read:
    query = _of_deals(Match.need_id, Match.achievement_id, DealMeeting.held_on).join(
        DealMeeting, DealMeeting.deal_id == Deal.id
    )
    for need, achievement, day in session.execute(query):
        yield (need, achievement), MEETING, datetime.combine(day, time.min, UTC)


def _deals(session: Session) -> Read:
    query = _of_deals(Match.need_id, Match.achievement_id, Deal.state, Deal.slept_from, Deal.lost_reason)
    for need, achievement, state, slept_from, lost_reason, at in session.execute(query.add_columns(Deal.entered_at)):
        if code := _DEAL_CODES.get(slept_from if state == DealState.SLEEPING else state):
            yield (need, achievement), code, at
        elif state == DealState.LOST and lost_reason == "technology":
            yield (need, achievement), LOST_TECHNOLOGY, at


def _of_deals(*columns: Any) -> sa.Select[Any]:
    """Deals with the match that they come from, at once or by a meeting at an event."""
    origin = sa.func.coalesce(Deal.match_id, Appointment.match_id)
    joined = sa.select(*columns).select_from(Deal).outerjoin(Appointment, Appointment.id == Deal.appointment_id)
    return joined.join(Match, Match.id == origin)


def _solved(session: Session) -> Read:
    # When it was closed does not matter: nothing outweighs it, whatever came later.
    query = sa.select(Listing.id, Listing.kind, Listing.outcome_listing_id, Listing.created_at)
    for found, kind, other, at in session.execute(query.where(Listing.outcome_listing_id.is_not(None))):
        if other is not None:
            yield ((found, other) if kind == ListingKind.NEED else (other, found)), SOLVED, at
