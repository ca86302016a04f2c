"""What is said at an organization's lists: which fields are put last and why, and which needs seem to be solved."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.domain.matches import Decision, DeclineReason, Match, MatchDecision
from matchmaker.domain.permissions import Actor, can_shape_lists
from matchmaker.domain.shaping import RestoredField
from matchmaker.services.shaping.sinking import counted_fields, is_shaped

SUGGESTED_FOR = timedelta(days=60)
"""Who has not closed a need so long after calling it solved has reasons, and is not asked again."""


@dataclass(frozen=True, slots=True)
class ShapedField:
    """A field that the rule names: pairs of it called out of scope and pairs wanted by the organization."""

    field: str
    declined: int
    wanted: int


@dataclass(frozen=True, slots=True)
class SolvedNeed:
    """An own need on the market that the organization has called solved, so many times, when it declined pairs."""

    id: int
    title: str
    declined: int


@dataclass(frozen=True, slots=True)
class Shaping:
    """What the organization's own declines do to its lists: `sunk` fields come last, `restored` ones would."""

    sunk: tuple[ShapedField, ...] = ()
    restored: tuple[ShapedField, ...] = ()
    solved: tuple[SolvedNeed, ...] = ()
    may_change: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.sunk or self.restored or self.solved)


def shaping_of(session: Session, actor: Actor, listing: Listing | None = None) -> Shaping:
    """Return what is to be said at the actor's lists, or at the list of one of his own listings, by three queries."""
    if not is_shaped(actor) or (listing is not None and listing.organization_id != actor.organization_id):
        return Shaping()
    restored = set(
        session.scalars(sa.select(RestoredField.field).where(RestoredField.organization_id == actor.organization_id))
    )
    counted = counted_fields(actor.organization_id).order_by(sa.desc("declined"), "field")
    fields = [ShapedField(*row) for row in session.execute(counted)]
    return Shaping(
        sunk=tuple(row for row in fields if row.field not in restored),
        restored=tuple(row for row in fields if row.field in restored),
        solved=_solved(session, actor, listing),
        may_change=can_shape_lists(actor),
    )


def _solved(session: Session, actor: Actor, listing: Listing | None) -> tuple[SolvedNeed, ...]:
    times = sa.func.count()
    query = (
        sa.select(Listing.id, Revision.title, times)
        .select_from(MatchDecision)
        .join(Match, Match.id == MatchDecision.match_id)
        .join(Listing, Listing.id == Match.need_id)
        .join(Revision, Revision.id == Listing.published_revision_id)
        .where(
            MatchDecision.organization_id == actor.organization_id,
            MatchDecision.decision == Decision.UNSUITABLE,
            MatchDecision.reason == DeclineReason.ALREADY_SOLVED,
            MatchDecision.at > utc_now() - SUGGESTED_FOR,
            Listing.organization_id == actor.organization_id,
            Listing.kind == ListingKind.NEED,
            on_market(Listing),
        )
        .group_by(Listing.id, Revision.title)
        .order_by(times.desc(), Listing.id)
    )
    if listing is not None:
        query = query.where(Listing.id == listing.id)
    return tuple(SolvedNeed(*row) for row in session.execute(query))
