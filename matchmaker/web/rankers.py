"""The administrator's page of rankers: what serves, how candidates compare, and choosing one."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.errors import Conflict
from matchmaker.domain.jobs import JobKind
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.domain.rankers import RankerState
from matchmaker.services import jobs
from matchmaker.services.rankers.choosing import choose
from matchmaker.services.rankers.comparing import order_comparison
from matchmaker.services.rankers.views import rankers_page
from matchmaker.web.access import current_actor, is_htmx, role_required
from matchmaker.web.database import session
from matchmaker.web.platform import platform

blueprint = Blueprint("rankers", __name__)


@blueprint.get("/admin/rankers")
@role_required(Role.ADMIN)
def index() -> str:
    """What serves, every model at hand beside it, and what was chosen before."""
    return render_template("rankers/index.html", page=rankers_page(session(), platform().settings, current_actor()))


@blueprint.post("/admin/rankers/compare")
@role_required(Role.ADMIN)
def compare() -> BaseResponse:
    """Have a candidate compared with what serves now."""
    order_comparison(session(), platform().settings, current_actor(), request.form.get("name", ""))
    return redirect(url_for(".index"), 303)


@blueprint.get("/admin/rankers/comparisons/<int:job_id>")
@role_required(Role.ADMIN)
def progress(job_id: int) -> str | BaseResponse:
    """How far a comparison is; the page itself once it is over."""
    job = jobs.view_job(jobs.get_job(session(), current_actor(), job_id, JobKind.COMPARE_RANKER))
    if not is_htmx():
        return redirect(url_for(".index"), 303)
    if job.is_over:
        return Response(headers={"HX-Redirect": url_for(".index")})
    return render_template("rankers/_progress.html", job=job)


@blueprint.post("/admin/rankers/comparisons/<int:job_id>/cancel")
@role_required(Role.ADMIN)
def cancel(job_id: int) -> BaseResponse:
    """Call a comparison off."""
    actor = current_actor()
    jobs.cancel(session(), actor, jobs.get_job(session(), actor, job_id, JobKind.COMPARE_RANKER))
    return redirect(url_for(".index"), 303)


@blueprint.post("/admin/rankers/use")
@role_required(Role.ADMIN)
def use() -> BaseResponse:
    """Let a candidate, the former ranker or the shipped one serve."""
    seen = request.form.get("seen", "")
    if not seen.isascii() or not seen.isdigit() or len(seen) > 18:
        raise Conflict(N_("刚刚有人换过排序模型。请看过现在的状态再决定。"))
    choice = choose(session(), platform().settings, current_actor(), request.form.get("name", ""), seen=int(seen))
    if choice.state == RankerState.ACTIVE:
        flash(_("已启用。后台正在重新计算全部匹配，完成之前页面继续显示原来的结果。"), "success")
    else:
        flash(_("已选定。后台先为全部内容计算新模型的向量，完成之后自动启用，在此之前原来的排序继续使用。"), "success")
    return redirect(url_for(".index"), 303)
