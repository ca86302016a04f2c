"""The grading desk: who grades pairs, who has them drawn, and who sees how far the graders agree."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.campaigns import is_branch_staff
from matchmaker.domain.permissions.listings import REVIEWERS


def can_grade(actor: Actor) -> bool:
    """Brokers and the bureau's staff: they read both texts whole anyway."""
    return actor.signed_in and actor.role in REVIEWERS


def can_draw_pairs(actor: Actor) -> bool:
    """The bureau's own staff and the administrator; a command on the machine too."""
    return actor.is_system or can_see_all_grades(actor)


def can_see_all_grades(actor: Actor) -> bool:
    """What single persons said of pairs, and how far each can be relied on: no branch, and no other broker."""
    return actor.role is Role.ADMIN or (actor.role is Role.BUREAU and not is_branch_staff(actor))


def can_see_agreement(actor: Actor) -> bool:
    """Those who see all grades, and each grader his own."""
    return can_grade(actor) or can_see_all_grades(actor)
