"""Registration: first the kind of organization, then one form."""

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import OrganizationKind
from matchmaker.services.registration import SELF_REGISTERED
from matchmaker.services.registration import register as register_newcomer
from matchmaker.services.verification import send_verification
from matchmaker.web.access import current_actor, public, safe_next
from matchmaker.web.accounts.blueprint import REFUSED, base_url, blueprint
from matchmaker.web.accounts.entrance import LOGIN_HINT
from matchmaker.web.accounts.verification import verification_links
from matchmaker.web.database import session
from matchmaker.web.forms.accounts import RegistrationForm
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.limits import limiter
from matchmaker.web.platform import platform


@blueprint.get("/register")
@public
def register() -> str | Response:
    """The kinds to choose from, or the form of the kind that was chosen."""
    if current_actor().signed_in:
        return redirect(url_for("accounts.account"), 303)
    kind = request.args.get("kind", "")
    if kind not in SELF_REGISTERED:
        return render_template("accounts/choose_kind.html", kinds=SELF_REGISTERED, next=safe_next(""))
    return _page(RegistrationForm(kind=kind), kind)


@blueprint.post("/register")
@public
# Generous per address: a whole course may sit behind one.
@limiter.limit("300 per hour")
@limiter.limit("60 per hour", deduct_when=lambda response: response.status_code < REFUSED)
def submit_registration() -> tuple[str, int] | Response:
    """Register; the answer is the same whether or not somebody has this address already."""
    form = RegistrationForm()
    kind = form.kind.data if form.kind.data in SELF_REGISTERED else OrganizationKind.ENTERPRISE
    try:
        if form.validate_on_submit():
            made = register_newcomer(session(), form.registration(), base_url=base_url(), hasher=platform().hasher)
            if made is not None:
                send_verification(session(), made.user, verification_links())
            return _done(form.email.data, kind)
    except Invalid as error:
        attach_errors(form, error)
    return _page(form, kind), REFUSED


def _page(form: RegistrationForm, kind: str) -> str:
    # Whoever came to do something here is led back to it once he has logged in.
    return render_template("accounts/register.html", form=form, kind=OrganizationKind(kind), next=safe_next(""))


def _done(email: str, kind: str) -> Response:
    text = _(
        "注册已提交，请用刚才填写的邮箱和密码登录。如果这个邮箱或手机号以前注册过，原账号保持不变，请用原密码登录。"
    )
    if kind == OrganizationKind.BROKER:
        text += _("技术经纪人身份由科技局确认后生效，结果会发到您的邮箱。")
    flash(text, "success")
    cookie[LOGIN_HINT] = email
    return redirect(url_for("accounts.login", next=safe_next("") or None), 303)
