"""The bureau says when a branch opened: the ledger counts new branches by it."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Role
from matchmaker.services.branches import date_branch
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.organizations.blueprint import blueprint, load


@blueprint.post("/organizations/<int:organization_id>/opening")
@role_required(Role.BUREAU, Role.ADMIN)
def date(organization_id: int) -> Response:
    """Keep the day, or say what is wrong with it."""
    branch = load(organization_id)
    try:
        date_branch(session(), current_actor(), branch, request.form.get("opened_on", ""))
        flash(_("启用日期已保存。"), "success")
    except Invalid as error:
        flash(translate(error), "danger")
    return redirect(url_for(".detail", organization_id=branch.id, _anchor="opening"), 303)
