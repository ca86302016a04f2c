"""Organizations: profiles, members, sub-units, inventors, verification, and the bureau's register."""

from matchmaker.web.organizations import (
    brokers,
    inventors,
    members,
    merges,
    openings,
    origins,
    profiles,
    register,
    sub_units,
    suspensions,
    verification,
    verification_desk,
    webhooks,
)
from matchmaker.web.organizations.blueprint import blueprint

__all__ = [
    "blueprint",
    "brokers",
    "inventors",
    "members",
    "merges",
    "openings",
    "origins",
    "profiles",
    "register",
    "sub_units",
    "suspensions",
    "verification",
    "verification_desk",
    "webhooks",
]
