"""The unmet-need map: drawing it, its groups, and what is drafted from them."""

import io
from dataclasses import asdict

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain import codes
from matchmaker.domain.days import today
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.domain.unmet import Grain
from matchmaker.services.documents import contest_draft_docx, innovation_list_docx
from matchmaker.services.exports.writers import MEDIA_TYPES
from matchmaker.services.jobs import view_job
from matchmaker.services.unmet.choosing import GOOD, GRADE_NAMES
from matchmaker.services.unmet.drafts import draft_contest, draft_list, merge_indicators
from matchmaker.services.unmet.making import order_map, running_map
from matchmaker.services.unmet.reading import UnmetFilter, read_cluster, read_map
from matchmaker.services.unmet.sheet import innovation_list_xlsx
from matchmaker.web.access import current_actor, is_htmx, role_required
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("unmet", __name__)

REFUSED = 422
READERS = (Role.BROKER, Role.BUREAU, Role.ADMIN)
GRAIN_NAMES = {Grain.COARSE: N_("粗（组少，每组大）"), Grain.MEDIUM: N_("适中"), Grain.FINE: N_("细（只合并很接近的）")}
LIST_NAME, CONTEST_NAME = N_("技术创新清单（草稿）"), N_("揭榜挂帅榜单（草稿）")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WRITERS = {"docx": (innovation_list_docx, DOCX), "xlsx": (innovation_list_xlsx, MEDIA_TYPES["xlsx"])}


@blueprint.get("/unmet-needs")
@role_required(*READERS)
def index() -> str | Response:
    """The map with its groups, or how far its drawing is."""
    job = running_map(session())
    if is_htmx():
        if job is None:
            return Response(headers={"HX-Redirect": url_for(".index")})
        return render_template("unmet/_progress.html", job=view_job(job))
    return _page()


@blueprint.post("/unmet-needs")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("30/hour", key_func=by_person)
def draw() -> BaseResponse | tuple[str, int]:
    """Have the map drawn anew."""
    grade, grain = request.form.get("grade", 0, type=int), request.form.get("grain", "")
    try:
        order_map(session(), current_actor(), grade=grade, grain=grain)
    except Invalid as error:
        return _page(error), REFUSED
    return redirect(url_for(".index"), 303)


@blueprint.get("/unmet-needs/<int:cluster_id>")
@role_required(*READERS)
def cluster(cluster_id: int) -> str:
    """One group: its needs, and what their indicators come to."""
    shown = read_cluster(session(), current_actor(), cluster_id)
    return render_template(
        "unmet/cluster.html",
        cluster=shown,
        grades=GRADE_NAMES,
        indicators=merge_indicators(row for need in shown.needs for row in need.view.indicators),
    )


@blueprint.get("/unmet-needs/innovation-list")
@role_required(*READERS)
@limiter.limit("60/hour", key_func=by_person)
def innovation_list() -> Response | tuple[str, int]:
    """The draft of the innovation list as a file."""
    extension = request.args.get("format", "docx")
    try:
        if extension not in WRITERS:
            raise Invalid(N_("请选择 docx 或 xlsx 格式。"))
        drafted = draft_list(session(), current_actor(), _chosen(), translate(platform().settings.city))
    except Invalid as error:
        return _page(error), REFUSED
    write, media_type = WRITERS[extension]
    return _file(write(drafted), media_type, f"{_(LIST_NAME)}_{today():%Y%m%d}.{extension}")


@blueprint.get("/unmet-needs/<int:cluster_id>/contest-draft")
@role_required(*READERS)
@limiter.limit("60/hour", key_func=by_person)
def contest_draft(cluster_id: int) -> Response:
    """The draft of a contest posting from one group."""
    drafted = draft_contest(session(), current_actor(), cluster_id, translate(platform().settings.city))
    return _file(contest_draft_docx(drafted), DOCX, f"{_(CONTEST_NAME)}_{cluster_id}_{today():%Y%m%d}.docx")


def _page(error: Invalid | None = None) -> str:
    chosen = _chosen()
    job = running_map(session())
    drawn = read_map(session(), current_actor(), chosen)
    return render_template(
        "unmet/index.html",
        map=drawn,
        job=view_job(job) if job else None,
        chosen=asdict(chosen),
        grades=GRADE_NAMES,
        grains=GRAIN_NAMES,
        grade=drawn.grade if drawn else GOOD,
        grain=drawn.grain if drawn else Grain.MEDIUM,
        error=error,
    )


def _chosen() -> UnmetFilter:
    field, region = request.args.get("field", ""), request.args.get("region", "")
    return UnmetFilter(
        field=field if field in codes.table("contract_fields") else None,
        region=region if region in codes.table("regions") else None,
    )


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
