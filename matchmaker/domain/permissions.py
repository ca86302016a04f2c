"""Who may do what. Templates hide by the same predicates that services enforce."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from matchmaker.domain.fields import Layer
from matchmaker.domain.people import OFFICES, OrganizationKind, Role

READERS_OF_ALL = frozenset({Role.BROKER, Role.BUREAU, Role.ADMIN})
REVIEWERS = frozenset({Role.BROKER, Role.BUREAU})
POSTERS = {"need": frozenset({Role.ENTERPRISE}), "achievement": frozenset({Role.UNIVERSITY, Role.ENTERPRISE})}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a user in one of his organizations, a visitor, or the platform itself (worker, commands).

    `opened` are the listings of others of which a layer was opened to his organization, `avoided` the organizations
    that his own must not see, nor they it (see services/actors.py, which loads both).
    """

    user_id: int | None = None
    organization_id: int | None = None
    role: Role | None = None
    name: str = ""
    organization_name: str = ""
    is_owner: bool = False
    is_system: bool = False
    # The organization whose suspension has taken the actor's role: he may still read what is its own.
    suspended_organization_id: int | None = None
    language: str | None = None
    opened: Mapping[int, Layer] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    avoided: frozenset[int] = frozenset()
    organization_kind: str = ""

    @classmethod
    def anonymous(cls) -> "Actor":
        """A visitor who has not logged in."""
        return cls()

    @classmethod
    def system(cls) -> "Actor":
        """The platform itself, for commands on the machine and the worker."""
        return cls(name="system", is_system=True)

    @property
    def signed_in(self) -> bool:
        """Whether a person stands behind this actor."""
        return self.user_id is not None

    @property
    def reads_all(self) -> bool:
        """Whether hidden layers of listings are open to this actor."""
        return self.is_system or self.role in READERS_OF_ALL


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


def can_post(actor: Actor, kind: str) -> bool:
    """Enterprises post needs and achievements, universities achievements; brokers either for a client."""
    return actor.role is not None and (actor.role in POSTERS.get(kind, frozenset()) or actor.role is Role.BROKER)


def can_post_for_client(actor: Actor) -> bool:
    """Only a broker posts in another organization's name, and its member must confirm."""
    return actor.role is Role.BROKER


def can_edit_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Members of the owning organization, and the broker who posted it for them, as long as he acts as one."""
    return owns(actor, listing) or (actor.role is Role.BROKER and actor.user_id == listing.broker_id)


def can_close_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Its editors; and the bureau, which must be able to take down what should not have been published."""
    return can_edit_listing(actor, listing) or (actor.role is Role.BUREAU and listing.state == "published")


def can_restore_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Its own organization; the broker who wrote it only what was never published, for the client may have ended it."""
    return owns(actor, listing) or (can_edit_listing(actor, listing) and listing.published_revision_id is None)


def can_confirm_listing(actor: Actor, listing: OwnedListing) -> bool:
    """The client, never the broker who wrote it."""
    return owns(actor, listing) and actor.user_id != listing.broker_id


def can_review(actor: Actor) -> bool:
    """The bureau's or a broker's review desk."""
    return actor.is_system or actor.role in REVIEWERS


def can_review_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Two pairs of eyes: nobody reviews what his own organization, or he himself for a client, has posted."""
    if actor.is_system:
        return True
    return can_review(actor) and not owns(actor, listing) and actor.user_id != listing.broker_id


def can_read_inside(actor: Actor, listing: OwnedListing) -> bool:
    """The full text of a listing, whatever its visibility, drafts excepted."""
    return can_edit_listing(actor, listing) or actor.reads_all or owned_before(actor, listing)


def can_read_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Whether the actor may know that the listing exists."""
    if owns(actor, listing) or owned_before(actor, listing):
        return True
    if listing.is_suspended and not can_list_organizations(actor):
        return False
    if can_edit_listing(actor, listing):
        return True
    if kept_apart(actor, listing):
        return False
    # Not published and not before the review desk (a draft, one that a client has yet to confirm, one given up).
    if listing.published_revision_id is None and listing.state not in {"submitted", "returned"}:
        return actor.is_system
    if actor.reads_all:
        return True
    if listing.taken_down:
        return False
    return listing.published_revision_id is not None and (listing.visibility != "brokers" or listing.id in actor.opened)


def can_sign(actor: Actor, listing: OwnedListing) -> bool:
    """Whoever answers for the organization that owns the listing."""
    return owns(actor, listing) and actor.is_owner


def can_propose_match(actor: Actor) -> bool:
    """Pairs are proposed by hand by brokers only."""
    return actor.role is Role.BROKER


def can_see_all_matches(actor: Actor) -> bool:
    """Brokers, bureau and admin see every pair."""
    return actor.reads_all


def can_edit_organization(actor: Actor, organization: OrganizationLike) -> bool:
    """Its owner, and the bureau; a public office is in its own hands and the administrator's only."""
    if actor.is_system or actor.role is Role.ADMIN:
        return True
    if actor.is_owner and actor.organization_id == organization.id:
        return True
    return actor.role is Role.BUREAU and organization.kind not in OFFICES


