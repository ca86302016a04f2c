"""Inventors: the office's list, one by one and by the roster, and those that an achievement names."""

import json

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import can_edit_organization
from matchmaker.services.inventors import (
    add_inventor,
    delete_inventor,
    export_inventor,
    get_inventor,
    list_inventors,
    require_keeper,
    update_inventor,
    view_inventor,
)
from matchmaker.services.inventorships import name_inventors
from matchmaker.services.listings import get_own_listing
from matchmaker.services.rosters import MOST_LINES, RosterReport, add_roster
from matchmaker.services.sub_units import sub_unit_choices
from matchmaker.web.access import current_actor, safe_next, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.inventors import InventorForm, RosterForm
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load
from matchmaker.web.uploaded_text import uploaded_text


@blueprint.get("/organizations/<int:organization_id>/inventors")
@signed_in
def inventors(organization_id: int) -> str:
    """The list, searched and by sub-unit."""
    organization, actor = load(organization_id), current_actor()
    text, unit = request.args.get("q", ""), request.args.get("sub_unit", "")
    found = list_inventors(session(), actor, organization, text=text, sub_unit_id=number_of(unit))
    return render_template(
        "inventors/index.html",
        organization=organization,
        found=found,
        text=text,
        unit=unit,
        sub_units=sub_unit_choices(session(), organization.id),
    )


@blueprint.get("/organizations/<int:organization_id>/inventors/new")
@signed_in
def new_inventor(organization_id: int) -> str:
    """The form for one, beside the way to enter many."""
    return _form_page(_kept(organization_id), InventorForm())


@blueprint.post("/organizations/<int:organization_id>/inventors/new")
@signed_in
def create_inventor(organization_id: int) -> tuple[str, int] | Response:
    """Add one."""
    organization, form = _kept(organization_id), InventorForm()
    try:
        if form.validate_on_submit():
            made = add_inventor(session(), current_actor(), organization, form.details())
            flash(_("%(name)s 已登记。", name=made.name), "success")
            return redirect(url_for("organizations.inventors", organization_id=organization_id), 303)
    except Invalid as error:
        _attach(form, error)
    return _form_page(organization, form), REFUSED


@blueprint.get("/organizations/<int:organization_id>/inventors/roster")
@signed_in
def roster(organization_id: int) -> str:
    """The form for many."""
    return _roster_page(_kept(organization_id), RosterForm())


@blueprint.post("/organizations/<int:organization_id>/inventors/roster")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def enter_roster(organization_id: int) -> str | tuple[str, int] | Response:
    """Add many; lines that were not taken stay in the form, to be mended."""
    organization, form = _kept(organization_id), RosterForm()
    try:
        text = uploaded_text() or form.text.data or ""
        report = add_roster(
            session(),
            current_actor(),
            organization,
            text,
            consented=form.consented.data,
            create_sub_units=form.create_sub_units.data,
        )
    except Invalid as error:
        attach_errors(form, error)
        return _roster_page(organization, form), REFUSED
    if not report.bad:
        flash(_("已登记 %(added)s 人，%(known)s 人原来就有。", added=report.added, known=report.known), "success")
        return redirect(url_for("organizations.inventors", organization_id=organization_id), 303)
    form.text.data = "\n".join(row.text for row in report.bad)
    return _roster_page(organization, form, report)


@blueprint.get("/inventors/<int:inventor_id>")
@signed_in
def edit_inventor(inventor_id: int) -> str:
    """The form of one, with what he has invented."""
    found = get_inventor(session(), current_actor(), inventor_id)
    form = InventorForm(obj=found, fields_of=found.fields, consented=found.consented_on is not None)
    form.sub_unit_id.data = str(found.sub_unit_id or "")
    return _form_page(session().get_one(Organization, found.organization_id), form, inventor_id)


@blueprint.post("/inventors/<int:inventor_id>")
@signed_in
def save_inventor(inventor_id: int) -> tuple[str, int] | Response:
    """Save one."""
    found, form = get_inventor(session(), current_actor(), inventor_id), InventorForm()
    try:
        if form.validate_on_submit():
            update_inventor(session(), current_actor(), inventor_id, form.details())
            flash(_("已保存。"), "success")
            return redirect(url_for("organizations.inventors", organization_id=found.organization_id), 303)
    except Invalid as error:
        _attach(form, error)
    return _form_page(session().get_one(Organization, found.organization_id), form, inventor_id), REFUSED


@blueprint.post("/inventors/<int:inventor_id>/delete")
@signed_in
def remove_inventor(inventor_id: int) -> Response:
    """Forget one."""
    gone = delete_inventor(session(), current_actor(), inventor_id)
    flash(_("这位发明人的个人信息已全部删除。"), "success")
    return redirect(url_for("organizations.inventors", organization_id=gone.organization_id), 303)


@blueprint.post("/inventors/<int:inventor_id>/export")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def hand_out_inventor(inventor_id: int) -> FlaskResponse:
    """Hand out everything that is stored about one, for when he asks."""
    data = export_inventor(session(), current_actor(), inventor_id)
    response = FlaskResponse(json.dumps(data, ensure_ascii=False, indent=2), mimetype="application/json")
    response.headers["Content-Disposition"] = f"attachment; filename=inventor-{inventor_id}.json"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/listings/<int:listing_id>/inventors")
@signed_in
def name_them(listing_id: int) -> Response:
    """Say who invented an achievement."""
    listing = get_own_listing(session(), current_actor(), listing_id)
    chosen = [number_of(value) or 0 for value in request.form.getlist("inventor_ids")]
    name_inventors(session(), current_actor(), listing, chosen)
    flash(_("发明人已保存。"), "success")
    return redirect(safe_next(url_for("listings.detail", kind=listing.kind, listing_id=listing.id)), 303)


def _kept(organization_id: int) -> Organization:
    organization = load(organization_id)
    require_keeper(current_actor(), organization)
    return organization


def _attach(form: InventorForm, error: Invalid) -> None:
    # The form has a method of the name that the service gives the field.
    errors = {"fields_of" if name == "fields" else name: sentence for name, sentence in error.errors.items()}
    attach_errors(form, Invalid(error.sentence, errors))


def _form_page(organization: Organization, form: InventorForm, inventor_id: int | None = None) -> str:
    form.offer(sub_unit_choices(session(), organization.id))
    inventor = None
    if inventor_id is not None:
        inventor = view_inventor(session(), get_inventor(session(), current_actor(), inventor_id))
    return render_template("inventors/edit.html", organization=organization, form=form, inventor=inventor)


def _roster_page(organization: Organization, form: RosterForm, report: RosterReport | None = None) -> str:
    if not can_edit_organization(current_actor(), organization):
        del form.create_sub_units
    return render_template(
        "inventors/roster.html", organization=organization, form=form, report=report, most_lines=MOST_LINES
    )
