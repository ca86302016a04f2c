"""The programme of a roadshow: when each pitch begins and ends, and the rules by which it can be ordered."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matchmaker.domain.slots import Span


@dataclass(frozen=True, slots=True)
class Turn:
    """The time of one pitch: its presentation ends at `questions_at`; half-open. `pause_until`: a break follows it."""

    starts_at: datetime
    questions_at: datetime
    ends_at: datetime
    pause_until: datetime | None = None

    @property
    def span(self) -> Span:
        """Its beginning and end, without the break."""
        return self.starts_at, self.ends_at


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rules know of one pitch. `trl` and `field` None where nobody said; `demand` is how many of those who
    come are expected to want it."""

    id: int
    organization_id: int
    field: str | None = None
    trl: int | None = None
    demand: float = 0.0


def turns(
    starts_at: datetime, lengths: Sequence[tuple[int, int]], *, break_every: int | None, break_minutes: int
) -> tuple[Turn, ...]:
    """Return the time of each pitch from its minutes of presentation and of questions; no break follows the last."""
    found: list[Turn] = []
    for place, (present, questions) in enumerate(lengths, start=1):
        questions_at = starts_at + timedelta(minutes=present)
        ends_at = questions_at + timedelta(minutes=questions)
        pauses = break_every and break_minutes and place % break_every == 0 and place < len(lengths)
        pause_until = ends_at + timedelta(minutes=break_minutes) if pauses else None
        found.append(Turn(starts_at, questions_at, ends_at, pause_until))
        starts_at = pause_until or ends_at
    return tuple(found)


def by_field(pitches: Sequence[Candidate]) -> list[int]:
    """Put pitches of one field together; fields follow as they first come, and nothing else changes."""
    first: dict[str | None, int] = {}
    for place, pitch in enumerate(pitches):
        first.setdefault(pitch.field, place)
    return _ids(sorted(pitches, key=lambda pitch: first[pitch.field]))


def by_trl(pitches: Sequence[Candidate]) -> list[int]:
    """Put the most mature first; what says nothing of it comes last."""
    return _ids(sorted(pitches, key=lambda pitch: -(pitch.trl or 0)))


def by_demand(pitches: Sequence[Candidate]) -> list[int]:
    """Put first what those who come are expected to want most."""
    return _ids(sorted(pitches, key=lambda pitch: -pitch.demand))


def drawn(pitches: Sequence[Candidate], seed: int) -> list[int]:
    """Draw the order: the same pitches and seed give the same order, in whatever order they stand now."""
    ids = sorted(pitch.id for pitch in pitches)
    random.Random(seed).shuffle(ids)  # noqa: S311 - a draw that anybody can repeat, not a secret
    return ids


def alternated(pitches: Sequence[Candidate]) -> list[int]:
    """Let no organization present twice in a row, as long as others are left; each keeps its own order.

    Next comes whoever has most left, among equals whoever stands first: that leaves neighbours only where one
    organization has more pitches than all others together and one.
    """
    rest, order, last = list(pitches), list[Candidate](), None
    while rest:
        left = Counter(pitch.organization_id for pitch in rest)
        free = [pitch for pitch in rest if pitch.organization_id != last] or rest
        pitch = max(free, key=lambda each: left[each.organization_id])
        order.append(pitch)
        rest.remove(pitch)
        last = pitch.organization_id
    return _ids(order)


RULES: dict[str, Callable[[Sequence[Candidate]], list[int]]] = {
    "field": by_field,
    "trl": by_trl,
    "demand": by_demand,
    "alternate": alternated,
}
"""The rules that need nothing but the pitches; a draw needs a seed."""


def _ids(pitches: Sequence[Candidate]) -> list[int]:
    return [pitch.id for pitch in pitches]
