"""The avoid list of one's own organization."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_avoid
from matchmaker.services.avoidances import KIND_NAMES, avoid, avoid_list, avoid_other_side, stop_avoiding
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session

blueprint = Blueprint("avoidances", __name__)

NAMES = ("name", "credit_code", "kind", "note")


@blueprint.get("/avoided")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY, Role.BROKER)
def index() -> str:
    """Who is on the list, what it does and what it cannot do."""
    return _page(None)


@blueprint.post("/avoided")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY, Role.BROKER)
def add() -> Response | tuple[str, int]:
    """Put an organization on the list."""
    typed = {name: request.form.get(name, "") for name in NAMES}
    try:
        avoid(session(), current_actor(), **typed)
    except Invalid as error:
        return _page(error), 422
    flash(_("已列入回避名单，立即生效。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/matches/<int:match_id>/avoid")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
def add_other_side(match_id: int) -> Response:
    """Put the other side of an own pair on the list: its pairs are gone then, and so is the page one comes from."""
    row = avoid_other_side(session(), current_actor(), match_id)
    flash(_("已把%(name)s列入回避名单，立即生效。", name=row.name), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/avoided/<int:avoidance_id>/delete")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY, Role.BROKER)
def delete(avoidance_id: int) -> Response:
    """Take an organization off the list."""
    stop_avoiding(session(), current_actor(), avoidance_id)
    flash(_("已移出回避名单。"), "success")
    return redirect(url_for(".index"), 303)


def _page(error: Invalid | None) -> str:
    actor = current_actor()
    return render_template(
        "avoidances/index.html",
        rows=avoid_list(session(), actor),
        kinds=KIND_NAMES,
        may_change=can_avoid(actor),
        typed=request.values,
        error=error,
        errors=error.errors if error else {},
    )
