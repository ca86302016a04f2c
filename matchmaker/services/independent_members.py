"""Members of other organizations whom one may ask to judge: experts of a campaign, judges of a roadshow."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.people import Membership, MembershipState, Organization, Role, User
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.reading.text import line

SHOWN = 20
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class IndependentMembers:
    """Active members of checked organizations of `kinds`, and brokers, but for the users that `invited` selects."""

    kinds: Collection[str]
    invited: sa.Select[int]

    def named(self, session: Session, text: str) -> list[Membership]:
        """Return the first SHOWN by name, of those whose own name or organization's has `text` in it."""
        query = self._query().order_by(User.name, Membership.id).limit(SHOWN)
        if words := line(text)[:LONGEST_SEARCH]:
            by_name = User.name.icontains(words, autoescape=True)
            query = query.where(sa.or_(by_name, Organization.name.icontains(words, autoescape=True)))
        return list(session.scalars(query))

    def one(self, session: Session, membership_id: int) -> Membership | None:
        """Return one of them, None where this is none of them."""
        return session.scalar(self._query().where(Membership.id == min(membership_id, LARGEST_ID)))

    def _query(self) -> sa.Select[Membership]:
        return (
            sa.select(Membership)
            .join(User, User.id == Membership.user_id)
            .join(Organization, Organization.id == Membership.organization_id)
            .where(
                Membership.state == MembershipState.ACTIVE,
                sa.or_(Organization.kind.in_(self.kinds), Membership.role == Role.BROKER),
                Organization.verified_at.is_not(None),
                Organization.suspended_at.is_(None),
                User.disabled_at.is_(None),
                User.deleted_at.is_(None),
                User.id.not_in(self.invited),
            )
            .options(joinedload(Membership.user), joinedload(Membership.organization))
        )
