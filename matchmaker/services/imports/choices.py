"""What an organization once said that the columns of its lists mean."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.imports import ColumnChoice
from matchmaker.domain.permissions import Actor
from matchmaker.services.imports.columns import headings_hash


def remembered_columns(
    session: Session, organization_id: int, kind: str, headings: tuple[str, ...]
) -> dict[str, str] | None:
    """Return what an organization once said that these very columns mean, or None."""
    choice = session.scalar(_choice(organization_id, kind, headings))
    if choice is None:
        return None
    return {heading: choice.columns.get(heading, "") for heading in headings}


def remember_columns(
    session: Session, actor: Actor, kind: str, headings: tuple[str, ...], columns: Mapping[str, str]
) -> None:
    """Keep for the next list of the actor's organization what these columns mean."""
    assert actor.organization_id is not None, "who imports acts for an organization"  # noqa: S101
    choice = session.scalar(_choice(actor.organization_id, kind, headings).with_for_update())
    if choice is None:
        choice = ColumnChoice(
            organization_id=actor.organization_id, kind=kind, headings_hash=headings_hash(headings), columns={}
        )
        session.add(choice)
    choice.columns = dict(columns)


def _choice(organization_id: int, kind: str, headings: tuple[str, ...]) -> sa.Select[ColumnChoice]:
    return sa.select(ColumnChoice).where(
        ColumnChoice.organization_id == organization_id,
        ColumnChoice.kind == kind,
        ColumnChoice.headings_hash == headings_hash(headings),
    )
