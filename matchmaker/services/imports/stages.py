"""An import on its way through the browser: upload, columns, preview, run."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.imports import Import, ImportProblem
from matchmaker.domain.jobs import Job, JobKind, JobState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Visibility
from matchmaker.domain.permissions import Actor, can_see_job
from matchmaker.services import jobs
from matchmaker.services.imports.choices import remember_columns
from matchmaker.services.imports.findings import Findings, is_target
from matchmaker.services.imports.importing import require_importer
from matchmaker.services.imports.options import Arrival, ImportOptions
from matchmaker.services.imports.owners import default_owner
from matchmaker.services.imports.rows import RowOptions
from matchmaker.services.jobs import LARGEST_ID
from matchmaker.services.uploads import StoredFile


class Stage(StrEnum):
    """Where an import stands: what its page shows."""

    READING = "reading"
    UNREADABLE = "unreadable"
    COLUMNS = "columns"
    PREVIEW = "preview"
    RUNNING = "running"
    RESULT = "result"


def begin_import(
    session: Session, actor: Actor, kind: str, stored: StoredFile, *, organization: str | None = None
) -> Import:
    """Take up an uploaded list; the worker reads its columns first.

    `organization` (id, credit code or name) owns the rows that name none: for the bureau whoever it likes, for a
    broker the client; others import for their own.

    Raises:
        Forbidden: the actor may not import this kind.
        Invalid: there is no such organization, or it is no client.
    """
    options = ImportOptions(organization=organization)
    require_importer(actor, kind, options)
    owner = default_owner(session, actor, kind, options)
    job = jobs.order(session, actor, JobKind.CHECK_IMPORT)
    found = Import(
        kind=kind,
        organization_id=actor.organization_id,
        user_id=actor.user_id,
        default_owner_id=owner,
        job=job,
        name=stored.name,
        sha256=stored.sha256,
        size=stored.size,
        options=_plain(options),
    )
    session.add(found)
    session.flush()
    job.arguments = {"import_id": found.id}
    session.flush()
    return found


def get_import(session: Session, actor: Actor, import_id: int) -> Import:
    """Return an import that `actor` may follow.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    known = 0 < import_id <= LARGEST_ID
    found = session.get(Import, import_id, options=[joinedload(Import.job)]) if known else None
    if found is None or not can_see_job(actor, found):
        raise NotFound(N_("没有找到这次导入，它可能已被清理，或您无权查看。"))
    return found


def choose_columns(
    session: Session,
    actor: Actor,
    found: Import,
    columns: Mapping[str, str],
    *,
    arrival: str,
    visibility: str,
    create_organizations: bool = False,
) -> None:
    """Say what the columns mean and how rows arrive; it is remembered for the organization's next list of the kind.

    The dry run is repeated, unless everything is as it was when it was made.

    Raises:
        Conflict: the import runs, or its file is gone.
        Invalid: no column is the title, or a choice is none of those offered.
        Forbidden: the actor may not import in this way.
    """
    _require_stage(session, found, Stage.COLUMNS, Stage.PREVIEW)
    findings = Findings.from_json(found.findings or {})
    columns = {heading: columns.get(heading, "") for heading in findings.headings}
    _check_columns(found.kind, columns)
    if arrival not in {Arrival.DRAFT, Arrival.SUBMITTED} or visibility not in set(Visibility):
        raise Invalid(N_("请从列表中选择。"))
    options = ImportOptions(
        rows=RowOptions(visibility=visibility),
        organization=options_of(found).organization,
        create_organizations=create_organizations,
        arrival=Arrival(arrival),
    )
    require_importer(actor, found.kind, options)
    is_checked = columns == findings.columns and _plain(options) == found.options and findings.rows > 0
    found.columns, found.options = columns, _plain(options)
    remember_columns(session, actor, found.kind, findings.headings, columns)
    if not is_checked:
        found.job = jobs.order(session, actor, JobKind.CHECK_IMPORT, import_id=found.id)
    session.flush()


def run_import(session: Session, actor: Actor, found: Import, *, declared: bool) -> None:
    """Begin writing; after a run that was cancelled or failed, go on: rows that stand already stay as they are.

    `declared`: the person states that nothing in the list is classified. Pressing the button twice begins one run.

    Raises:
        Conflict: the preview is not there yet, or the file is gone.
        Invalid: the declaration is missing.
    """
    _lock(session, found)
    if stage_of(found) is Stage.RUNNING:
        return
    _require_stage(session, found, Stage.PREVIEW, Stage.RESULT)
    require_importer(actor, found.kind, options_of(found))
    if not declared:
        raise Invalid(N_("请先确认内容不涉及国家秘密。"), {"declared": N_("请勾选此项声明。")})
    session.execute(sa.delete(ImportProblem).where(ImportProblem.import_id == found.id))
    found.job = jobs.order(session, actor, JobKind.IMPORT, import_id=found.id)
    record(session, actor, "run", Import.subject_kind, found.id, kind=found.kind, sha256=found.sha256)
    session.flush()


def stage_of(found: Import) -> Stage:
    """Return where an import stands."""
    if found.job.kind == JobKind.IMPORT:
        return Stage.RESULT if found.job.is_over else Stage.RUNNING
    if not found.job.is_over:
        return Stage.READING
    if found.job.state != JobState.DONE:
        return Stage.UNREADABLE
    return Stage.COLUMNS if found.columns is None else Stage.PREVIEW


def options_of(found: Import) -> ImportOptions:
    """Return how an import is to be done."""
    stored = found.options
    return ImportOptions(
        rows=RowOptions(visibility=stored["visibility"]),
        organization=stored["organization"],
        create_organizations=stored["create_organizations"],
        arrival=Arrival(stored["arrival"]),
        columns=found.columns,
    )


def _check_columns(kind: str, columns: Mapping[str, str]) -> None:
    if any(not is_target(kind, name) for name in columns.values()):
        raise Invalid(N_("请从列表中选择。"))
    if "title" not in columns.values():
        raise Invalid(N_("请指出哪一列是名称：没有名称的行不能导入。"))


def _require_stage(session: Session, found: Import, *stages: Stage) -> None:
    _lock(session, found)
    if stage_of(found) not in stages:
        raise Conflict(N_("这次导入的进度已经变化，请刷新页面查看。"))
    if found.file_deleted_at is not None:
        raise Conflict(N_("上传的文件已经清理，请重新上传。"))


def _lock(session: Session, found: Import) -> None:
    for row in (Import, Job):
        row_id = found.id if row is Import else found.job_id
        session.scalars(
            sa.select(row).where(row.id == row_id).with_for_update().execution_options(populate_existing=True)
        ).one()


def _plain(options: ImportOptions) -> dict[str, Any]:
    return {
        "organization": options.organization,
        "arrival": options.arrival.value,
        "visibility": str(options.rows.visibility),
        "create_organizations": options.create_organizations,
    }
