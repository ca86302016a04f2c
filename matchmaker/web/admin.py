"""The status page: how the platform itself is doing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.people import Role
from matchmaker.services.mails import outbox, retry
from matchmaker.services.status import platform_status
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.platform import platform

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin/status")
@role_required(Role.ADMIN)
def status() -> str:
    """Worker, backlog, indexes, models, mails, versions, and what to do where something is wrong."""
    actor = current_actor()
    return render_template(
        "admin/status.html",
        status=platform_status(session(), platform().settings),
        mails=outbox(session(), actor),
        settings=platform().settings,
    )


@blueprint.post("/admin/mails/<int:mail_id>/retry")
@role_required(Role.ADMIN)
def retry_mail(mail_id: int) -> Response:
    """Send a mail again at the worker's next round."""
    retry(session(), current_actor(), mail_id)
    flash(_("已重新排队，后台进程会马上再发一次。"), "success")
    return redirect(url_for("admin.status"), 303)
