"""The unmet-need map: who reads it, who has it drawn."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor


def can_see_unmet_needs(actor: Actor) -> bool:
    """Those who see all matches, and so may know which needs have no good one: brokers, bureau, administrator."""
    return actor.reads_all


def can_draw_unmet_needs(actor: Actor) -> bool:
    """The bureau and the administrator choose what counts as unmet; everybody else reads the one map."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}
