"""What an organization's declines do to its lists: putting a field back, and letting it sink again."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_avoid
from matchmaker.services.shaping.restoring import restore_field, sink_field
from matchmaker.web.access import current_actor, is_htmx, role_required, safe_next
from matchmaker.web.database import session

blueprint = Blueprint("shaping", __name__)


@blueprint.app_template_global()
def may_avoid() -> bool:
    """Whether the viewer answers for his organization's avoid list; macros have no context."""
    return can_avoid(current_actor())


@blueprint.app_template_global()
def back() -> str:
    """The list that is looked at: the page itself, or the one that a part of it was fetched for."""
    if not is_htmx():
        return request.full_path
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{shown.path}?{shown.query}" if shown.query else shown.path


@blueprint.post("/shaping/<string:field>/restore")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
def restore(field: str) -> Response:
    """Put a field back into its ordinary place."""
    restore_field(session(), current_actor(), field)
    flash(_("已恢复正常排序。"), "success")
    return redirect(safe_next(url_for("matches.index")), 303)


@blueprint.post("/shaping/<string:field>/sink")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
def sink(field: str) -> Response:
    """Let a field sink again."""
    sink_field(session(), current_actor(), field)
    flash(_("这个领域重新排到后面。"), "success")
    return redirect(safe_next(url_for("matches.index")), 303)
