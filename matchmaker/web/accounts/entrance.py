"""Log-in and log-out."""

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.language import read_language
from matchmaker.domain.permissions import Actor
from matchmaker.services.accounts import LogIn, authenticate, choose_language, renew_hash
from matchmaker.services.demo import demo_logins, is_demo_account
from matchmaker.web.access import current_actor, public, safe_next, sign_in, sign_out, signed_in
from matchmaker.web.accounts.blueprint import REFUSED, blueprint, by_login, by_login_and_address, was_refused
from matchmaker.web.database import session
from matchmaker.web.forms.accounts import LoginForm
from matchmaker.web.limits import by_address, limiter
from matchmaker.web.login import LANGUAGE
from matchmaker.web.platform import platform

LOGIN_HINT = "login_hint"


@blueprint.get("/login")
@public
def login() -> str | Response:
    """The form; whoever is logged in already goes on to where he wanted to go."""
    if current_actor().signed_in:
        return redirect(_destination(), 303)
    return _page(LoginForm(login=cookie.pop(LOGIN_HINT, "")))


@blueprint.post("/login")
@public
@limiter.limit("5 per 15 minutes", key_func=by_login_and_address, deduct_when=was_refused)
@limiter.limit("50 per hour", key_func=by_login, deduct_when=was_refused)
@limiter.limit("60 per 15 minutes", key_func=by_address, deduct_when=was_refused)
def log_in() -> tuple[str, int] | Response:
    """Log in, or say that account and password do not go together, and nothing more."""
    form = LoginForm()
    found = _authenticate(form) if form.validate_on_submit() else None
    if found is None:
        if not form.errors:
            form.form_errors.append(_("账号或密码不正确。"))
        return _page(form), REFUSED
    if found.outdated:
        renew_hash(session(), found, form.password.data, hasher=platform().hasher)
    chosen = read_language(cookie.get(LANGUAGE))
    if chosen is not None and found.language is None:
        choose_language(session(), Actor(user_id=found.user_id), chosen)
    sign_in(found.user_id, found.membership_id, found.credentials_version, remember=form.remember.data)
    return redirect(_destination(), 303)


@blueprint.post("/logout")
@signed_in
def logout() -> Response:
    """Log this browser out."""
    sign_out()
    flash(_("您已退出登录。"), "success")
    return redirect(url_for("home.index"), 303)


def _authenticate(form: LoginForm) -> LogIn | None:
    login, password = form.login.data, form.password.data
    if is_demo_account(login) and not platform().settings.demo:
        # The data folder may once have served a demonstration.
        return None
    # Read-only: checking a password takes a while, and nobody should wait for the write lock meanwhile.
    with platform().database.read() as reading:
        return authenticate(reading, login, password, hasher=platform().hasher)


def _page(form: LoginForm) -> str:
    demo = demo_logins() if platform().settings.demo else ()
    return render_template("accounts/login.html", form=form, demo=demo, next=safe_next(""))


def _destination() -> str:
    return safe_next(url_for("dashboard.index"))
