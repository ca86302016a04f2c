"""The page of languages: what the site holds in each, how well it is matched, and having it measured."""

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.people import Role
from matchmaker.services.jobs import view_job
from matchmaker.services.languages import is_weak, language_rows, open_measuring, order_measuring
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("languages", __name__)


def init_languages(app: Flask) -> None:
    """Let pages of listings and pairs ask whether people should be warned; for Chinese nothing is looked up."""
    app.jinja_env.globals["is_weak_language"] = _is_weak


@blueprint.get("/admin/languages")
@role_required(Role.ADMIN)
def index() -> str:
    """A row for each language, with its latest figures."""
    job = open_measuring(session())
    return render_template(
        "languages/index.html",
        rows=language_rows(session(), current_actor(), platform().settings),
        job=view_job(job) if job else None,
        threshold=platform().settings.language_threshold,
    )


@blueprint.post("/admin/languages/measure")
@role_required(Role.ADMIN)
@limiter.limit("30/hour", key_func=by_person)
def measure() -> Response:
    """Have the list of terms measured."""
    order_measuring(session(), current_actor())
    flash(_("已开始测量，后台进程会在几分钟内完成，完成后刷新本页即可看到。"), "success")
    return redirect(url_for(".index"), 303)


def _is_weak(language: str) -> bool:
    return is_weak(session(), platform().settings, language)
