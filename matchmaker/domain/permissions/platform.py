"""The platform itself: its operation, its figures, and who is let in to it."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.campaigns import is_branch_staff


def can_administer(actor: Actor) -> bool:
    """The status page and the platform's operation."""
    return actor.role is Role.ADMIN


def can_edit_terms(actor: Actor) -> bool:
    """The list of technical terms decides what everybody's search finds: it is the administrator's."""
    return actor.is_system or actor.role is Role.ADMIN


def can_see_languages(actor: Actor) -> bool:
    """How well each language is matched, and measuring it."""
    return actor.is_system or actor.role is Role.ADMIN


def can_appoint_admins(actor: Actor) -> bool:
    """An administrator makes others; the first one is made by command."""
    return actor.is_system or actor.role is Role.ADMIN


def can_choose_ranker(actor: Actor) -> bool:
    """Which trained ranker serves is the administrator's choice, on the page or by command on the machine."""
    return actor.is_system or actor.role is Role.ADMIN


def can_confirm_brokers(actor: Actor) -> bool:
    """A broker sees what others hide, so the bureau confirms each one."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}


def can_read_journal(actor: Actor) -> bool:
    """Everything that anybody did, and whether it still stands as it was written: the bureau's own staff, and the
    administrator."""
    return actor.is_system or actor.role is Role.ADMIN or (actor.role is Role.BUREAU and not is_branch_staff(actor))


def can_see_funnel(actor: Actor) -> bool:
    """How far all that was collected has come, whoever posted it: the bureau's own figures."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}
