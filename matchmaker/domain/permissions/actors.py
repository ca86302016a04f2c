"""Whoever acts: a person for one of his organizations, a visitor, the platform itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from matchmaker.domain.fields import Layer
from matchmaker.domain.people import Role

READERS_OF_ALL = frozenset({Role.BROKER, Role.BUREAU, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a user in one of his organizations, a visitor, or the platform itself (worker, commands).

    `opened` are the listings of others of which a layer was opened to his organization, `avoided` the organizations
    that his own must not see, nor they it (see services/actors.py, which loads both).
    """

    user_id: int | None = None
    organization_id: int | None = None
    role: Role | None = None
    name: str = ""
    organization_name: str = ""
    is_owner: bool = False
    is_system: bool = False
    # The organization whose suspension has taken the actor's role: he may still read what is its own.
    suspended_organization_id: int | None = None
    language: str | None = None
    opened: Mapping[int, Layer] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    avoided: frozenset[int] = frozenset()
    organization_kind: str = ""

    @classmethod
    def anonymous(cls) -> "Actor":
        """A visitor who has not logged in."""
        return cls()

    @classmethod
    def system(cls) -> "Actor":
        """The platform itself, for commands on the machine and the worker."""
        return cls(name="system", is_system=True)

    @property
    def signed_in(self) -> bool:
        """Whether a person stands behind this actor."""
        return self.user_id is not None

    @property
    def reads_all(self) -> bool:
        """Whether hidden layers of listings are open to this actor."""
        return self.is_system or self.role in READERS_OF_ALL
