"""What an organization says of itself: shown, and edited."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import can_edit_organization
from matchmaker.services.inventorships import public_inventors
from matchmaker.services.organizations import update_organization
from matchmaker.services.profiles import completeness, profile_listings, sub_unit_names
from matchmaker.services.projection import project
from matchmaker.web.access import current_actor, public, signed_in
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.organizations import ProfileForm
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load


@blueprint.get("/organizations/<int:organization_id>")
@public
def detail(organization_id: int) -> str | Response:
    """The profile, with what the organization offers and seeks under its name."""
    organization, actor = load(organization_id), current_actor()
    if organization.id != organization_id:
        return redirect(url_for(".detail", organization_id=organization.id), 301)
    chosen = {name: request.args.get(name) or None for name in ("kind", "field", "sub_unit")}
    listings = profile_listings(session(), organization, page=page_number(), **chosen)
    manages = can_edit_organization(actor, organization)
    return render_template(
        "organizations/detail.html",
        organization=organization,
        listings=listings,
        views=[project(listing, actor) for listing in listings.rows],
        args={"organization_id": organization.id, **chosen},
        sub_units=sub_unit_names(session(), organization.id),
        inventors=public_inventors(session(), organization),
        completeness=completeness(organization) if manages else None,
    )


@blueprint.get("/organizations/<int:organization_id>/edit")
@signed_in
def edit(organization_id: int) -> str:
    """The form, filled with what is stored."""
    organization = _editable(organization_id)
    return _form_page(organization, ProfileForm(obj=organization))


@blueprint.post("/organizations/<int:organization_id>/edit")
@signed_in
def save(organization_id: int) -> tuple[str, int] | Response:
    """Save the profile, or show what is wrong with it."""
    organization = _editable(organization_id)
    form = ProfileForm()
    try:
        if form.validate_on_submit():
            update_organization(session(), current_actor(), organization, form.profile())
            flash(_("单位资料已保存。"), "success")
            return redirect(url_for("organizations.detail", organization_id=organization_id), 303)
    except Invalid as error:
        attach_errors(form, error)
    return _form_page(organization, form), REFUSED


def _editable(organization_id: int) -> Organization:
    organization = load(organization_id)
    if not can_edit_organization(current_actor(), organization):
        raise Forbidden(N_("只有本单位的负责人或科技局可以修改单位资料。"))
    return organization


def _form_page(organization: Organization, form: ProfileForm) -> str:
    return render_template("organizations/edit.html", organization=organization, form=form)
