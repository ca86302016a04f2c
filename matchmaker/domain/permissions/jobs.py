"""Lists brought in and taken along, and the jobs that do it."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.listings import can_post
from matchmaker.domain.permissions.subjects import JobLike


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
