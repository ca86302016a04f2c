"""Imports as their pages show them: one, or all that somebody may follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.imports import Import
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import Actor
from matchmaker.services.imports.findings import Findings
from matchmaker.services.imports.options import ImportOptions
from matchmaker.services.imports.stages import Stage, options_of, stage_of
from matchmaker.services.jobs import JobView, view_job

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import as its page shows it; `owner_name` is of the organization whose rows are that name none."""

    id: int
    kind: str
    name: str
    size: int
    stage: Stage
    job: JobView
    owner_name: str
    options: ImportOptions
    findings: Findings | None
    columns: Mapping[str, str]
    created_at: datetime
    has_file: bool


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One page of imports, the newest first."""

    imports: tuple[ImportView, ...]
    total: int
    number: int
    pages: int


def my_imports(session: Session, actor: Actor, page: int = 1) -> ImportPage:
    """Return the imports that the actor may follow, the newest first."""
    own = [Import.organization_id == actor.organization_id]
    if actor.role is Role.BROKER:  # a broker's clients are his own, see can_see_job
        own.append(Import.user_id == actor.user_id)
    total = session.scalar(sa.select(sa.func.count()).select_from(Import).where(*own)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, page), pages)
    rows = session.execute(
        sa.select(Import, Organization.name)
        .outerjoin(Organization, Organization.id == Import.default_owner_id)
        .where(*own)
        .options(joinedload(Import.job))
        .order_by(Import.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return ImportPage(tuple(_view(found, name or "") for found, name in rows), total, number, pages)


def view_import(session: Session, found: Import) -> ImportView:
    """Return what the page of an import shows."""
    owner = session.get(Organization, found.default_owner_id) if found.default_owner_id else None
    return _view(found, owner.name if owner else "")


def _view(found: Import, owner_name: str) -> ImportView:
    return ImportView(
        id=found.id,
        kind=found.kind,
        name=found.name,
        size=found.size,
        stage=stage_of(found),
        job=view_job(found.job),
        owner_name=owner_name,
        options=options_of(found),
        findings=Findings.from_json(found.findings) if found.findings else None,
        columns=found.columns or {},
        created_at=found.created_at,
        has_file=found.file_deleted_at is None,
    )
