"""The ledger: who reads the year's figures, who keeps them."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.campaigns import is_branch_staff


def can_see_ledger(actor: Actor) -> bool:
    """The bureau and the administrator; a branch its own part of it."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}


def can_keep_ledger(actor: Actor) -> bool:
    """The bureau's own staff define indicators, set targets, confirm records and close periods; a branch does not."""
    return actor.is_system or (actor.role is Role.BUREAU and not is_branch_staff(actor))


def can_date_branches(actor: Actor) -> bool:
    """Who keeps the ledger says when a branch opened: it counts as a promise, so no branch says it of itself."""
    return actor.role is Role.ADMIN or can_keep_ledger(actor)


def can_enter_records(actor: Actor) -> bool:
    """The bureau enters what the platform cannot see itself, a branch for itself."""
    return actor.is_system or actor.role is Role.BUREAU
