"""What is acted on, as far as predicates need to know it, and whose it is."""

from datetime import datetime
from typing import Protocol

from matchmaker.domain.permissions.actors import Actor


class Owned(Protocol):
    """Anything that belongs to an organization."""

    @property
    def organization_id(self) -> int: ...


class OrganizationLike(Protocol):
    """What the predicates need to know of an organization."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...


class CampaignLike(Protocol):
    """What the predicates need to know of a campaign."""

    @property
    def opened_at(self) -> datetime | None: ...


class EventLike(Owned, Protocol):
    """What the predicates need to know of an event."""

    @property
    def announced_at(self) -> datetime | None: ...
    @property
    def is_suspended(self) -> bool: ...
    @property
    def owner_id(self) -> int | None: ...


class StaffLike(Protocol):
    """What the predicates need to know of somebody who works at an event."""

    @property
    def user_id(self) -> int | None: ...


class AppointmentLike(Protocol):
    """What the predicates need to know of an appointment."""

    @property
    def event(self) -> EventLike: ...
    @property
    def one(self) -> Owned: ...
    @property
    def other(self) -> Owned: ...
    @property
    def broker(self) -> StaffLike | None: ...
    @property
    def interpreter(self) -> StaffLike | None: ...


class DealLike(Protocol):
    """What the predicates need to know of a deal."""

    @property
    def one_organization_id(self) -> int: ...
    @property
    def other_organization_id(self) -> int: ...
    @property
    def owner_id(self) -> int | None: ...
    @property
    def branch_ids(self) -> frozenset[int]: ...


class ContractLike(Protocol):
    """What the predicates need to know of a contract."""

    @property
    def seller_organization_id(self) -> int: ...
    @property
    def buyer_organization_id(self) -> int: ...
    @property
    def deal(self) -> DealLike: ...


class RegistrationLike(Owned, Protocol):
    """What the predicates need to know of a registration."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def registered_by_id(self) -> int | None: ...


class OwnedListing(Owned, Protocol):
    """What the predicates need to know of a listing."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def visibility(self) -> str: ...
    @property
    def published_revision_id(self) -> int | None: ...
    @property
    def state(self) -> str: ...
    @property
    def broker_id(self) -> int | None: ...
    @property
    def is_suspended(self) -> bool: ...
    @property
    def taken_down(self) -> bool: ...


class JobLike(Protocol):
    """What the predicates need to know of a job."""

    @property
    def organization_id(self) -> int | None: ...
    @property
    def user_id(self) -> int | None: ...


def owns(actor: Actor, subject: Owned) -> bool:
    """Whether the subject belongs to the actor's own organization."""
    return actor.organization_id is not None and actor.organization_id == subject.organization_id


def owned_before(actor: Actor, subject: Owned) -> bool:
    """Whether the subject belongs to the suspended organization that the actor acted for."""
    return actor.suspended_organization_id is not None and actor.suspended_organization_id == subject.organization_id


def kept_apart(actor: Actor, subject: Owned) -> bool:
    """Whether the actor's organization and the subject's are to be kept apart, whichever of them asked for it."""
    return subject.organization_id in actor.avoided
