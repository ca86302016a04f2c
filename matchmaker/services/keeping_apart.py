"""Which organizations are kept apart, whichever of the two asked for it: what everything that shows or pairs asks."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.people import Organization


def _kept_apart() -> sa.CompoundSelect[int]:
    """One query for each way of naming an organization: alternatives in a single join would scan the register.

    A merged double is kept with its old name and credit code, and stands for what it was merged into.
    """
    named, is_open = aliased(Organization), Avoidance.avoided_id.is_(None)
    by_words = (
        sa.and_(is_open, Avoidance.credit_code == named.credit_code),
        sa.and_(is_open, Avoidance.name == named.name),
    )
    ways = (Avoidance.avoided_id == named.id, *by_words)
    asked, meant = sa.bindparam("organization_id", type_=sa.Integer), sa.func.coalesce(named.merged_into_id, named.id)
    mine = [sa.select(meant).join(Avoidance, way).where(Avoidance.organization_id == asked) for way in ways]
    theirs = [sa.select(Avoidance.organization_id).join(named, way).where(named.id == asked) for way in ways]
    doubles = [
        sa.select(Avoidance.organization_id).join(named, way).where(named.merged_into_id == asked) for way in by_words
    ]
    return sa.union(*mine, *theirs, *doubles)


# Every request asks it, so it is put together once.
_KEPT_APART = _kept_apart()


def avoided_by(session: Session, organization_id: int) -> frozenset[int]:
    """Return the ids of the organizations that this one is kept apart from, by its own list or by theirs.

    An entry by name or credit code counts from the moment at which such an organization registers, and goes on
    where it is merged into another.
    """
    return frozenset(session.scalars(_KEPT_APART, {"organization_id": organization_id})) - {organization_id}


def avoids(session: Session, one: int, other: int) -> bool:
    """Whether two organizations are to be kept apart."""
    return other in avoided_by(session, one)
