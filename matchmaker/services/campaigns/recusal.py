"""Recusal: which entries an expert must not judge."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.campaigns import CampaignExpert
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Membership, MembershipState
from matchmaker.services.keeping_apart import avoided_by


@dataclass(frozen=True, slots=True)
class Ties:
    """What ties one expert: his organizations, those that must be kept apart from them, and himself as a broker."""

    user_id: int
    organizations: frozenset[int]
    apart: frozenset[int]

    def forbid(self, listing: Listing) -> bool:
        """Whether he must not judge this listing."""
        return listing.organization_id in self.organizations | self.apart or self.user_id in {
            listing.broker_id,
            listing.owner_id,
        }


def ties_of(session: Session, experts: Iterable[CampaignExpert]) -> dict[int, Ties]:
    """Return the ties of experts, by their id: every organization that they belong to now counts."""
    experts = list(experts)
    belongs: dict[int, set[int]] = {expert.user_id: {expert.organization_id} for expert in experts}
    rows = session.execute(
        sa.select(Membership.user_id, Membership.organization_id).where(
            Membership.user_id.in_(belongs), Membership.state != MembershipState.ENDED
        )
    )
    for user_id, organization_id in rows:
        belongs[user_id].add(organization_id)
    apart = {office: avoided_by(session, office) for offices in belongs.values() for office in offices}
    return {
        expert.id: Ties(
            user_id=expert.user_id,
            organizations=frozenset(belongs[expert.user_id]),
            apart=frozenset().union(*(apart[office] for office in belongs[expert.user_id])),
        )
        for expert in experts
    }
