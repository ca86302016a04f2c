"""Headers, cookies, forms' tokens, and how far proxies are believed."""

import secrets

from flask import Flask, Response, abort, current_app, g, request
from flask import session as cookie
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from matchmaker.config import Settings
from matchmaker.services.secrets import load_secret_key

HSTS_SECONDS = 31_536_000
# A form's text fields together, as sent: the longest listing in Chinese takes a third. More is refused unread.
MAX_FORM_BYTES = 1_000_000

POLICY = (
    "default-src 'none'",
    "script-src 'self' 'nonce-{nonce}'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}

csrf = CSRFProtect()


def init_security(app: Flask, settings: Settings) -> None:
    """Configure cookies and limits of size, answer with strict headers, check every form's token."""
    app.config.update(
        SECRET_KEY=load_secret_key(settings.data),
        SESSION_COOKIE_NAME="matchmaker",
        REMEMBER_COOKIE_NAME="matchmaker_remember",
        REMEMBER_COOKIE_DURATION=30 * 86_400,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        # A token lives as long as the log-in: a long form is not lost because somebody had lunch.
        WTF_CSRF_TIME_LIMIT=None,
    )
    for name in ("SESSION_COOKIE", "REMEMBER_COOKIE"):
        app.config[f"{name}_SECURE"] = settings.secure_cookies
        app.config[f"{name}_HTTPONLY"] = True
        app.config[f"{name}_SAMESITE"] = "Lax"
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_Allowance(settings))
    csrf.init_app(app)
    app.jinja_env.globals.update(csp_nonce=csp_nonce, csp_style_nonce=csp_style_nonce, csrf_field=csrf_field)
    app.before_request(_refuse_huge_form)
    app.after_request(_Headers(settings.secure_cookies))


def _refuse_huge_form() -> None:
    # Flask's own limit of a form's size holds for multipart only. A byte of Chinese text arrives as three here (%E4).
    largest = 3 * MAX_FORM_BYTES
    if request.mimetype == "application/x-www-form-urlencoded" and (request.content_length or 0) > largest:
        abort(413)


def csp_nonce() -> str:
    """Return this request's nonce for inline scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def csp_style_nonce() -> str:
    """Return this request's nonce for a style sheet that a vendored script writes; no other page allows any."""
    if "csp_style_nonce" not in g:
        g.csp_style_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_style_nonce
    return nonce


def content_security_policy() -> str:
    """Return the policy of this request's page."""
    policy = "; ".join(POLICY).format(nonce=csp_nonce())
    if "csp_style_nonce" in g:
        policy = policy.replace("style-src 'self'", f"style-src 'self' 'nonce-{csp_style_nonce()}'")
    return policy


def secret_key() -> bytes:
    """Return the kept key that signs cookies and links."""
    secret = current_app.secret_key
    assert isinstance(secret, bytes), "set from the kept key"  # noqa: S101
    return secret


def csrf_field() -> Markup:
    """Return the hidden field that every form that posts begins with."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


class _Allowance:
    """Lets a list to import be larger than other requests; what is larger still is refused unread."""

    def __init__(self, settings: Settings) -> None:
        self._most = {"imports.upload": settings.max_import_bytes + MAX_FORM_BYTES}

    def __call__(self) -> None:
        if request.endpoint in self._most:
            request.max_content_length = self._most[request.endpoint]


class _Headers:
    """Puts the headers on every response."""

    def __init__(self, https: bool) -> None:
        self._https = https

    def __call__(self, response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
        if self._https:
            response.headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"
        if request.endpoint != "static":
            # What one person saw must not be found by the next one at the same computer, nor kept by a proxy.
            personal = "_user_id" in cookie
            response.vary.add("HX-Request")  # or going back would show the fragment that a page once asked for
            response.headers.setdefault("Cache-Control", "private, no-store" if personal else "no-cache")
        return response
