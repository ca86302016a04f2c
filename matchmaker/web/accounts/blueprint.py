"""The blueprint that all modules of accounts add their views to, and what they share."""

import hashlib

from flask import Blueprint, Response, current_app, request, url_for

from matchmaker.services.identifiers import read_login
from matchmaker.services.password_links import PasswordLinks
from matchmaker.web.limits import by_address
from matchmaker.web.platform import platform

REFUSED = 422

blueprint = Blueprint("accounts", __name__)


def base_url() -> str:
    """Return the address that mails lead to: the configured one, never what a request claims to have asked for."""
    return platform().settings.base_url


def password_links() -> PasswordLinks:
    """Return the maker of links with which a password is set."""
    secret = current_app.secret_key
    assert isinstance(secret, bytes), "set from the kept key"  # noqa: S101
    return PasswordLinks(secret, lambda token: base_url() + url_for("accounts.reset", token=token))


def by_login() -> str:
    """Count by the account that was typed, whether or not it exists; hashed, so that no address is stored."""
    typed = read_login(request.form.get("login", ""))
    return f"login:{hashlib.sha256(typed.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def by_login_and_address() -> str:
    """Count by account and network address together."""
    return f"{by_login()}@{by_address()}"


def was_refused(response: Response) -> bool:
    """Whether an attempt failed: only those count against the limits of log-in."""
    return response.status_code == REFUSED
