"""One's own account: contact data, password, organizations, personal data."""

import json
from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.people import User
from matchmaker.services.accounts import change_contacts, own_user
from matchmaker.services.credentials import change_password, log_out_everywhere
from matchmaker.services.handovers import offers_to
from matchmaker.services.invitations import has_expired, invitations_of
from matchmaker.services.members import choose_membership, list_memberships
from matchmaker.services.privacy import delete_account, export_personal_data
from matchmaker.services.verification import send_verification
from matchmaker.web.access import current_actor, sign_in, sign_out, signed_in
from matchmaker.web.accounts.blueprint import REFUSED, base_url, blueprint, was_refused
from matchmaker.web.accounts.verification import verification_links
from matchmaker.web.database import session
from matchmaker.web.forms.accounts import ContactsForm, DeletionForm, PasswordForm
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.login import current_membership_id
from matchmaker.web.platform import platform


@blueprint.get("/account")
@signed_in
def account() -> str:
    """Everything about one's own account on one page."""
    return _page()


@blueprint.post("/account/contacts")
@signed_in
@limiter.limit("20 per hour", key_func=by_person)
def save_contacts() -> tuple[str, int] | Response:
    """Change name, e-mail address, mobile number."""
    form = ContactsForm(prefix="contacts")
    try:
        if form.validate_on_submit():
            former = own_user(session(), current_actor()).email
            user = change_contacts(
                session(),
                current_actor(),
                name=form.name.data or "",
                email=form.email.data or "",
                mobile=form.mobile.data or "",
                password=form.password.data or "",
                base_url=base_url(),
                hasher=platform().hasher,
            )
            if user.email != former:
                send_verification(session(), user, verification_links())
            flash(_("您的信息已保存。"), "success")
            return redirect(url_for("accounts.account"), 303)
    except Invalid as error:
        attach_errors(form, error)
    return _page(contacts=form), REFUSED


@blueprint.post("/account/password")
@signed_in
@limiter.limit("10 per 15 minutes", key_func=by_person, deduct_when=was_refused)
def save_password() -> tuple[str, int] | Response:
    """Change the password; this browser stays logged in, all others do not."""
    form = PasswordForm(prefix="password")
    try:
        if form.validate_on_submit():
            old, new = form.old.data, form.password.data
            hasher = platform().hasher
            user = change_password(session(), current_actor(), old=old, new=new, base_url=base_url(), hasher=hasher)
            return _stay(user, _("密码已更改，其他设备上的登录已退出。"))
    except Invalid as error:
        attach_errors(form, error)
    return _page(password=form), REFUSED


@blueprint.post("/account/log-out-everywhere")
@signed_in
def end_other_sessions() -> Response:
    """Log out everywhere but here."""
    return _stay(log_out_everywhere(session(), current_actor()), _("其他设备上的登录已退出。"))


@blueprint.post("/account/memberships/<int:membership_id>/use")
@signed_in
def use_membership(membership_id: int) -> Response:
    """Act for another of one's organizations from now on."""
    membership = choose_membership(session(), current_actor(), membership_id)
    sign_in(membership.user_id, membership.id, membership.user.credentials_version)
    flash(_("现在以“%(name)s”的身份使用平台。", name=membership.organization.name), "success")
    return redirect(url_for("dashboard.index"), 303)


@blueprint.get("/account/export")
@signed_in
@limiter.limit("20 per hour", key_func=by_person)
def export() -> FlaskResponse:
    """Download everything that is stored about oneself, as JSON."""
    text = json.dumps(export_personal_data(session(), current_actor()), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="matchmaker-personal-data.json"'}
    return FlaskResponse(text, mimetype="application/json", headers=headers)


@blueprint.get("/account/delete")
@signed_in
def deletion() -> str:
    """What deleting the account means, and the form for it."""
    return render_template("accounts/delete.html", form=DeletionForm())


@blueprint.post("/account/delete")
@signed_in
@limiter.limit("10 per 15 minutes", key_func=by_person, deduct_when=was_refused)
def delete() -> tuple[str, int] | Response:
    """Delete the account, or say what must be done first."""
    form = DeletionForm()
    try:
        if form.validate_on_submit():
            delete_account(session(), current_actor(), password=form.password.data, hasher=platform().hasher)
            sign_out()
            flash(_("您的账号已注销，个人信息已删除。"), "success")
            return redirect(url_for("home.index"), 303)
    except Invalid as error:
        attach_errors(form, error)
    except Conflict as error:
        form.form_errors.append(translate(error))
    return render_template("accounts/delete.html", form=form), REFUSED


def _stay(user: User, text: str) -> Response:
    remember = current_app.config["REMEMBER_COOKIE_NAME"] in request.cookies
    sign_in(user.id, current_membership_id(), user.credentials_version, remember=remember)
    flash(text, "success")
    return redirect(url_for("accounts.account"), 303)


def _page(**forms: Any) -> str:
    actor = current_actor()
    user = own_user(session(), actor)
    contacts = forms.get("contacts") or ContactsForm(formdata=None, obj=user, prefix="contacts")
    return render_template(
        "accounts/account.html",
        user=user,
        contacts=contacts,
        password=forms.get("password") or PasswordForm(formdata=None, prefix="password"),
        memberships=list_memberships(session(), user.id),
        invitations=[(row, has_expired(row.created_at)) for row in invitations_of(session(), actor)],
        offers=offers_to(session(), actor),
        acting_in=current_membership_id(),
    )
