"""Who belongs to an organization: list, invitations, owners."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.people import Membership, Organization, OrganizationKind
from matchmaker.domain.permissions import can_appoint_admins
from matchmaker.services.invitations import invite as invite_colleague
from matchmaker.services.members import list_members, remove_member, set_owner
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.accounts.blueprint import base_url, password_links
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.organizations import InvitationForm
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load


@blueprint.get("/organizations/<int:organization_id>/members")
@signed_in
def members(organization_id: int) -> str:
    """Colleagues, and for those who manage them the form to invite another."""
    return _page(load(organization_id), InvitationForm())


@blueprint.post("/organizations/<int:organization_id>/members")
@signed_in
@limiter.limit("30 per hour", key_func=by_person)
def invite(organization_id: int) -> tuple[str, int] | Response:
    """Invite a colleague by e-mail; the answer is the same whether or not he has an account."""
    organization, form = load(organization_id), InvitationForm()
    try:
        if form.validate_on_submit():
            _invite(organization, form)
            flash(_("邀请已发送到 %(email)s，对方接受后加入。", email=form.email.data), "success")
            return redirect(url_for("organizations.members", organization_id=organization_id), 303)
    except Invalid as error:
        attach_errors(form, error)
    except Conflict as error:
        attach_errors(form, Invalid(error.sentence, {"email": error.sentence}))
    return _page(organization, form), REFUSED


@blueprint.post("/memberships/<int:membership_id>/remove")
@signed_in
def remove(membership_id: int) -> Response:
    """End a membership or withdraw an invitation."""
    membership = remove_member(session(), current_actor(), membership_id)
    return _changed(membership, _("成员已移除，其负责的内容由单位其他负责人接管。"))


@blueprint.post("/memberships/<int:membership_id>/make-owner")
@signed_in
def make_owner(membership_id: int) -> Response:
    """Make a member an owner."""
    return _changed(set_owner(session(), current_actor(), membership_id, True), _("已设为单位负责人。"))


@blueprint.post("/memberships/<int:membership_id>/make-member")
@signed_in
def make_member(membership_id: int) -> Response:
    """Make an owner a plain member."""
    return _changed(set_owner(session(), current_actor(), membership_id, False), _("已改为普通成员。"))


def _invite(organization: Organization, form: InvitationForm) -> None:
    invite_colleague(
        session(),
        current_actor(),
        organization,
        name=form.name.data or "",
        email=form.email.data or "",
        is_owner=form.is_owner.data,
        as_admin=form.as_admin.data,
        links=password_links(),
        base_url=base_url(),
    )


def _changed(membership: Membership, text: str) -> Response:
    flash(text, "success")
    if membership.user_id == current_actor().user_id:
        # Whoever has just given up his own rights may not see the list any more.
        return redirect(url_for("accounts.account"), 303)
    return redirect(url_for("organizations.members", organization_id=membership.organization_id), 303)


def _page(organization: Organization, form: InvitationForm) -> str:
    actor = current_actor()
    if organization.kind != OrganizationKind.BUREAU or not can_appoint_admins(actor):
        del form.as_admin
    return render_template(
        "organizations/members.html",
        organization=organization,
        members=list_members(session(), actor, organization),
        form=form,
    )
