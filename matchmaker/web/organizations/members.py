"""Who belongs to an organization: list, invitations, owners."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Membership, Organization, OrganizationKind
from matchmaker.domain.permissions import can_appoint_admins
from matchmaker.services.handovers import offer_handover, recall_handover, standing_offer
from matchmaker.services.invitations import LIFETIME, InvitationReport, invite_many, resend_invitation
from matchmaker.services.members import list_members, remove_member, set_owner
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.accounts.blueprint import base_url, password_links
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.organizations import HandoverForm, InvitationForm
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load


@blueprint.get("/organizations/<int:organization_id>/members")
@signed_in
def members(organization_id: int) -> str:
    """Colleagues, and for those who manage them the form to invite others."""
    return _page(load(organization_id), InvitationForm())


@blueprint.post("/organizations/<int:organization_id>/members")
@signed_in
@limiter.limit("30 per hour", key_func=by_person)
def invite(organization_id: int) -> str | tuple[str, int] | Response:
    """Invite colleagues by e-mail; the answer is the same whether or not they have accounts."""
    organization, form = load(organization_id), InvitationForm()
    try:
        if form.validate_on_submit():
            report = _invite(organization, form)
            if not report.unsent:
                flash(_("已向 %(count)s 人发送邀请，对方接受后加入。", count=len(report.invited)), "success")
                return redirect(url_for("organizations.members", organization_id=organization_id), 303)
            # What was not sent stays in the form, to be mended.
            form.text.data = "\n".join(row.text for row in report.unsent)
            return _page(organization, form, report=report)
    except Invalid as error:
        attach_errors(form, error)
    return _page(organization, form), REFUSED


@blueprint.post("/memberships/<int:membership_id>/resend")
@signed_in
@limiter.limit("60 per hour", key_func=by_person)
def resend(membership_id: int) -> Response:
    """Send an invitation again."""
    membership = resend_invitation(
        session(), current_actor(), membership_id, links=password_links(), base_url=base_url()
    )
    return _changed(membership, _("邀请已重新发送，%(days)s 天内有效。", days=LIFETIME.days))


@blueprint.post("/memberships/<int:membership_id>/remove")
@signed_in
def remove(membership_id: int) -> Response:
    """End a membership or withdraw an invitation."""
    membership = remove_member(session(), current_actor(), membership_id)
    return _changed(membership, _("已移除。其负责的内容由单位其他负责人接管。"))


@blueprint.post("/memberships/<int:membership_id>/make-owner")
@signed_in
def make_owner(membership_id: int) -> Response:
    """Make a member an owner."""
    return _changed(_set_owner(membership_id, is_owner=True), _("已设为单位负责人，并已通知。"))


@blueprint.post("/memberships/<int:membership_id>/make-member")
@signed_in
def make_member(membership_id: int) -> Response:
    """Make an owner a plain member."""
    return _changed(_set_owner(membership_id, is_owner=False), _("已改为普通成员，并已通知。"))


@blueprint.post("/organizations/<int:organization_id>/handovers")
@signed_in
@limiter.limit("20 per hour", key_func=by_person)
def offer(organization_id: int) -> tuple[str, int] | Response:
    """Offer one's own place as owner to a colleague."""
    organization, form = load(organization_id), HandoverForm()
    try:
        note = form.note.data or ""
        offer_handover(session(), current_actor(), organization, form.to_user_id.data or 0, note=note)
    except Invalid as error:
        attach_errors(form, error)
        return _page(organization, InvitationForm(formdata=None), handover=form), REFUSED
    flash(_("已请对方接任。对方接受之前，您仍是负责人。"), "success")
    return redirect(url_for("organizations.members", organization_id=organization_id), 303)


@blueprint.post("/handovers/<int:handover_id>/recall")
@signed_in
def recall(handover_id: int) -> Response:
    """Take the offer back."""
    taken_back = recall_handover(session(), current_actor(), handover_id)
    flash(_("移交已收回。"), "success")
    return redirect(url_for("organizations.members", organization_id=taken_back.organization_id), 303)


def _set_owner(membership_id: int, *, is_owner: bool) -> Membership:
    return set_owner(session(), current_actor(), membership_id, is_owner, reason=request.form.get("reason", ""))


def _invite(organization: Organization, form: InvitationForm) -> InvitationReport:
    return invite_many(
        session(),
        current_actor(),
        organization,
        form.text.data or "",
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


def _page(
    organization: Organization,
    form: InvitationForm,
    *,
    report: InvitationReport | None = None,
    handover: HandoverForm | None = None,
) -> str:
    actor = current_actor()
    if organization.kind != OrganizationKind.BUREAU or not can_appoint_admins(actor):
        del form.as_admin
    people = list_members(session(), actor, organization)
    heirs = [(row.user_id, row.name) for row in people if row.state == "active" and not row.is_owner]
    handover = handover or HandoverForm(formdata=None)
    handover.to_user_id.choices = heirs
    return render_template(
        "organizations/members.html",
        organization=organization,
        members=people,
        form=form,
        report=report,
        handover=handover,
        standing=standing_offer(session(), actor),
        is_own=actor.organization_id == organization.id,
        days=LIFETIME.days,
    )
