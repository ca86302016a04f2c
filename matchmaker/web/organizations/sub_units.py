"""Sub-units: the tree that owners keep, and the one that a listing names."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import can_edit_organization
from matchmaker.services.listings import get_own_listing
from matchmaker.services.sub_units import (
    add_sub_unit,
    get_sub_unit,
    list_sub_units,
    place_listing,
    remove_sub_unit,
    sub_unit_choices,
    update_sub_unit,
)
from matchmaker.web.access import current_actor, safe_next, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.inventors import SubUnitForm
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load


@blueprint.get("/organizations/<int:organization_id>/sub-units")
@signed_in
def sub_units(organization_id: int) -> str:
    """The tree, for everybody of the organization; owners also get the form."""
    return _page(_known(organization_id), SubUnitForm())


@blueprint.post("/organizations/<int:organization_id>/sub-units")
@signed_in
def add_unit(organization_id: int) -> tuple[str, int] | Response:
    """Add a sub-unit."""
    organization, form = _known(organization_id), SubUnitForm()
    try:
        if form.validate_on_submit():
            add_sub_unit(session(), current_actor(), organization, form.details())
            return _back(organization_id, _("部门已登记。"))
    except Invalid as error:
        attach_errors(form, error)
    return _page(organization, form), REFUSED


@blueprint.get("/organizations/<int:organization_id>/sub-units/<int:sub_unit_id>")
@signed_in
def edit_unit(organization_id: int, sub_unit_id: int) -> str:
    """The form of one sub-unit, and the button that removes it."""
    organization = _owned(organization_id)
    found = get_sub_unit(session(), organization.id, sub_unit_id)
    form = SubUnitForm(obj=found)
    form.parent_id.data = str(found.parent_id or "")
    return _edit_page(organization, sub_unit_id, form)


@blueprint.post("/organizations/<int:organization_id>/sub-units/<int:sub_unit_id>")
@signed_in
def save_unit(organization_id: int, sub_unit_id: int) -> tuple[str, int] | Response:
    """Save a sub-unit."""
    organization, form = _owned(organization_id), SubUnitForm()
    try:
        if form.validate_on_submit():
            update_sub_unit(session(), current_actor(), organization, sub_unit_id, form.details())
            return _back(organization_id, _("部门已保存。"))
    except Invalid as error:
        attach_errors(form, error)
    return _edit_page(organization, sub_unit_id, form), REFUSED


@blueprint.post("/organizations/<int:organization_id>/sub-units/<int:sub_unit_id>/remove")
@signed_in
def remove_unit(organization_id: int, sub_unit_id: int) -> Response:
    """Remove a sub-unit; what named it goes to its parent."""
    remove_sub_unit(session(), current_actor(), _owned(organization_id), sub_unit_id)
    return _back(organization_id, _("部门已删除，其内容和发明人归到上级。"))


@blueprint.post("/listings/<int:listing_id>/sub-unit")
@signed_in
def place(listing_id: int) -> Response:
    """Say which sub-unit a listing is from."""
    listing = get_own_listing(session(), current_actor(), listing_id)
    place_listing(session(), current_actor(), listing, number_of(request.form.get("sub_unit_id")))
    flash(_("所属部门已保存。"), "success")
    return redirect(safe_next(url_for("listings.detail", kind=listing.kind, listing_id=listing.id)), 303)


def _known(organization_id: int) -> Organization:
    organization, actor = load(organization_id), current_actor()
    if actor.organization_id != organization.id and not can_edit_organization(actor, organization):
        raise Forbidden(N_("部门的管理页面只对本单位成员和科技局开放。"))
    return organization


def _owned(organization_id: int) -> Organization:
    organization = load(organization_id)
    if not can_edit_organization(current_actor(), organization):
        raise Forbidden(N_("只有本单位的负责人或科技局可以管理部门。"))
    return organization


def _page(organization: Organization, form: SubUnitForm) -> str:
    tree = list_sub_units(session(), organization.id)
    form.offer([(row.id, row.name) for row in tree if row.depth == 0])
    return render_template("organizations/sub_units.html", organization=organization, tree=tree, form=form)


def _edit_page(organization: Organization, sub_unit_id: int, form: SubUnitForm) -> str:
    found = get_sub_unit(session(), organization.id, sub_unit_id)
    tops = [(number, name) for number, name in sub_unit_choices(session(), organization.id) if number != sub_unit_id]
    form.offer([(number, name) for number, name in tops if " / " not in name])
    return render_template("organizations/sub_unit.html", organization=organization, sub_unit=found, form=form)


def _back(organization_id: int, sentence: str) -> Response:
    flash(sentence, "success")
    return redirect(url_for("organizations.sub_units", organization_id=organization_id), 303)
