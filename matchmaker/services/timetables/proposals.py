"""The platform's own proposals: pairs of listings between two organizations that both are at an event.

Whoever reads of one sees what the house's projection shows him; where a listing does not say whose it is, its match is
no proposal, since the list of participants would say it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.events import Event
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.matches import Decision, Match, MatchDecision
from matchmaker.domain.permissions import Actor, owns
from matchmaker.domain.timetables import MATCH_THRESHOLD
from matchmaker.services.actors import party
from matchmaker.services.listing_views import ListingView
from matchmaker.services.match_queries import live_matches, visible
from matchmaker.services.match_views import numbers_for
from matchmaker.services.projection import project
from matchmaker.services.reasons import Reason, reasons_of, strongest

FEW_REASONS = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """Why two organizations should meet, as one of them sees it: the pair of listings and what speaks for it."""

    match_id: int
    organization_id: int
    own: ListingView
    other: ListingView
    probability: float
    grade: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Pairing:
    """One match between two organizations, each of which may know of it and whose the other's listing is.

    `probability` is the lower one of what the two see; `owners` are the users who answer for the listings.
    """

    match_id: int
    organizations: tuple[int, int]
    owners: tuple[int | None, int | None]
    probability: float


def threshold_of(event: Event) -> float:
    """Return the least probability of a match that is a proposal."""
    return MATCH_THRESHOLD if event.match_threshold is None else event.match_threshold


def proposals_for(
    session: Session, actor: Actor, event: Event, organization_ids: Collection[int]
) -> dict[int, Proposal]:
    """Return the best proposal between the actor's organization and each of the others, as far as he may see it."""
    best: dict[int, Proposal] = {}
    for match in session.scalars(_between(actor, organization_ids)):
        own, other = (match.need, match.achievement) if owns(actor, match.need) else (match.achievement, match.need)
        _, probability, grade, terms = numbers_for(match, own.kind)
        known = best.get(other.organization_id)
        if probability < threshold_of(event) or (known is not None and known.probability >= probability):
            continue
        seen = project(other, actor)
        if seen.organization_id is None:
            continue
        reasons = strongest(reasons_of(terms), FEW_REASONS)
        best[other.organization_id] = Proposal(
            match.id, other.organization_id, project(own, actor), seen, probability, grade, reasons
        )
    return best


def pairings(session: Session, event: Event, organization_ids: Collection[int]) -> list[Pairing]:
    """Return every match among the organizations that is good enough for the event, the best first."""
    need, achievement = aliased(Listing), aliased(Listing)
    among = (
        live_matches()
        .join(need, Match.need_id == need.id)
        .join(achievement, Match.achievement_id == achievement.id)
        .where(
            need.organization_id.in_(organization_ids),
            achievement.organization_id.in_(organization_ids),
            need.organization_id != achievement.organization_id,
            Match.need_side_score.is_not(None),
            Match.achievement_side_score.is_not(None),
            Match.id.not_in(_declined()),
        )
    )
    actors: dict[int, Actor] = {}
    found = list(_good(session, event, session.scalars(among).all(), actors))
    return sorted(found, key=lambda pairing: (-pairing.probability, pairing.match_id))


def _good(session: Session, event: Event, matches: Collection[Match], actors: dict[int, Actor]) -> Iterator[Pairing]:
    for match in matches:
        sides = (match.need, ListingKind.NEED), (match.achievement, ListingKind.ACHIEVEMENT)
        probability = min(numbers_for(match, kind)[1] for _, kind in sides)
        one, other = match.need.organization_id, match.achievement.organization_id
        if probability < threshold_of(event):
            continue
        for organization_id in (one, other):
            if organization_id not in actors:
                actors[organization_id] = party(session, organization_id)
        shown = (project(match.achievement, actors[one]), project(match.need, actors[other]))
        if all(view.organization_id is not None for view in shown) and other not in actors[one].avoided:
            yield Pairing(match.id, (one, other), (match.need.owner_id, match.achievement.owner_id), probability)


def _between(actor: Actor, organization_ids: Collection[int]) -> sa.Select[Match]:
    theirs = sa.select(Listing.id).where(Listing.organization_id.in_(organization_ids))
    own = Listing.organization_id == actor.organization_id
    mine = sa.select(Listing.id).where(own)
    between = sa.or_(
        sa.and_(Match.need_id.in_(mine), Match.achievement_id.in_(theirs)),
        sa.and_(Match.achievement_id.in_(mine), Match.need_id.in_(theirs)),
    )
    refused = sa.select(MatchDecision.match_id).where(
        MatchDecision.organization_id == actor.organization_id, MatchDecision.decision == Decision.UNSUITABLE
    )
    return live_matches().where(between, visible(actor), Match.id.not_in(refused)).order_by(Match.id)


def _declined() -> sa.Select[int]:
    """Matches that a party has called unsuitable; what a broker thinks of them does not count here."""
    decided, need, achievement = aliased(Match), aliased(Listing), aliased(Listing)
    return (
        sa.select(MatchDecision.match_id)
        .join(decided, decided.id == MatchDecision.match_id)
        .join(need, decided.need_id == need.id)
        .join(achievement, decided.achievement_id == achievement.id)
        .where(
            MatchDecision.decision == Decision.UNSUITABLE,
            MatchDecision.organization_id.in_((need.organization_id, achievement.organization_id)),
        )
    )
