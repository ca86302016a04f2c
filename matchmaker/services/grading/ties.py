"""Whom a grader is too close to: he grades nothing of his own organizations, of a client's, or of a deal of his."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal
from matchmaker.domain.people import Membership, MembershipState, User
from matchmaker.domain.permissions.listings import REVIEWERS
from matchmaker.services.keeping_apart import kept_apart_pairs


class Owned(Protocol):
    """What is asked of a listing here."""

    @property
    def organization_id(self) -> int: ...
    @property
    def broker_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Ties:
    """One grader's: `organizations` are his own and those that they are kept apart from, `deals` the two organizations
    of each deal that he owns."""

    user_id: int
    organizations: frozenset[int]
    deals: frozenset[frozenset[int]]

    def bar(self, need: Owned, achievement: Owned) -> bool:
        """Whether he must not grade this pair."""
        sides = frozenset({need.organization_id, achievement.organization_id})
        is_client = self.user_id in (need.broker_id, achievement.broker_id)
        return is_client or not sides.isdisjoint(self.organizations) or sides in self.deals


def ties_of(session: Session, user_ids: Collection[int]) -> Mapping[int, Ties]:
    """Return the ties of each of these users, by three queries."""
    apart: dict[int, set[int]] = defaultdict(set)
    for one, other in map(tuple, (pair for pair in kept_apart_pairs(session) if len(pair) > 1)):
        apart[one].add(other)
        apart[other].add(one)
    own: dict[int, set[int]] = defaultdict(set)
    for user_id, organization_id in session.execute(
        sa.select(Membership.user_id, Membership.organization_id).where(
            Membership.user_id.in_(user_ids), Membership.state == MembershipState.ACTIVE
        )
    ):
        own[user_id] |= {organization_id} | apart[organization_id]
    deals: dict[int, set[frozenset[int]]] = defaultdict(set)
    for owner_id, one, other in session.execute(
        sa.select(Deal.owner_id, Deal.one_organization_id, Deal.other_organization_id).where(
            Deal.owner_id.in_(user_ids)
        )
    ):
        deals[owner_id or 0].add(frozenset({one, other}))
    return {user: Ties(user, frozenset(own[user]), frozenset(deals[user])) for user in user_ids}


def possible_graders(session: Session) -> frozenset[int]:
    """Return everybody who could sit down at the desk now."""
    roles = [role.value for role in REVIEWERS]
    query = (
        sa.select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.role.in_(roles),
            Membership.state == MembershipState.ACTIVE,
            User.disabled_at.is_(None),
            User.deleted_at.is_(None),
        )
    )
    return frozenset(session.scalars(query))
