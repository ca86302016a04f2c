"""Answering invitations, and leaving an organization."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.people import MembershipState
from matchmaker.services.handovers import decline_handover, take_handover
from matchmaker.services.invitations import accept_invitation, decline_invitation
from matchmaker.services.members import leave as leave_organization
from matchmaker.web.access import current_actor, sign_in, signed_in
from matchmaker.web.accounts.blueprint import blueprint
from matchmaker.web.database import session


@blueprint.post("/account/invitations/<int:membership_id>/accept")
@signed_in
def accept(membership_id: int) -> Response:
    """Join an organization, and act for it at once where one acts for none."""
    actor = current_actor()
    membership = accept_invitation(session(), actor, membership_id)
    name = membership.organization.name
    if membership.state == MembershipState.PENDING:
        flash(_("您已加入“%(name)s”，技术经纪人身份还需科技局确认。", name=name), "success")
    else:
        flash(_("您已加入“%(name)s”。", name=name), "success")
        if actor.organization_id is None:
            sign_in(membership.user_id, membership.id, membership.user.credentials_version)
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/invitations/<int:membership_id>/decline")
@signed_in
def decline(membership_id: int) -> Response:
    """Decline an invitation."""
    decline_invitation(session(), current_actor(), membership_id)
    flash(_("您已谢绝这份邀请。"), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/handovers/<int:handover_id>/take")
@signed_in
def take(handover_id: int) -> Response:
    """Become owner in a colleague's place."""
    offer = take_handover(session(), current_actor(), handover_id)
    flash(_("您现在是“%(name)s”的负责人。", name=offer.organization.name), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/handovers/<int:handover_id>/decline")
@signed_in
def decline_offer(handover_id: int) -> Response:
    """Leave the colleague owner."""
    decline_handover(session(), current_actor(), handover_id)
    flash(_("您已谢绝接任，对方会收到通知。"), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/memberships/<int:membership_id>/leave")
@signed_in
def leave(membership_id: int) -> Response:
    """Leave an organization."""
    leave_organization(session(), current_actor(), membership_id)
    flash(_("您已退出这个单位。"), "success")
    return redirect(url_for("accounts.account"), 303)
