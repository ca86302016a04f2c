"""The log-in of a browser: what its cookie says, and the actor behind it."""

from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import load_actor
from matchmaker.web.platform import platform

# No id has more; a larger number would not fit into the database either.
MOST_DIGITS = 18
# What a browser's cookie calls the language that was chosen in it.
LANGUAGE = "locale"


class SessionUser(UserMixin):  # type: ignore[misc]
    """What a browser's cookie names: a user, the version of his credentials, the membership he acts in (0: none)."""

    def __init__(self, user_id: int, credentials_version: int, membership_id: int | None) -> None:
        self.user_id = user_id
        self.credentials_version = credentials_version
        self.membership_id = membership_id or None
        self.actor = Actor.anonymous()

    def get_id(self) -> str:
        """Return the cookie's text."""
        return f"{self.user_id}.{self.credentials_version}.{self.membership_id or 0}"

    @classmethod
    def parse(cls, text: str) -> "SessionUser | None":
        """Read the cookie's text; None where it is none of ours."""
        parts = text.split(".")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS for part in parts):
            return None
        return cls(*map(int, parts))


def current_actor() -> Actor:
    """Return whoever makes this request, `Actor.anonymous()` for a visitor."""
    return current_user.actor if isinstance(current_user._get_current_object(), SessionUser) else Actor.anonymous()


def current_membership_id() -> int | None:
    """Return the membership that this request's cookie names, whether or not it gives any rights."""
    user = current_user._get_current_object()
    return user.membership_id if isinstance(user, SessionUser) else None


def sign_in(user_id: int, membership_id: int | None, credentials_version: int, *, remember: bool = False) -> None:
    """Log the browser in, or let it act in another membership; all that the former session held is dropped."""
    language = session.get(LANGUAGE)
    session.clear()
    if language:
        session[LANGUAGE] = language
    login_user(SessionUser(user_id, credentials_version, membership_id), remember=remember)


def sign_out() -> None:
    """Log the browser out."""
    logout_user()


def init_login(app: Flask) -> None:
    """Teach the application to read its cookie."""
    manager = LoginManager()
    manager.user_loader(_load_user)
    manager.init_app(app)


def _load_user(text: str) -> SessionUser | None:
    """Read the actor in a session of its own, closed at once: no lock is held before a view needs one."""
    user = SessionUser.parse(text)
    if user is None:
        return None
    with platform().database.read() as reading:
        actor = load_actor(reading, user.user_id, user.credentials_version, user.membership_id)
    if actor is None:
        return None
    user.actor = actor
    return user
