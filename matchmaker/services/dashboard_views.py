"""What a dashboard shows, as plain data."""

from dataclasses import dataclass
from datetime import datetime

from matchmaker.services.ledger import Figure
from matchmaker.services.match_views import MatchView


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many listings of a kind are in a state."""

    kind: str
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class WaitingListing:
    """A listing that waits for somebody: since when, for whom, and, where it was returned, with which advice."""

    id: int
    kind: str
    title: str
    organization_name: str
    state: str
    at: datetime
    advice: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchTeaser:
    """The best few of a set of pairs, and how many there are."""

    total: int
    matches: tuple[MatchView, ...]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """What the viewer could review now; `oldest_at` is None where nothing waits."""

    count: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class PartyDashboard:
    """For an enterprise or a university: own listings, what waits for them, what is new."""

    states: tuple[StateCount, ...]
    returned: tuple[WaitingListing, ...]
    confirming: tuple[WaitingListing, ...]
    drafts: tuple[WaitingListing, ...]
    new: MatchTeaser
    wanted: MatchTeaser
    mutual: MatchTeaser

    def count(self, *states: str, kind: str | None = None) -> int:
        """How many listings are in one of `states`, of one kind or of all."""
        return sum(row.count for row in self.states if row.state in states and kind in (None, row.kind))


@dataclass(frozen=True, slots=True)
class BrokerDashboard:
    """For a broker: the review desk, pairs to look at, his clients' listings, and how many pairs wait for a grade."""

    review: ReviewQueue
    undecided: MatchTeaser
    mutual: MatchTeaser
    clients: tuple[WaitingListing, ...]
    to_grade: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many listings of a kind ever came so far; `waiting` and `live` are what stands there today."""

    kind: str
    collected: int
    submitted: int
    published: int
    returned: int
    waiting: int
    live: int


@dataclass(frozen=True, slots=True)
class PendingBroker:
    """Somebody who asks to act as a broker and waits for the bureau's confirmation."""

    membership_id: int
    person: str
    organization_id: int
    organization_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BureauDashboard:
    """For the bureau: the funnel, the year's promises, and what waits for a decision."""

    funnels: tuple[Funnel, ...]
    figures: tuple[Figure, ...]
    review: ReviewQueue
    brokers: tuple[PendingBroker, ...]
    verifications: int
    merges: int
    mutual: MatchTeaser
    grades: dict[int, int]
    organizations: int
