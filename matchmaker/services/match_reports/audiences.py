"""Who reads a report, and through whose eyes it is therefore written.

The report for one side holds what that side reads on the platform: its own listing, and of the other what was opened to
it. The report for both holds of each listing only what the other side reads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.embeddings import Scope
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_read_listing
from matchmaker.services.actors import party
from matchmaker.services.embedding_models import active_model
from matchmaker.services.engine import Engine
from matchmaker.services.listing_views import ListingView
from matchmaker.services.match_views import numbers_for
from matchmaker.services.pairs import open_score
from matchmaker.services.projection import full_scope, project


class Audience(StrEnum):
    """Whom a report is for."""

    BOTH = "both"
    NEED = "need"
    ACHIEVEMENT = "achievement"


AUDIENCE_NAMES = {
    Audience.BOTH: N_("供双方阅读"),
    Audience.NEED: N_("仅供需求方阅读"),
    Audience.ACHIEVEMENT: N_("仅供成果方阅读"),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Score, probability, grade and terms that an audience may know."""

    score: float
    probability: float
    grade: int
    terms: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Parties:
    """What the organizations of both sides may see now; nobody in particular."""

    need: Actor
    achievement: Actor

    def reader(self, audience: Audience) -> Actor:
        """Whoever may know what an audience may know besides the listings: nobody in particular, where it is both."""
        known = {Audience.NEED: self.need, Audience.ACHIEVEMENT: self.achievement}
        return known.get(audience, Actor.anonymous())


def parties_of(session: Session, match: Match) -> Parties:
    """Return the parties of a pair."""
    return Parties(party(session, match.need.organization_id), party(session, match.achievement.organization_id))


def audiences_of(match: Match, parties: Parties) -> tuple[Audience, ...]:
    """Return those for whom a report can be written: each must know of the other side's listing."""
    need_reads = can_read_listing(parties.need, match.achievement)
    achievement_reads = can_read_listing(parties.achievement, match.need)
    known = {
        Audience.BOTH: need_reads and achievement_reads,
        Audience.NEED: need_reads,
        Audience.ACHIEVEMENT: achievement_reads,
    }
    return tuple(audience for audience in Audience if known[audience])


def views_for(match: Match, parties: Parties, audience: Audience) -> tuple[ListingView, ListingView]:
    """Return need and achievement as an audience may read them."""
    need_reader = parties.need if audience is Audience.NEED else parties.achievement
    achievement_reader = parties.achievement if audience is Audience.ACHIEVEMENT else parties.need
    return project(match.need, need_reader), project(match.achievement, achievement_reader)


def numbers_for_audience(
    session: Session, engine: Callable[[], Engine], match: Match, audience: Audience
) -> Numbers | None:
    """Return the numbers that an audience may know; None where they cannot be computed yet.

    A score from a text that a reader may not see would tell him of it. Where both sides hide something, the numbers
    for both are therefore scored from what is open of each.
    """
    if audience is not Audience.BOTH:
        return Numbers(*numbers_for(match, audience))
    if _is_open(match.achievement):
        return Numbers(*numbers_for(match, ListingKind.ACHIEVEMENT))
    if _is_open(match.need):
        return Numbers(*numbers_for(match, ListingKind.NEED))
    model = active_model(session)
    if model is None:
        return None
    scoring = engine()
    prepared = scoring.prepare(session, [match.need, match.achievement], model.model_id)
    ranker, readings = scoring.ranker(session, model.model_id), scoring.readings(session, match.need)
    found = open_score(ranker, prepared, match.need, match.achievement, readings)
    return None if found is None else Numbers(found.score, found.probability, found.grade, found.terms)


def _is_open(listing: Listing) -> bool:
    return full_scope(listing.current) is Scope.OPEN
