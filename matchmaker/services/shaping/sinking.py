"""Which fields sink in an organization's lists, and which pairs with them: the rule, as SQL.

A field sinks where the organization has called at least LEAST pairs whose other side is of that field out of scope,
where fewer than a third as many pairs of it are wanted (interested, or on its shortlist), and where it has not been
restored. With a field sink its undecided pairs, except those that somebody asks about: the other party is interested,
or a broker has proposed them by hand.
"""

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

WANTED = (Decision.INTERESTED, Decision.SHORTLISTED)


def is_shaped(actor: Actor) -> bool:
    """The two sides of the market have lists of their own; those who see all pairs see them in everybody's order."""
    return actor.organization_id is not None and not can_see_all_matches(actor)


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
    organization_id = actor.organization_id
    mine = sa.select(MatchDecision.match_id).where(MatchDecision.organization_id == organization_id)
    sinking = sa.and_(
        _other_id(organization_id, side).in_(_of_sunk_fields(organization_id)),
        Match.proposed_by_id.is_(None),
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


def _of_sunk_fields(organization_id: int | None) -> sa.Select[Any]:
    """Ids of the listings whose field sinks."""
    counted = counted_fields(organization_id).subquery()
    restored = sa.select(RestoredField.field).where(RestoredField.organization_id == organization_id)
    sunk = sa.select(counted.c.field).where(counted.c.field.not_in(restored))
    listing, revision = aliased(Listing), aliased(Revision)
    return (
        sa.select(listing.id)
        .join(revision, revision.id == listing.published_revision_id)
        .where(revision.field.in_(sunk))
    )


def _asked_for(organization_id: int | None) -> sa.Select[Any]:
    """Ids of the pairs in which a party other than this organization is interested."""
    asked, need, achievement = aliased(Match), aliased(Listing), aliased(Listing)
    said = MatchDecision.organization_id
    return (
        sa.select(MatchDecision.match_id)
        .join(asked, asked.id == MatchDecision.match_id)
        .join(need, need.id == asked.need_id)
        .join(achievement, achievement.id == asked.achievement_id)
        .where(
            MatchDecision.decision == Decision.INTERESTED,
            said != organization_id,
            sa.or_(said == need.organization_id, said == achievement.organization_id),
            sa.or_(need.organization_id == organization_id, achievement.organization_id == organization_id),
        )
    )
