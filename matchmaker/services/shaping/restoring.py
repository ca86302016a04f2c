"""Putting a field back into its ordinary place in an organization's lists, and letting it sink again."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import upsert, utc_now
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_shape_lists
from matchmaker.domain.shaping import RestoredField


def restore_field(session: Session, actor: Actor, field: str) -> None:
    """Keep a field in its ordinary place for the actor's organization, whatever it declines; twice is once.

    Raises:
        Forbidden: the actor has no lists of his own.
        NotFound: there is no such field.
    """
    organization_id = _require(actor, field)
    row = {"organization_id": organization_id, "field": field, "restored_by_id": actor.user_id}
    added = upsert(session, RestoredField).values(**row, restored_at=utc_now()).on_conflict_do_nothing()
    if session.scalar(added.returning(RestoredField.id)) is not None:
        record(session, actor, "restore_field", "organization", organization_id, field=field)


def sink_field(session: Session, actor: Actor, field: str) -> None:
    """Let the declines of the actor's organization count again for a field that it had restored.

    Raises:
        Forbidden, NotFound: as `restore_field`.
    """
    organization_id = _require(actor, field)
    mine = RestoredField.organization_id == organization_id, RestoredField.field == field
    if session.scalar(sa.delete(RestoredField).where(*mine).returning(RestoredField.id)) is not None:
        record(session, actor, "sink_field", "organization", organization_id, field=field)


def _require(actor: Actor, field: str) -> int:
    """Return the organization whose lists the actor shapes."""
    if actor.organization_id is None or not can_shape_lists(actor):
        raise Forbidden(N_("只有企业和高校院所的成员可以调整本单位匹配的排序。"))
    if field not in codes.table("contract_fields"):
        raise NotFound(N_("没有这个技术领域。"))
    return actor.organization_id
