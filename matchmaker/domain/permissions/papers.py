"""Papers: who keeps their templates. Who may draft one follows from who may see the deal or the contract."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.campaigns import is_branch_staff


def can_keep_paper_templates(actor: Actor) -> bool:
    """The bureau's own staff; a branch uses what is there."""
    return actor.is_system or (actor.role is Role.BUREAU and not is_branch_staff(actor))
