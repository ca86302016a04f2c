"""Imports: uploading a list, saying what its columns mean, looking before it is run, following it, its report."""

from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain import codes
from matchmaker.domain.errors import DomainError, Forbidden, Invalid, NotFound
from matchmaker.domain.fields import fields_of
from matchmaker.domain.imports import Import
from matchmaker.domain.language import N_
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.permissions import can_import, can_import_for_all, can_post_for_client
from matchmaker.services import jobs
from matchmaker.services.imports.columns import targets
from matchmaker.services.imports.files import store_list
from matchmaker.services.imports.options import ARRIVAL_NAMES
from matchmaker.services.imports.problems import REPORT_FORMATS, problems_of, write_problems
from matchmaker.services.imports.stages import Stage, begin_import, choose_columns, get_import, run_import
from matchmaker.services.imports.template import write_template
from matchmaker.services.imports.views import my_imports, view_import
from matchmaker.services.listings import clients
from matchmaker.web.access import current_actor, is_htmx, signed_in
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("imports", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGES = {Stage.READING: "progress", Stage.RUNNING: "progress"}
SHOWN_PROBLEMS = 50
MOST_CLIENTS = 200


@blueprint.get("/imports")
@signed_in
def index() -> str:
    """Where an import begins: templates, the upload, and what was imported before."""
    return _index()


@blueprint.post("/imports")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def upload() -> BaseResponse | tuple[str, int]:
    """Take in a list. It is stored before the database is locked for its row."""
    actor, kind = current_actor(), request.form.get("kind", "")
    if kind not in set(ListingKind) or not can_import(actor, kind):
        raise Forbidden(N_("您没有权限批量导入。"))
    settings = platform().settings
    try:
        name, stream = _sent(request.files.get("file"))
        stored = store_list(settings.data, name, stream, settings.max_import_bytes)
        found = begin_import(session(), actor, kind, stored, organization=request.form.get("organization") or None)
    except Invalid as error:
        session().rollback()
        return _index(error), 422
    return redirect(url_for(".show", import_id=found.id), 303)


@blueprint.get("/imports/template/<kind:kind>")
@signed_in
def template(kind: ListingKind) -> Response:
    """The empty list of a kind, as a workbook."""
    if not can_import(current_actor(), kind):
        raise Forbidden(N_("您没有权限批量导入。"))
    book = BytesIO()
    write_template(kind, book, translate)
    book.seek(0)
    name = _("技术需求导入模板") if kind == ListingKind.NEED else _("科技成果导入模板")
    return send_file(book, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.get("/imports/<int:import_id>")
@signed_in
def show(import_id: int) -> str | BaseResponse:
    """An import where it stands; asked by htmx, how far it is, or that there is something new to look at."""
    found = get_import(session(), current_actor(), import_id)
    view = view_import(session(), found)
    if not is_htmx():
        return _page(found)
    if view.stage not in {Stage.READING, Stage.RUNNING}:
        return Response(headers={"HX-Redirect": url_for(".show", import_id=import_id)})
    return render_template("imports/_progress.html", view=view)


@blueprint.post("/imports/<int:import_id>/columns")
@signed_in
def columns(import_id: int) -> BaseResponse | tuple[str, int]:
    """Say what the columns mean and how rows arrive."""
    actor = current_actor()
    found = get_import(session(), actor, import_id)
    view = view_import(session(), found)
    headings = view.findings.headings if view.findings else ()
    try:
        choose_columns(
            session(),
            actor,
            found,
            {heading: request.form.get(f"column-{place}", "") for place, heading in enumerate(headings)},
            arrival=request.form.get("arrival", ""),
            visibility=request.form.get("visibility", ""),
            create_organizations="create_organizations" in request.form,
        )
    except Invalid as error:
        session().rollback()
        return _page(found, error, choosing=True), 422
    return redirect(url_for(".show", import_id=import_id), 303)


@blueprint.post("/imports/<int:import_id>/run")
@signed_in
def run(import_id: int) -> BaseResponse | tuple[str, int]:
    """Begin writing."""
    actor = current_actor()
    found = get_import(session(), actor, import_id)
    try:
        run_import(session(), actor, found, declared="declared" in request.form)
    except Invalid as error:
        session().rollback()
        return _page(found, error), 422
    return redirect(url_for(".show", import_id=import_id), 303)


@blueprint.post("/imports/<int:import_id>/cancel")
@signed_in
def cancel(import_id: int) -> BaseResponse:
    """Call off what the worker does with it now; what was imported stays."""
    actor = current_actor()
    found = get_import(session(), actor, import_id)
    jobs.cancel(session(), actor, found.job)
    flash(_("已取消，已经导入的内容不受影响。"), "info")
    return redirect(url_for(".show", import_id=import_id), 303)


@blueprint.get("/imports/<int:import_id>/report/<string:file_format>")
@signed_in
def report(import_id: int, file_format: str) -> Response:
    """Every bad row of a run, as .xlsx or .csv."""
    found = get_import(session(), current_actor(), import_id)
    if file_format not in REPORT_FORMATS:
        raise NotFound(N_("没有找到这个文件。"))
    target = BytesIO()
    write_problems(session(), found, file_format, target, translate)
    target.seek(0)
    stem = found.name.rpartition(".")[0]
    name = _("%(name)s 的问题行", name=stem)
    return send_file(
        target, mimetype=REPORT_FORMATS[file_format], as_attachment=True, download_name=f"{name}.{file_format}"
    )


def _sent(file: FileStorage | None) -> tuple[str, Any]:
    if file is None or not file.filename:
        raise Invalid(N_("请先选择要上传的文件。"))
    return file.filename, file.stream


def _index(error: DomainError | None = None) -> str:
    actor = current_actor()
    kinds = [kind for kind in ListingKind if can_import(actor, kind)]
    if not kinds:
        raise Forbidden(N_("您没有权限批量导入。"))
    chosen = request.values.get("kind", "")
    chosen = chosen if chosen in kinds else kinds[0]
    is_broker = can_post_for_client(actor)
    return render_template(
        "imports/index.html",
        kinds=kinds,
        chosen=chosen,
        for_all=can_import_for_all(actor),
        clients=clients(session(), actor, chosen, limit=MOST_CLIENTS) if is_broker else (),
        is_broker=is_broker,
        typed=request.form,
        error=error,
        most_bytes=platform().settings.max_import_bytes,
        page=my_imports(session(), actor, page_number()),
    )


def _page(found: Import, error: DomainError | None = None, *, choosing: bool = False) -> str:
    view = view_import(session(), found)
    choosing = choosing or (view.stage is Stage.PREVIEW and request.args.get("step") == "columns")
    stage = Stage.COLUMNS if choosing else view.stage
    context: dict[str, Any] = {
        "view": view,
        "error": error,
        "for_all": can_import_for_all(current_actor()),
        "typed": request.form,
    }
    if stage is Stage.COLUMNS:
        context |= {
            "targets": targets(view.kind),
            "arrivals": ARRIVAL_NAMES,
            "visibilities": codes.table("visibilities"),
        }
    if stage is Stage.PREVIEW:
        context |= {"specs": {spec.name: spec for spec in fields_of(view.kind)}, "decimal": Decimal}
    if stage is Stage.RESULT:
        context |= {"problems": problems_of(session(), found, SHOWN_PROBLEMS)}
    return render_template(f"imports/{PAGES.get(stage, stage.value)}.html", **context)
