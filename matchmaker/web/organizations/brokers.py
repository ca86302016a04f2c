"""The bureau confirms brokers."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.people import Role
from matchmaker.services.brokers import brokers_to_confirm, confirm_broker, confirmed_brokers, refuse_broker
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.accounts.blueprint import base_url
from matchmaker.web.database import session
from matchmaker.web.organizations.blueprint import blueprint
from matchmaker.web.organizations.desk import waiting_counts


@blueprint.get("/admin/brokers")
@role_required(Role.BUREAU, Role.ADMIN)
def brokers() -> str:
    """Who waits for confirmation, and who works already."""
    actor = current_actor()
    waiting, working = brokers_to_confirm(session(), actor), confirmed_brokers(session(), actor)
    return render_template("organizations/brokers.html", brokers=waiting, working=working, waiting=waiting_counts())


@blueprint.post("/admin/brokers/<int:membership_id>/confirm")
@role_required(Role.BUREAU, Role.ADMIN)
def confirm(membership_id: int) -> Response:
    """Let a broker work."""
    membership = confirm_broker(session(), current_actor(), membership_id, base_url=base_url())
    flash(_("%(name)s 现在可以以技术经纪人身份工作。", name=membership.user.name), "success")
    return redirect(url_for("organizations.brokers"), 303)


@blueprint.post("/admin/brokers/<int:membership_id>/refuse")
@role_required(Role.BUREAU, Role.ADMIN)
def refuse(membership_id: int) -> Response:
    """Refuse a broker, with a reason."""
    refuse_broker(session(), current_actor(), membership_id, reason=request.form.get("reason", ""))
    flash(_("已退回，对方会收到说明。"), "success")
    return redirect(url_for("organizations.brokers"), 303)
