"""A forgotten password: asking for a link, and setting a new one through it."""

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.services.credentials import request_reset, reset_password
from matchmaker.web.access import public, sign_out
from matchmaker.web.accounts.blueprint import REFUSED, base_url, blueprint, by_login, password_links
from matchmaker.web.accounts.entrance import LOGIN_HINT
from matchmaker.web.database import session
from matchmaker.web.forms.accounts import ForgotForm, ResetForm
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.limits import limiter
from matchmaker.web.platform import platform


@blueprint.get("/forgot")
@public
def forgot() -> str:
    """The form that asks for a link."""
    return _forgot_page(ForgotForm())


@blueprint.post("/forgot")
@public
@limiter.limit("3 per hour", key_func=by_login)
@limiter.limit("20 per hour")
def send_link() -> tuple[str, int] | Response:
    """Mail a link to whoever has this address; the answer is the same if nobody has."""
    form = ForgotForm()
    if not form.validate_on_submit():
        return _forgot_page(form), REFUSED
    request_reset(session(), form.login.data, password_links())
    flash(_("如果这个账号存在，重设密码的链接已发到它的邮箱，一小时内有效。"), "success")
    return redirect(url_for("accounts.login"), 303)


@blueprint.get("/reset/<string:token>")
@public
def reset(token: str) -> str | tuple[str, int]:
    """The form for a new password; a void link is told at once."""
    try:
        return _reset_page(token, ResetForm())
    except NotFound:
        return render_template("accounts/link_void.html"), 404


@blueprint.post("/reset/<string:token>")
@public
@limiter.limit("30 per hour")
def set_password(token: str) -> tuple[str, int] | Response:
    """Set the password; every other log-in of this person ends, and this browser logs in anew."""
    form = ResetForm()
    try:
        if form.validate_on_submit():
            user = reset_password(
                session(),
                token,
                form.password.data,
                password_links(),
                consented=form.consented.data,
                base_url=base_url(),
                hasher=platform().hasher,
            )
            sign_out()
            cookie[LOGIN_HINT] = user.email or ""
            flash(_("密码已设置，请用新密码登录。"), "success")
            return redirect(url_for("accounts.login"), 303)
    except Invalid as error:
        attach_errors(form, error)
    return _reset_page(token, form), REFUSED


def _forgot_page(form: ForgotForm) -> str:
    has_mail = platform().settings.smtp_host is not None
    return render_template("accounts/forgot.html", form=form, has_mail=has_mail)


def _reset_page(token: str, form: ResetForm) -> str:
    user, membership_id = password_links().read(session(), token)
    newcomer = user.consent_version is None
    return render_template(
        "accounts/reset.html", form=form, user=user, newcomer=newcomer, invited=membership_id is not None
    )
