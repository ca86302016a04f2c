"""Which fields sink in an organization's lists, and which pairs with them: the rule, as SQL.

A field sinks where the organization has called at least LEAST pairs whose other side is of that field out of scope,
where fewer than a third as many pairs of it are wanted (interested, or on its shortlist), and where it has not been
restored. With a field sink its undecided pairs, except those that somebody asks about: the other party is interested,
or a broker has proposed them by hand.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from matchmaker.domain.listings import Listing, ListingKind, Revision
from matchmaker.domain.matches import Decision, DeclineReason, Match, MatchDecision
from matchmaker.domain.permissions import Actor, can_see_all_matches
from matchmaker.domain.shaping import RestoredField

LEAST = 2
SHARE = 3
"""A field sinks while its wanted pairs times this are fewer than its declined ones."""

KEPT = 512
"""Expressions kept: every list asks for its own, and putting one together takes longer than what it asks."""

WANTED = (Decision.INTERESTED, Decision.SHORTLISTED)


def is_shaped(actor: Actor) -> bool:
    """The two sides of the market have lists of their own; those who see all pairs see them in everybody's order."""
    return actor.organization_id is not None and not can_see_all_matches(actor)


@lru_cache(KEPT)
def counted_fields(organization_id: int | None) -> sa.Select[Any, int, int]:
    """Fields that an organization has called out of scope often enough: field, declined, wanted; restored or not."""
    need, achievement, other = aliased(Listing), aliased(Listing), aliased(Listing)
    revision = aliased(Revision)
    declined = sa.and_(
        MatchDecision.decision == Decision.UNSUITABLE, MatchDecision.reason == DeclineReason.OUT_OF_SCOPE
    )
    times, wanted = sa.func.count().filter(declined), sa.func.count().filter(MatchDecision.decision.in_(WANTED))
    other_id = sa.case(
        (need.organization_id == organization_id, Match.achievement_id),
        (achievement.organization_id == organization_id, Match.need_id),
    )
    return (
        sa.select(revision.field.label("field"), times.label("declined"), wanted.label("wanted"))
        .select_from(MatchDecision)
        .join(Match, Match.id == MatchDecision.match_id)
        .join(need, need.id == Match.need_id)
        .join(achievement, achievement.id == Match.achievement_id)
        .join(other, other.id == other_id)
        .join(revision, revision.id == other.published_revision_id)
        .where(MatchDecision.organization_id == organization_id, revision.field.is_not(None))
        .group_by(revision.field)
        .having(times >= LEAST, wanted * SHARE < times)
    )


def sinks(actor: Actor, side: ListingKind | None = None) -> Any:
    """1 for the pairs that belong at the end of the actor's list of one side or (None) of both, else 0."""
    if not is_shaped(actor):
        return sa.literal(0)
    return _sinks(actor.organization_id, side)


@lru_cache(KEPT)
def _sinks(organization_id: int | None, side: ListingKind | None) -> Any:
    mine = sa.select(MatchDecision.match_id).where(MatchDecision.organization_id == organization_id)
    sinking = sa.and_(
        Match.proposed_by_id.is_(None),
        _field_of(_other_id(organization_id, side)).in_(_sunk_fields(organization_id)),
        Match.id.not_in(mine),
        Match.id.not_in(_asked_for(organization_id)),
    )
    return sa.case((sinking, 1), else_=0)


def _other_id(organization_id: int | None, side: ListingKind | None) -> Any:
    if side is not None:
        return Match.achievement_id if side is ListingKind.NEED else Match.need_id
    own = aliased(Listing)
    ids = sa.select(own.id).where(own.organization_id == organization_id)
    return sa.case((Match.need_id.in_(ids), Match.achievement_id), else_=Match.need_id)


def _field_of(listing_id: Any) -> sa.ScalarSelect[Any]:
    """Looked up for the pairs of a list: reading the fields of all listings would take longer than the list."""
    listing, revision = aliased(Listing), aliased(Revision)
    query = sa.select(revision.field).join(listing, listing.published_revision_id == revision.id)
    return query.where(listing.id == listing_id).correlate(Match).scalar_subquery()


def _sunk_fields(organization_id: int | None) -> sa.Select[Any]:
    counted = counted_fields(organization_id).subquery()
    restored = sa.select(RestoredField.field).where(RestoredField.organization_id == organization_id)
    return sa.select(counted.c.field).where(counted.c.field.not_in(restored))


def _asked_for(organization_id: int | None) -> sa.CompoundSelect[Any]:
    """Ids of the organization's pairs in which the other party is interested, found from its own listings."""
    return sa.union(*(_asked_from(organization_id, side) for side in ListingKind))


def _asked_from(organization_id: int | None, side: ListingKind) -> sa.Select[Any]:
    asked, own, other = aliased(Match), aliased(Listing), aliased(Listing)
    ids = (asked.need_id, asked.achievement_id)
    own_id, other_id = ids if side is ListingKind.NEED else ids[::-1]
    by_other = sa.and_(
        MatchDecision.match_id == asked.id,
        MatchDecision.organization_id == other.organization_id,
        MatchDecision.decision == Decision.INTERESTED,
    )
    return (
        sa.select(asked.id)
        .join(own, own.id == own_id)
        .join(other, other.id == other_id)
        .join(MatchDecision, by_other)
        .where(own.organization_id == organization_id, other.organization_id != organization_id)
    )
