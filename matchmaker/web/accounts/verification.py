"""Verifying one's e-mail address: asking for the link again, and following it."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import NotFound
from matchmaker.services.verification import VerificationLinks, send_own_verification, verify_email
from matchmaker.web.access import current_actor, public, signed_in
from matchmaker.web.accounts.blueprint import base_url, blueprint
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter


def verification_links() -> VerificationLinks:
    """Return the maker of links that verify an address."""
    secret = current_app.secret_key
    assert isinstance(secret, bytes), "set from the kept key"  # noqa: S101
    return VerificationLinks(secret, lambda token: base_url() + url_for("accounts.verify", token=token))


@blueprint.post("/account/email/verification")
@signed_in
@limiter.limit("5 per hour", key_func=by_person)
def send_verification_link() -> Response:
    """Send the link to one's own address."""
    send_own_verification(session(), current_actor(), verification_links())
    flash(_("验证邮件已发出，请打开其中的链接。没有收到时请查看垃圾邮件。"), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.get("/verify/<string:token>")
@public
@limiter.limit("60 per hour")
def verify(token: str) -> tuple[str, int] | str:
    """A button: a mail program that only looks at links confirms nothing."""
    try:
        user = verification_links().read(session(), token)
    except NotFound as error:
        return _void(error)
    return render_template("accounts/verify.html", token=token, user=user)


@blueprint.post("/verify/<string:token>")
@public
@limiter.limit("60 per hour")
def confirm_email(token: str) -> tuple[str, int] | Response:
    """Take the address as its person's."""
    try:
        verify_email(session(), token, verification_links())
    except NotFound as error:
        return _void(error)
    flash(_("邮箱已验证，以后的通知会发到这里。"), "success")
    return redirect(url_for("accounts.account"), 303)


def _void(error: NotFound) -> tuple[str, int]:
    return render_template("accounts/verify_void.html", error=error), 404
