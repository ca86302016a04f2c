"""Organizations: profiles, members, and the bureau's register."""

from matchmaker.web.organizations import brokers, members, profiles, register, webhooks
from matchmaker.web.organizations.blueprint import blueprint

__all__ = ["blueprint", "brokers", "members", "profiles", "register", "webhooks"]
