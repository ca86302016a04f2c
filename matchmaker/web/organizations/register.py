"""The bureau's register of organizations."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_appoint_admins
from matchmaker.services.organization_register import (
    create_organization,
    list_organizations,
)
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.organizations import CITY_REGION, NewOrganizationForm, kind_choices
from matchmaker.web.organizations.blueprint import REFUSED, blueprint
from matchmaker.web.organizations.desk import waiting_counts


@blueprint.get("/organizations")
@role_required(Role.BUREAU, Role.ADMIN)
def index() -> str:
    """The register, searched by name or credit code."""
    actor = current_actor()
    text, kind = request.args.get("q", ""), request.args.get("kind", "")
    flags = {name: request.args.get(name) == "1" for name in ("unverified", "suspended")}
    found = list_organizations(session(), actor, text=text, kind=kind, page=page_number(), **flags)
    return render_template(
        "organizations/index.html",
        found=found,
        text=text,
        kind=kind,
        flags=flags,
        kinds=kind_choices(offices=True),
        waiting=waiting_counts(),
    )


@blueprint.get("/organizations/new")
@role_required(Role.BUREAU, Role.ADMIN)
def new() -> str:
    """The form for an organization that the bureau enters itself."""
    return render_template("organizations/new.html", form=_new_form(region=CITY_REGION))


@blueprint.post("/organizations/new")
@role_required(Role.BUREAU, Role.ADMIN)
def create() -> tuple[str, int] | Response:
    """Enter the organization; a colleague confirms it, and inviting its first member comes next."""
    form = _new_form()
    try:
        if form.validate_on_submit():
            made = create_organization(session(), current_actor(), form.kind.data or "", form.profile())
            flash(_("单位已登记，等待另一位同事复核。现在可以邀请它的第一位成员。"), "success")
            return redirect(url_for("organizations.members", organization_id=made.id), 303)
    except Invalid as error:
        attach_errors(form, error)
    return render_template("organizations/new.html", form=form), REFUSED


def _new_form(**values: str) -> NewOrganizationForm:
    form = NewOrganizationForm(**values)
    form.kind.choices = kind_choices(offices=can_appoint_admins(current_actor()))
    return form
