"""The bureau suspends an organization and brings it back."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Organization, Role
from matchmaker.services.suspensions import resume_organization, suspend_organization
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.organizations import ResumptionForm, SuspensionForm
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load


@blueprint.get("/organizations/<int:organization_id>/suspension")
@role_required(Role.BUREAU, Role.ADMIN)
def suspension(organization_id: int) -> str:
    """Why and until when it is suspended, and the form that fits."""
    organization = load(organization_id)
    return _page(organization, ResumptionForm() if organization.is_suspended else SuspensionForm())


@blueprint.post("/organizations/<int:organization_id>/suspend")
@role_required(Role.BUREAU, Role.ADMIN)
def suspend(organization_id: int) -> tuple[str, int] | Response:
    """Take an organization off the market."""
    organization, form = load(organization_id), SuspensionForm()
    try:
        if form.validate_on_submit():
            suspend_organization(
                session(),
                current_actor(),
                organization,
                reason=form.reason.data or "",
                note=form.note.data or "",
                until=form.until.data,
            )
            return _changed(organization, _("单位已停用，内容已对外隐藏，并已通知单位负责人。"))
    except Invalid as error:
        attach_errors(form, error)
    return _page(organization, form), REFUSED


@blueprint.post("/organizations/<int:organization_id>/resume")
@role_required(Role.BUREAU, Role.ADMIN)
def resume(organization_id: int) -> tuple[str, int] | Response:
    """Bring an organization back."""
    organization, form = load(organization_id), ResumptionForm()
    try:
        resume_organization(session(), current_actor(), organization, note=form.note.data or "")
    except Invalid as error:
        attach_errors(form, error)
        return _page(organization, form), REFUSED
    return _changed(organization, _("单位已恢复使用，内容重新显示，并已通知单位负责人。"))


def _page(organization: Organization, form: SuspensionForm | ResumptionForm) -> str:
    return render_template("organizations/suspension.html", organization=organization, form=form)


def _changed(organization: Organization, text: str) -> Response:
    flash(text, "success")
    return redirect(url_for("organizations.detail", organization_id=organization.id), 303)
