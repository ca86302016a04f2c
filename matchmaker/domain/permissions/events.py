"""Events: who plans and runs them, who reads them, who may come."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.organizations import can_list_organizations
from matchmaker.domain.permissions.subjects import EventLike, RegistrationLike, owns


def can_plan_events(actor: Actor) -> bool:
    """Brokers and the bureau, its branches included, plan events."""
    return actor.is_system or actor.role in {Role.BROKER, Role.BUREAU}


def can_run_event(actor: Actor, event: EventLike) -> bool:
    """Those who plan events in the organising organization run it, and so does the bureau itself."""
    return actor.is_system or actor.role is Role.BUREAU or (can_plan_events(actor) and owns(actor, event))


def can_read_event(actor: Actor, event: EventLike) -> bool:
    """Everybody once it was announced, whatever became of it; before that only those who run it.

    An event of a suspended organization is known to the bureau only.
    """
    if can_run_event(actor, event):
        return True
    is_public = event.announced_at is not None
    return is_public and (not event.is_suspended or can_list_organizations(actor))


def can_register(actor: Actor) -> bool:
    """Whoever acts for an organization may come for it."""
    return actor.signed_in and actor.organization_id is not None and actor.role is not None


def can_change_registration(actor: Actor, registration: RegistrationLike) -> bool:
    """The person himself, whoever of his organization registered him, and the owners of that organization."""
    if not actor.signed_in:
        return False
    if actor.user_id == registration.user_id:
        return True
    return owns(actor, registration) and (actor.is_owner or actor.user_id == registration.registered_by_id)
