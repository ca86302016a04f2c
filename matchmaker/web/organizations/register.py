"""The bureau's register of organizations."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_appoint_admins
from matchmaker.services.brokers import brokers_to_confirm
from matchmaker.services.organization_register import (
    create_organization,
    list_organizations,
    suspend_organization,
    verify_organization,
)
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.organizations import CITY_REGION, NewOrganizationForm, kind_choices
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load


@blueprint.get("/organizations")
@role_required(Role.BUREAU, Role.ADMIN)
def index() -> str:
    """The register, searched by name or credit code."""
    actor = current_actor()
    text, kind = request.args.get("q", ""), request.args.get("kind", "")
    unverified = request.args.get("unverified") == "1"
    found = list_organizations(session(), actor, text=text, kind=kind, unverified=unverified, page=page_number())
    return render_template(
        "organizations/index.html",
        found=found,
        text=text,
        kind=kind,
        unverified=unverified,
        kinds=kind_choices(offices=True),
        waiting=len(brokers_to_confirm(session(), actor)),
    )


@blueprint.get("/organizations/new")
@role_required(Role.BUREAU, Role.ADMIN)
def new() -> str:
    """The form for an organization that the bureau enters itself."""
    return render_template("organizations/new.html", form=_new_form(region=CITY_REGION))


@blueprint.post("/organizations/new")
@role_required(Role.BUREAU, Role.ADMIN)
def create() -> tuple[str, int] | Response:
    """Enter the organization; inviting its first member comes next."""
    form = _new_form()
    try:
        if form.validate_on_submit():
            made = create_organization(session(), current_actor(), form.kind.data or "", form.profile())
            flash(_("单位已登记。现在可以邀请它的第一位成员。"), "success")
            return redirect(url_for("organizations.members", organization_id=made.id), 303)
    except Invalid as error:
        attach_errors(form, error)
    return render_template("organizations/new.html", form=form), REFUSED


@blueprint.post("/organizations/<int:organization_id>/verify")
@role_required(Role.BUREAU, Role.ADMIN)
def verify(organization_id: int) -> Response:
    """Note that name and credit code agree with the official register."""
    verify_organization(session(), current_actor(), load(organization_id))
    return _changed(organization_id, _("单位信息已标记为核验。"))


@blueprint.post("/organizations/<int:organization_id>/suspend")
@role_required(Role.BUREAU, Role.ADMIN)
def suspend(organization_id: int) -> Response:
    """Take away the rights of all members."""
    reason = request.form.get("reason", "")
    suspend_organization(session(), current_actor(), load(organization_id), True, reason=reason)
    return _changed(organization_id, _("单位已停用，其成员不能再使用平台功能。"))


@blueprint.post("/organizations/<int:organization_id>/resume")
@role_required(Role.BUREAU, Role.ADMIN)
def resume(organization_id: int) -> Response:
    """Give the members their rights back."""
    reason = request.form.get("reason", "")
    suspend_organization(session(), current_actor(), load(organization_id), False, reason=reason)
    return _changed(organization_id, _("单位已恢复使用。"))


def _new_form(**values: str) -> NewOrganizationForm:
    form = NewOrganizationForm(**values)
    form.kind.choices = kind_choices(offices=can_appoint_admins(current_actor()))
    return form


def _changed(organization_id: int, text: str) -> Response:
    flash(text, "success")
    return redirect(url_for("organizations.detail", organization_id=organization_id), 303)
