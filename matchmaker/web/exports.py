"""Exports: ordering a file of one's listings, following it, taking it along."""

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.jobs import JobKind
from matchmaker.domain.language import N_
from matchmaker.domain.listings import ListingState
from matchmaker.domain.permissions import can_export, can_export_all
from matchmaker.services import jobs
from matchmaker.services.exports.exporting import export_path, my_exports, order_export
from matchmaker.services.exports.writers import MEDIA_TYPES
from matchmaker.web.access import current_actor, is_htmx, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("exports", __name__)

STATES = tuple(state for state in ListingState if state not in {ListingState.SUPERSEDED, ListingState.DISCARDED})


@blueprint.get("/exports")
@signed_in
def index() -> str:
    """What can be exported, and the files made lately."""
    actor = current_actor()
    if not can_export(actor):
        raise Forbidden(N_("您没有权限导出这些内容。"))
    return render_template(
        "exports/index.html",
        kind=request.args.get("kind"),
        state=request.args.get("state"),
        states=STATES,
        may_have_all=can_export_all(actor),
        exports=[jobs.view_job(job) for job in my_exports(session(), actor)],
    )


@blueprint.post("/exports")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def begin() -> BaseResponse:
    """Have a file made."""
    job = order_export(
        session(),
        current_actor(),
        request.form.get("kind", ""),
        request.form.get("format", ""),
        everything=request.form.get("scope") == "all",
        state=request.form.get("state") or None,
    )
    return redirect(url_for(".show", job_id=job.id), 303)


@blueprint.get("/exports/<int:job_id>")
@signed_in
def show(job_id: int) -> str | BaseResponse:
    """How far a file is, or where it is to be had."""
    job = jobs.view_job(jobs.get_job(session(), current_actor(), job_id, JobKind.EXPORT))
    if not is_htmx():
        return render_template("exports/show.html", job=job)
    if job.is_over:
        return Response(headers={"HX-Redirect": url_for(".show", job_id=job_id)})
    return render_template("exports/_progress.html", job=job)


@blueprint.post("/exports/<int:job_id>/cancel")
@signed_in
def cancel(job_id: int) -> BaseResponse:
    """Call a file off."""
    actor = current_actor()
    jobs.cancel(session(), actor, jobs.get_job(session(), actor, job_id, JobKind.EXPORT))
    return redirect(url_for(".show", job_id=job_id), 303)


@blueprint.get("/exports/<int:job_id>/file")
@signed_in
def download(job_id: int) -> Response:
    """Hand out a finished file."""
    job = jobs.get_job(session(), current_actor(), job_id, JobKind.EXPORT)
    path = export_path(platform().settings, job)
    return send_file(
        path, mimetype=MEDIA_TYPES[job.arguments["format"]], as_attachment=True, download_name=job.result["name"]
    )
