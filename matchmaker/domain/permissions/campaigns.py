"""Campaigns: who runs and follows them, and who judges what is entered."""

from matchmaker.domain.people import OrganizationKind, Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.subjects import CampaignLike


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
