"""Which organizations are kept apart, whichever of the two asked for it: what everything that shows or pairs asks."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.people import Organization


def avoided_by(session: Session, organization_id: int) -> frozenset[int]:
    """Return the ids of the organizations that this one is kept apart from, by its own list or by theirs.

    An entry by name or credit code counts from the moment at which such an organization registers.
    """
    named = aliased(Organization)
    meant = sa.or_(
        Avoidance.avoided_id == named.id,
        sa.and_(
            Avoidance.avoided_id.is_(None),
            sa.or_(Avoidance.credit_code == named.credit_code, Avoidance.name == named.name),
        ),
    )
    mine = sa.select(named.id).join(Avoidance, meant).where(Avoidance.organization_id == organization_id)
    theirs = sa.select(Avoidance.organization_id).join(named, meant).where(named.id == organization_id)
    return frozenset(session.scalars(sa.union(mine, theirs))) - {organization_id}


def avoids(session: Session, one: int, other: int) -> bool:
    """Whether two organizations are to be kept apart."""
    return other in avoided_by(session, one)
