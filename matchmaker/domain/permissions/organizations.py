"""Organizations: who edits, verifies and lists them, and who knows their people."""

from matchmaker.domain.people import OFFICES, Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.subjects import OrganizationLike


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
