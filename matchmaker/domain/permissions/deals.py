"""Deals: who sees one, who moves it, who hands it on, and who reads which of its papers."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.campaigns import is_branch_staff
from matchmaker.domain.permissions.subjects import DealLike

OPENERS = frozenset({Role.ENTERPRISE, Role.UNIVERSITY, Role.BROKER, Role.BUREAU})


def is_deal_party(actor: Actor, deal: DealLike) -> bool:
    """Whether the actor acts for one of its two organizations."""
    sides = {deal.one_organization_id, deal.other_organization_id}
    return actor.role is not None and actor.organization_id in sides


def owns_deal(actor: Actor, deal: DealLike) -> bool:
    """Whether the actor is the broker who follows it up."""
    return actor.role is Role.BROKER and deal.owner_id is not None and deal.owner_id == actor.user_id


def keeps_deal(actor: Actor, deal: DealLike) -> bool:
    """The bureau's desk: its own staff for every deal, a branch's for those of its organizations."""
    if actor.role is not Role.BUREAU:
        return actor.is_system
    return not is_branch_staff(actor) or actor.organization_id in deal.branch_ids


def can_see_deal(actor: Actor, deal: DealLike) -> bool:
    """Its two organizations, the broker who follows it up, and the bureau."""
    is_office = keeps_deal(actor, deal) or actor.role is Role.ADMIN
    return is_office or is_deal_party(actor, deal) or owns_deal(actor, deal)


def can_move_deal(actor: Actor, deal: DealLike) -> bool:
    """Whoever sees it, but for the administrator, who looks on."""
    return can_see_deal(actor, deal) and actor.role is not Role.ADMIN


def can_hand_over_deal(actor: Actor, deal: DealLike) -> bool:
    """The bureau gives it to a broker, or to another one."""
    return keeps_deal(actor, deal)


def can_offer_deal(actor: Actor, deal: DealLike) -> bool:
    """Its broker offers it to another one, who may decline."""
    return owns_deal(actor, deal)


def can_read_for_office(actor: Actor, deal: DealLike) -> bool:
    """Who reads what is for the broker and the bureau: not the administrator, who looks on."""
    return owns_deal(actor, deal) or keeps_deal(actor, deal)


def can_list_deals(actor: Actor) -> bool:
    """Whoever acts for an organization has a list, if only an empty one."""
    return actor.role is not None


def can_open_by_hand(actor: Actor) -> bool:
    """Brokers and the bureau between any two organizations, a party for its own."""
    return actor.role in OPENERS


def can_clear_queue(actor: Actor) -> bool:
    """Who finds a broker for deals that have none."""
    return actor.is_system or actor.role is Role.BUREAU


def can_read_broker_record(actor: Actor, broker_id: int) -> bool:
    """His deals, amounts and rates: the broker himself, and the bureau."""
    is_own = actor.role is Role.BROKER and actor.user_id == broker_id
    return is_own or actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}
