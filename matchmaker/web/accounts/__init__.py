"""Accounts: coming in (log-in, registration, forgotten password) and one's own account page."""

from matchmaker.web.accounts import entrance, invitations, language, own, passwords, registration, verification
from matchmaker.web.accounts.blueprint import blueprint

__all__ = ["blueprint", "entrance", "invitations", "language", "own", "passwords", "registration", "verification"]
