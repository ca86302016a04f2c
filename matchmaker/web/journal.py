"""The journal's page: the latest entries, the chain's end to note down, and having everything verified."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.language import unpack
from matchmaker.domain.people import Role
from matchmaker.services.jobs import view_job
from matchmaker.services.journal.jobs import last_verification, order_verification, running_verification
from matchmaker.services.journal.lists import SUBJECT_NAMES, journal_page, subject_kinds
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("journal", __name__)


@blueprint.get("/journal")
@role_required(Role.BUREAU, Role.ADMIN)
def index() -> str:
    """The latest entries, of what `?kind=`, `?subject=` and `?on=` name."""
    kind = request.args.get("kind")
    kind = kind if kind in subject_kinds() else None
    subject, on = number_of(request.args.get("subject")), _day(request.args.get("on", ""))
    page = journal_page(session(), current_actor(), kind=kind, subject_id=subject, on=on, page=page_number())
    running, last = running_verification(session()), last_verification(session())
    result = last.result if last else {}
    return render_template(
        "journal/index.html",
        page=page,
        names=SUBJECT_NAMES,
        kinds=subject_kinds(),
        chosen={"kind": kind, "subject": subject, "on": on.isoformat() if on else None},
        running=view_job(running) if running else None,
        last=view_job(last) if last else None,
        broken=unpack(result["broken"]) if result.get("broken") else None,
    )


@blueprint.post("/journal/verify")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("30/hour", key_func=by_person)
def verify() -> Response:
    """Have the whole journal verified by the worker."""
    order_verification(session(), current_actor())
    flash(_("已开始核对，后台进程完成后刷新本页即可看到结果。"), "success")
    return redirect(url_for(".index"), 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
