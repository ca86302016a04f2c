"""An export: ordering one, and doing it as a job of the worker, from what the viewer may read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.days import CITY_ZONE, today
from matchmaker.domain.disclosures import Way
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.fields import FieldSpec, FieldType, fields_of
from matchmaker.domain.jobs import Job, JobKind, JobState
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, ListingState, Revision
from matchmaker.domain.permissions import Actor, can_edit_listing, can_export, can_export_all, can_read_listing
from matchmaker.domain.states import STATE_NAMES
from matchmaker.services import jobs
from matchmaker.services.exports.cells import Cell, json_value, spreadsheet_cell, text_cell
from matchmaker.services.exports.writers import WRITERS, ExportColumn
from matchmaker.services.imports.columns import EXTERNAL_ID, LAYERS, ORGANIZATION, OWN_LABELS
from matchmaker.services.imports.existing import external_id_of
from matchmaker.services.imports.layer_cells import write_layers
from matchmaker.services.job_runner import JobContext, Steps
from matchmaker.services.projection import project
from matchmaker.services.reading.revisions import typed_value
from matchmaker.services.readings import collecting, write_readings

EXPORTS = "exports"
"""Folder of the data folder."""
KEPT = timedelta(days=2)
BATCH = 100

TITLES = {ListingKind.NEED: N_("技术需求"), ListingKind.ACHIEVEMENT: N_("科技成果")}
_STATE, _PUBLISHED_ON = "state", "published_on"
_EXTRAS = (ExportColumn(_STATE, N_("状态"), 10), ExportColumn(_PUBLISHED_ON, N_("发布日期"), 12))
_WIDTHS = {FieldType.PROSE: 48, FieldType.INDICATORS: 40, FieldType.CODES: 24, FieldType.WORDS: 24, FieldType.DAY: 12}


def order_export(
    session: Session, actor: Actor, kind: str, file_format: str, *, everything: bool = False, state: str | None = None
) -> Job:
    """Have the actor's listings of a kind written to a file: his organization's and what he posts for clients.

    `everything`: all that he may read, for the bureau. `state` keeps the listings in that state only.

    Raises:
        Forbidden: he has no listings, or may not have all.
        Invalid: no such kind, format or state.
    """
    if not can_export(actor) or (everything and not can_export_all(actor)):
        raise Forbidden(N_("您没有权限导出这些内容。"))
    if kind not in set(ListingKind) or file_format not in WRITERS or state not in (None, *ListingState):
        raise Invalid(N_("请从列表中选择。"))
    arguments: dict[str, Any] = {"kind": kind, "format": file_format, "everything": everything, "state": state}
    return jobs.order(session, actor, JobKind.EXPORT, **arguments)


def export_path(settings: Settings, job: Job) -> Path:
    """Return where a finished export lies.

    Raises:
        Conflict: it is not finished.
        NotFound: it was deleted after KEPT.
    """
    if job.state != JobState.DONE:
        raise Conflict(N_("导出还没有完成。"))
    path = _path(settings, job.id, job.arguments["format"])
    if not path.is_file():
        raise NotFound(N_("导出的文件已经清理，请重新导出。"))
    return path


def my_exports(session: Session, actor: Actor, limit: int = 10) -> list[Job]:
    """Return the last exports that the actor himself ordered in his present organization, the newest first."""
    own = Job.user_id == actor.user_id, Job.organization_id == actor.organization_id, Job.kind == JobKind.EXPORT
    return list(session.scalars(sa.select(Job).where(*own).order_by(Job.id.desc()).limit(limit)))


def export(context: JobContext) -> Steps:
    """Write the file; one that was cut off is begun anew."""
    kind, file_format = context.arguments["kind"], context.arguments["format"]
    if not can_export(context.actor) or (context.arguments["everything"] and not can_export_all(context.actor)):
        raise Forbidden(N_("您没有权限导出这些内容。"))
    path = _path(context.settings, context.job_id, file_format)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".partial")
    columns = columns_of(kind, with_organization=context.actor.reads_all)
    count = 0
    with WRITERS[file_format](aside, columns, TITLES[ListingKind(kind)]) as writer:
        for rows, read, expected in _batches(context, kind, columns):
            for cells, values in rows:
                writer.write(cells, values)
            count += len(rows)
            with context.database.transaction() as session:
                context.advance(session, read, expected, {"count": count})
            yield
    aside.replace(path)
    with context.database.transaction() as session:
        name = f"{TITLES[ListingKind(kind)]}-{today():%Y%m%d}.{file_format}"
        context.advance(session, count, max(count, 1), {"count": count, "name": name, "size": path.stat().st_size})


def columns_of(kind: str, *, with_organization: bool) -> tuple[ExportColumn, ...]:
    """Return the columns of an export: which listing it is, whose where there can be several, and all its fields."""
    own = [ExportColumn(EXTERNAL_ID, OWN_LABELS[EXTERNAL_ID])]
    if with_organization:
        own.append(ExportColumn(ORGANIZATION, OWN_LABELS[ORGANIZATION], 28))
    fields = (ExportColumn(spec.name, spec.label, _width(spec)) for spec in fields_of(kind))
    return (*own, *fields, ExportColumn(LAYERS, OWN_LABELS[LAYERS], 32), *_EXTRAS)


def forget_exports(database: Database, data: Path, now: datetime | None = None) -> int:
    """Delete files of exports that are older than KEPT, and return how many."""
    before = ((now or utc_now()) - KEPT).timestamp()
    old = [path for path in (data / EXPORTS).glob("*") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _width(spec: FieldSpec) -> int:
    return 32 if spec.name == "title" else _WIDTHS.get(spec.type, 16)


def _path(settings: Settings, job_id: int, file_format: str) -> Path:
    return settings.data / EXPORTS / f"{job_id}.{file_format}"


def _batches(
    context: JobContext, kind: str, columns: tuple[ExportColumn, ...]
) -> Iterator[tuple[list[tuple[list[Cell], dict[str, Any]]], int, int]]:
    """Yield (rows, listings read so far, listings in all) of BATCH listings, in a session of their own each time."""
    names = [column.name for column in columns]
    last = read = 0
    while True:
        with context.database.read() as session, collecting() as seen:
            query = _wanted(context.actor, kind, context.arguments)
            expected = session.scalar(query.with_only_columns(sa.func.count())) or 0
            found = session.scalars(_loaded(query).where(Listing.id > last).order_by(Listing.id).limit(BATCH)).all()
            rows = [_row(context.actor, one, names) for one in found if can_read_listing(context.actor, one)]
        if seen:  # before the rows are written to the file, like every other reading of what is not open to all
            with context.database.transaction() as session:
                write_readings(session, seen, Way.EXPORT)
        read += len(found)
        yield rows, read, expected
        if len(found) < BATCH:
            return
        last = found[-1].id


def _wanted(actor: Actor, kind: str, arguments: Any) -> sa.Select[Listing]:
    query = sa.select(Listing).where(Listing.kind == kind)
    if not arguments["everything"]:
        own = Listing.organization_id == actor.organization_id, Listing.broker_id == actor.user_id
        query = query.where(sa.or_(*own))
    return query.where(Listing.state == arguments["state"]) if arguments["state"] else query


def _loaded(query: sa.Select[Listing]) -> sa.Select[Listing]:
    return query.options(
        joinedload(Listing.organization),
        selectinload(Listing.published_revision).selectinload(Revision.indicators),
        selectinload(Listing.working_revision).selectinload(Revision.indicators),
    )


def _row(actor: Actor, listing: Listing, names: list[str]) -> tuple[list[Cell], dict[str, Any]]:
    """Return a listing's cells in order, and its values as plain JSON by name."""
    own = can_edit_listing(actor, listing)
    revision = (listing.working_revision if own else None) or listing.current
    view = project(listing, actor, revision)
    shown = {field.spec.name: (field.spec, typed_value(field.spec, field.value)) for field in view.fields}
    cells = {name: spreadsheet_cell(spec, value) for name, (spec, value) in shown.items()}
    cells |= {
        EXTERNAL_ID: text_cell(external_id_of(listing)),
        ORGANIZATION: text_cell(view.organization_name),
        LAYERS: write_layers(listing.kind, revision.layers),
        _STATE: STATE_NAMES[listing.state],
        _PUBLISHED_ON: listing.published_at.astimezone(CITY_ZONE).date() if listing.published_at else None,
    }
    values = {name: json_value(spec, value) for name, (spec, value) in shown.items()}
    values |= {EXTERNAL_ID: external_id_of(listing), ORGANIZATION: view.organization_name, LAYERS: revision.layers}
    return [cells.get(name) for name in names], {name: values[name] for name in names if name in values}