def can_manage_members(actor: Actor, organization: OrganizationLike) -> bool:
    """Whoever may edit the organization also says who belongs to it."""
    return can_edit_organization(actor, organization)


def can_manage_webhooks(actor: Actor, organization: OrganizationLike) -> bool:
    """Its owners and, in an agency, its brokers: what happens to its listings goes to a chat of theirs."""
    return actor.organization_id == organization.id and (actor.is_owner or actor.role is Role.BROKER)


def can_see_members(actor: Actor, organization: OrganizationLike) -> bool:
    """Colleagues know one another; beyond them only those who manage the members see who they are."""
    return actor.organization_id == organization.id or can_manage_members(actor, organization)


def can_manage_inventors(actor: Actor, organization: OrganizationLike) -> bool:
    """The organization's own members: who its inventors are is personal data, the bureau's eyes included."""
    return actor.organization_id == organization.id and actor.role in {Role.UNIVERSITY, Role.ENTERPRISE}


def can_see_avoid_list(actor: Actor) -> bool:
    """The members of an organization that posts or brokers; public offices avoid nobody."""
    return actor.role in {Role.ENTERPRISE, Role.UNIVERSITY, Role.BROKER}


def can_avoid(actor: Actor) -> bool:
    """Whoever answers for such an organization says whom it must not meet."""
    return can_see_avoid_list(actor) and actor.is_owner


def can_list_organizations(actor: Actor) -> bool:
    """The register of all organizations, with its new and unchecked entries, is the bureau's."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}


def can_verify_organizations(actor: Actor) -> bool:
    """The bureau compares name and credit code with the official register."""
    return can_list_organizations(actor)


def can_apply_for_verification(actor: Actor, organization: OrganizationLike) -> bool:
    """Its owners hand in the documents; a public office needs no verification."""
    return actor.is_owner and actor.organization_id == organization.id and organization.kind not in OFFICES


def can_appoint_admins(actor: Actor) -> bool:
    """An administrator makes others; the first one is made by command."""
    return actor.is_system or actor.role is Role.ADMIN


def can_see_funnel(actor: Actor) -> bool:
    """How far all that was collected has come, whoever posted it: the bureau's own figures."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}


def can_see_duplicates(actor: Actor) -> bool:
    """Near-duplicates are found in full texts, so only those who read all learn of them."""
    return actor.reads_all


def can_confirm_brokers(actor: Actor) -> bool:
    """A broker sees what others hide, so the bureau confirms each one."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}


def can_import_for_all(actor: Actor) -> bool:
    """Lists of everybody's are brought in by command on the machine, and by the bureau."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}


def can_import(actor: Actor, kind: str) -> bool:
    """Whoever posts a kind brings in lists of it, for the organizations that he posts for."""
    return can_import_for_all(actor) or can_post(actor, kind)


def can_export(actor: Actor) -> bool:
    """Whoever acts for an organization takes its listings along."""
    return actor.role is not None


def can_export_all(actor: Actor) -> bool:
    """All that it may read, for the bureau's own work and reports."""
    return actor.role in {Role.BUREAU, Role.ADMIN}


def can_see_job(actor: Actor, job: JobLike) -> bool:
    """Whoever ordered it, while he acts for the same organization; and his colleagues, unless they are brokers, whose
    clients are each broker's own."""
    if actor.is_system:
        return True
    if actor.organization_id is None or actor.organization_id != job.organization_id:
        return False
    return actor.user_id == job.user_id or actor.role is not Role.BROKER


def can_administer(actor: Actor) -> bool:
    """The status page and the platform's operation."""
    return actor.role is Role.ADMIN


def can_run_campaigns(actor: Actor) -> bool:
    """The bureau's own staff open, screen and close campaigns; a branch collects for them."""
    return actor.is_system or (actor.role is Role.BUREAU and not is_branch_staff(actor))


def can_follow_campaigns(actor: Actor) -> bool:
    """The bureau and the administrator see how far a campaign is, a branch its own part of it."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}


def is_branch_staff(actor: Actor) -> bool:
    """Whether the actor works for a branch: he follows what his branch collects, and no other's."""
    return actor.organization_kind == OrganizationKind.BRANCH


def can_read_campaign(actor: Actor, campaign: CampaignLike) -> bool:
    """Everybody once it was opened, whatever became of it; before that only those who run it."""
    return campaign.opened_at is not None or can_run_campaigns(actor)


def can_judge(actor: Actor) -> bool:
    """Those among whom experts are found see where their screening waits."""
    return actor.role in {Role.UNIVERSITY, Role.BROKER} or actor.organization_kind == OrganizationKind.SERVICE
