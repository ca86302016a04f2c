"""Which organizations are kept apart, whichever of the two asked for it: what everything that shows or pairs asks."""

from collections.abc import Collection

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


def _all_pairs() -> sa.CompoundSelect[int, int]:
    named, is_open = aliased(Organization), Avoidance.avoided_id.is_(None)
    ways = (
        Avoidance.avoided_id == named.id,
        sa.and_(is_open, Avoidance.credit_code == named.credit_code),
        sa.and_(is_open, Avoidance.name == named.name),
    )
    meant = sa.func.coalesce(named.merged_into_id, named.id)
    return sa.union(*(sa.select(Avoidance.organization_id, meant).join(named, way) for way in ways))


# Every request asks it, so it is put together once.
_KEPT_APART = _kept_apart()
_ALL_PAIRS = _all_pairs()


def avoided_by(session: Session, organization_id: int) -> frozenset[int]:
    """Return the ids of the organizations that this one is kept apart from, by its own list or by theirs.

    An entry by name or credit code counts from the moment at which such an organization registers, and goes on
    where it is merged into another.
    """
    return frozenset(session.scalars(_KEPT_APART, {"organization_id": organization_id})) - {organization_id}


def avoids(session: Session, one: int, other: int) -> bool:
    """Whether two organizations are to be kept apart."""
    return other in avoided_by(session, one)


def apart_among(session: Session, organization_ids: Collection[int]) -> frozenset[frozenset[int]]:
    """Return the pairs of these organizations that are kept apart, as `avoided_by` has it, by two queries."""
    ids = set(organization_ids)
    lists = session.scalars(sa.select(Avoidance).where(Avoidance.organization_id.in_(ids))).all()
    meant = sa.func.coalesce(Organization.merged_into_id, Organization.id)
    named = session.execute(
        sa.select(Organization.id, Organization.name, Organization.credit_code, meant).where(meant.in_(ids))
    ).all()
    return frozenset(
        frozenset({entry.organization_id, stands_for})
        for entry in lists
        for own_id, name, credit_code, stands_for in named
        if entry.organization_id != stands_for and _is_meant(entry, own_id, name, credit_code)
    )


def _is_meant(entry: Avoidance, own_id: int, name: str, credit_code: str | None) -> bool:
    if entry.avoided_id is not None:
        return entry.avoided_id == own_id
    return entry.name == name or (credit_code is not None and entry.credit_code == credit_code)


def kept_apart_pairs(session: Session) -> frozenset[frozenset[int]]:
    """Return all pairs of organizations that are to be kept apart, in one query: for lists over many of them."""
    return frozenset(frozenset(pair) for pair in session.execute(_ALL_PAIRS))
