"""Who may call a view: every view is marked by exactly one of `public`, `signed_in`, `role_required`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.wrappers.response import Response

from matchmaker.domain.addresses import is_site_path
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.web.login import current_actor, sign_in, sign_out

__all__ = [
    "access_of",
    "current_actor",
    "init_access",
    "is_htmx",
    "public",
    "role_required",
    "safe_next",
    "sign_in",
    "sign_out",
    "signed_in",
]

MARK = "matchmaker_access"
UNGUARDED = frozenset({"static"})
LOGIN = "accounts.login"

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """A view's mark: `needs_login`, and where `roles` is not empty one of them."""

    needs_login: bool
    roles: frozenset[Role] = frozenset()


def public(view: View) -> View:
    """Mark a view that everybody may call."""
    return _mark(view, Access(needs_login=False))


def signed_in(view: View) -> View:
    """Mark a view for everybody who is logged in, with or without a role."""
    return _mark(view, Access(needs_login=True))


def role_required(*roles: Role) -> Callable[[View], View]:
    """Mark a view for those who act in one of `roles`."""
    return lambda view: _mark(view, Access(needs_login=True, roles=frozenset(roles)))


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return a view's mark, or None where it was forgotten."""
    return getattr(view, MARK, None)


def is_htmx() -> bool:
    """Whether htmx asks for a fragment rather than a browser for a page; going back in history asks for the page."""
    whole = (request.headers.get(name) == "true" for name in ("HX-Boosted", "HX-History-Restore-Request"))
    return request.headers.get("HX-Request") == "true" and not any(whole)


def safe_next(default: str) -> str:
    """Return where `?next=` (or the form's field) points to on this very site, else `default`."""
    target = request.values.get("next", "")
    return target if is_site_path(target) else default


def init_access(app: Flask) -> None:
    """Check every request against the mark of the view that it is for."""
    app.before_request(_guard)


def _mark(view: View, access: Access) -> View:
    if access_of(view) is not None:
        raise TypeError(f"{view.__qualname__} is marked twice")
    setattr(view, MARK, access)
    return view


def _guard() -> Response | None:
    if request.endpoint is None or request.endpoint in UNGUARDED:
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None:
        raise RuntimeError(f"the view of {request.endpoint} is marked neither public nor guarded")
    if not access.needs_login:
        return None
    actor = current_actor()
    if not actor.signed_in:
        return _ask_to_log_in()
    if access.roles and actor.role not in access.roles:
        raise Forbidden(N_("您当前的身份不能使用这个页面。"))
    return None


def _ask_to_log_in() -> Response:
    """Send the browser to the log-in page, which leads back; a form's own address cannot be led back to."""
    reading = request.method in {"GET", "HEAD"}
    target = request.full_path.rstrip("?") if reading and not is_htmx() else None
    address = url_for(LOGIN, next=target)
    if is_htmx():
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)
