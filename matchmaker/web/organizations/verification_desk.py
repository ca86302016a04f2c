"""The bureau's desk of verifications: what waits, the first and the second pair of eyes."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers.response import Response

from matchmaker.domain.days import today, years_after
from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Role
from matchmaker.domain.verifications import Verification, VerificationState
from matchmaker.services.doubles import doubles_of
from matchmaker.services.organization_history import subject_history
from matchmaker.services.verification_desk import (
    YEARS,
    can_check,
    can_confirm,
    check_by_register,
    check_verification,
    confirm_verification,
    other_verifiers,
    refuse_verification,
    return_to_check,
    verification_queue,
)
from matchmaker.services.verifications import get_verification
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.forms.base import BaseForm, attach_errors
from matchmaker.web.forms.organizations import CheckForm, ConfirmationForm, RefusalForm
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load
from matchmaker.web.organizations.desk import waiting_counts
from matchmaker.web.organizations.timelines import organization_timeline

TABS = {
    VerificationState.SUBMITTED: _l("待核对"),
    VerificationState.CHECKED: _l("待复核"),
    VerificationState.VERIFIED: _l("已核验"),
    VerificationState.REFUSED: _l("未通过"),
}


@blueprint.get("/verifications")
@role_required(Role.BUREAU, Role.ADMIN)
def verifications() -> str:
    """What waits, and what was decided."""
    state = request.args.get("state", "")
    if state not in set(TABS):
        state = VerificationState.SUBMITTED
    found = verification_queue(session(), current_actor(), state, page_number())
    return render_template(
        "organizations/verifications.html", found=found, state=state, states=TABS, waiting=waiting_counts()
    )


@blueprint.get("/verifications/<int:verification_id>")
@role_required(Role.BUREAU, Role.ADMIN)
def verification_detail(verification_id: int) -> str:
    """Documents and profile side by side, and what the viewer may do."""
    return _page(get_verification(session(), current_actor(), verification_id))


@blueprint.post("/verifications/<int:verification_id>/check")
@role_required(Role.BUREAU, Role.ADMIN)
def check_proof(verification_id: int) -> tuple[str, int] | Response:
    """Be the first pair of eyes."""
    form = CheckForm(prefix="check")
    try:
        check_verification(session(), current_actor(), verification_id, note=form.note.data or "")
    except Invalid as error:
        return _refused(verification_id, check=form, error=error)
    return _done(verification_id, _("已核对，等待另一位同事复核。"))


@blueprint.post("/verifications/<int:verification_id>/return")
@role_required(Role.BUREAU, Role.ADMIN)
def return_proof(verification_id: int) -> tuple[str, int] | Response:
    """Send it back to the first pair of eyes."""
    form = CheckForm(prefix="back")
    try:
        return_to_check(session(), current_actor(), verification_id, note=form.note.data or "")
    except Invalid as error:
        return _refused(verification_id, back=form, error=error)
    return _done(verification_id, _("已退回重新核对。"))


@blueprint.post("/verifications/<int:verification_id>/confirm")
@role_required(Role.BUREAU, Role.ADMIN)
def confirm_proof(verification_id: int) -> tuple[str, int] | Response:
    """Be the second pair of eyes."""
    form = ConfirmationForm(prefix="confirm")
    try:
        if form.validate_on_submit():
            until = form.valid_until.data
            confirm_verification(session(), current_actor(), verification_id, valid_until=until)
            return _done(verification_id, _("核验完成，已通知单位负责人。"))
        return _refused(verification_id, confirm=form)
    except Invalid as error:
        return _refused(verification_id, confirm=form, error=error)


@blueprint.post("/verifications/<int:verification_id>/refuse")
@role_required(Role.BUREAU, Role.ADMIN)
def refuse_proof(verification_id: int) -> tuple[str, int] | Response:
    """Refuse, with reason and advice."""
    form = RefusalForm(prefix="refuse")
    try:
        refuse_verification(
            session(),
            current_actor(),
            verification_id,
            reason=form.reason.data or "",
            advice=form.advice.data or "",
        )
    except Invalid as error:
        return _refused(verification_id, refuse=form, error=error)
    return _done(verification_id, _("已退回，单位负责人会收到说明。"))


@blueprint.post("/organizations/<int:organization_id>/verify")
@role_required(Role.BUREAU, Role.ADMIN)
def verify(organization_id: int) -> Response:
    """Be the first pair of eyes without documents: name and code agree with the official register."""
    made = check_by_register(session(), current_actor(), load(organization_id), note=request.form.get("note", ""))
    return _done(made.id, _("已核对，等待另一位同事复核。"))


def _page(verification: Verification, **forms: BaseForm) -> str:
    actor = current_actor()
    until = years_after(today(), YEARS)
    return render_template(
        "organizations/verification_detail.html",
        verification=verification,
        organization=verification.organization,
        may_check=can_check(actor, verification),
        may_confirm=can_confirm(actor, verification),
        others=other_verifiers(session(), actor),
        doubles=doubles_of(session(), actor, verification.organization),
        entries=organization_timeline(subject_history(session(), actor, "verification", verification.id)),
        check=forms.get("check") or CheckForm(prefix="check"),
        back=forms.get("back") or CheckForm(prefix="back"),
        confirm=forms.get("confirm") or ConfirmationForm(prefix="confirm", valid_until=until),
        refuse=forms.get("refuse") or RefusalForm(prefix="refuse"),
        opened=next(iter(forms), ""),
    )


def _refused(verification_id: int, error: Invalid | None = None, **forms: BaseForm) -> tuple[str, int]:
    for form in forms.values():
        if error is not None:
            attach_errors(form, error)
    return _page(get_verification(session(), current_actor(), verification_id), **forms), REFUSED


def _done(verification_id: int, sentence: str) -> Response:
    flash(sentence, "success")
    return redirect(url_for(".verification_detail", verification_id=verification_id), 303)
