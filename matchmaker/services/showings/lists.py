"""What is remembered of one list that was shown and of one pair that was opened: ids and numbers, no text."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.permissions import Actor
from matchmaker.domain.showings import ListKind
from matchmaker.services.match_views import MatchView
from matchmaker.services.visits import OFFICIAL

SCORE_PLACES = 4
DIGEST_BYTES = 12

Cell = tuple[int, int, float] | tuple[int, int, float, str, str]


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom something was shown: an organization and a role in it, never a person."""

    organization_id: int
    role: str


@dataclass(frozen=True, slots=True)
class ListShown:
    """One list as it was shown on a day; `first` is the position of its first pair, counted from 1."""

    viewer: Viewer
    on: date
    kind: ListKind
    listing_id: int | None
    ranker: str
    model: str
    first: int
    pairs: tuple[Cell, ...]

    @property
    def digest(self) -> str:
        """What tells this content from that of any other list."""
        content = [self.kind, self.listing_id, self.ranker, self.model, self.first, self.pairs]
        return hashlib.blake2b(json.dumps(content).encode(), digest_size=DIGEST_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class PairOpened:
    """One pair's page opened on a day, from a kind of list or, where that is not known, from None."""

    viewer: Viewer
    on: date
    need_id: int
    achievement_id: int
    kind: ListKind | None


Sight = ListShown | PairOpened


def viewer_of(actor: Actor) -> Viewer | None:
    """Return who sees a list; None for those without an organization, and for the bureau and the administrator.

    Those look at everything because it is their office, and decide about nothing.
    """
    if actor.organization_id is None or actor.role is None or actor.role in OFFICIAL:
        return None
    return Viewer(actor.organization_id, actor.role)


def list_shown(
    actor: Actor, kind: ListKind, matches: Sequence[MatchView], *, listing_id: int | None = None, first: int = 1
) -> ListShown | None:
    """Return what is to be remembered of a list; None where it is empty or its viewer is not remembered."""
    viewer = viewer_of(actor)
    if viewer is None or not matches:
        return None
    (ranker, model), _ = Counter((view.ranker, view.model) for view in matches).most_common(1)[0]
    pairs = tuple(_cell(view, ranker, model) for view in matches)
    return ListShown(viewer, today(), kind, listing_id, ranker, model, first, pairs)


def pair_opened(actor: Actor, match: MatchView, kind: ListKind | None) -> PairOpened | None:
    """Return what is to be remembered of a pair that was opened; None where its viewer is not remembered."""
    viewer = viewer_of(actor)
    return None if viewer is None else PairOpened(viewer, today(), match.need.id, match.achievement.id, kind)


def _cell(view: MatchView, ranker: str, model: str) -> Cell:
    seen = view.need.id, view.achievement.id, round(view.score, SCORE_PLACES)
    return seen if (view.ranker, view.model) == (ranker, model) else (*seen, view.ranker, view.model)


@dataclass(frozen=True, slots=True)
class Seen:
    """How often the same was seen, and when first and last."""

    times: int
    first_at: datetime
    last_at: datetime

    @classmethod
    def now(cls) -> "Seen":
        """Seen once, at this moment."""
        moment = utc_now()
        return cls(1, moment, moment)

    def and_later(self, other: "Seen") -> "Seen":
        """Return both together."""
        last_at = max(self.last_at, other.last_at)
        return Seen(self.times + other.times, min(self.first_at, other.first_at), last_at)
