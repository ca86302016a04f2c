"""Deals: who sees one, who moves it, who hands it on."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.subjects import DealLike


def is_deal_party(actor: Actor, deal: DealLike) -> bool:
    """Whether the actor acts for one of its two organizations."""
    sides = {deal.one_organization_id, deal.other_organization_id}
    return actor.role is not None and actor.organization_id in sides


def owns_deal(actor: Actor, deal: DealLike) -> bool:
    """Whether the actor is the broker who follows it up."""
    return actor.role is Role.BROKER and deal.owner_id is not None and deal.owner_id == actor.user_id


def can_see_deal(actor: Actor, deal: DealLike) -> bool:
    """Its two organizations, the broker who follows it up, and the bureau."""
    is_office = actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}
    return is_office or is_deal_party(actor, deal) or owns_deal(actor, deal)


def can_move_deal(actor: Actor, deal: DealLike) -> bool:
    """Whoever sees it, but for the administrator, who looks on."""
    return can_see_deal(actor, deal) and actor.role is not Role.ADMIN


def can_hand_over_deal(actor: Actor, deal: DealLike) -> bool:
    """Its broker hands it on; the bureau gives it to one, or to another."""
    return actor.is_system or actor.role is Role.BUREAU or owns_deal(actor, deal)


def can_list_deals(actor: Actor) -> bool:
    """Whoever acts for an organization has a list, if only an empty one."""
    return actor.role is not None
