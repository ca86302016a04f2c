"""Choosing a batch out of the candidates: each part its share, and nothing too often."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from matchmaker.domain.judgements import DrawnFor
from matchmaker.services.grading.candidates import Candidate, PairKey, Pool
from matchmaker.services.grading.strategy import FIELD_SHARE, MOST_PER_LISTING, PARTS, apportion


@dataclass(frozen=True, slots=True)
class Choice:
    """One pair of a batch, and for what it is drawn."""

    need_id: int
    achievement_id: int
    drawn_for: DrawnFor


def choose_pairs(pool: Pool, count: int, seed: int) -> tuple[Choice, ...]:
    """Choose up to `count` pairs; the same pool and seed choose the same.

    A part that has too little to give leaves its place to the others, in the order of the table. There are fewer only
    where every listing stands in as many pairs as it may, or nothing is left.
    """
    tally = _Tally(count, len({one.need.field for found in pool.by_part.values() for one in found}))
    shares = apportion(count, pool.possible)
    queues = {name: _in_order(pool.by_part[name], name, seed) for name in shares}
    chosen: list[Choice] = []
    # Hidden pairs and controls first: they are few, and what is uncertain can stand anywhere.
    for name in sorted(shares, key=lambda name: len(queues[name])):
        chosen += _take(queues[name], name, shares[name], tally, is_strict=True)
    for is_strict in (True, False):
        for part in PARTS:
            left = count - len(chosen)
            if left and part.drawn_for in queues:
                chosen += _take(queues[part.drawn_for], part.drawn_for, left, tally, is_strict=is_strict)
    return tuple(sorted(chosen, key=lambda row: _chance(seed, "order", (row.need_id, row.achievement_id))))


@dataclass(slots=True)
class _Tally:
    """What was taken so far."""

    count: int
    fields: int
    pairs: set[PairKey] = field(default_factory=set)
    listings: Counter[int] = field(default_factory=Counter)
    by_field: Counter[str] = field(default_factory=Counter)

    def admits(self, one: Candidate, *, is_strict: bool) -> bool:
        """Whether it is neither taken nor one too many of its need, its achievement or (where strict) its field."""
        most = math.ceil(FIELD_SHARE * self.count / max(1, self.fields))
        crowded = is_strict and self.by_field[one.need.field] >= most
        full = max(self.listings[one.need.id], self.listings[one.achievement.id]) >= MOST_PER_LISTING
        return one.key not in self.pairs and not full and not crowded

    def add(self, one: Candidate) -> None:
        """Count one as taken."""
        self.pairs.add(one.key)
        self.listings.update(one.key)
        self.by_field[one.need.field] += 1


def _take(
    queue: Iterable[Candidate], drawn_for: DrawnFor, most: int, tally: _Tally, *, is_strict: bool
) -> Iterator[Choice]:
    for one in queue:
        if most <= 0:
            return
        if tally.admits(one, is_strict=is_strict):
            tally.add(one)
            most -= 1
            yield Choice(*one.key, drawn_for)


def _in_order(found: Sequence[Candidate], drawn_for: DrawnFor, seed: int) -> list[Candidate]:
    """What is worth most first, in rounds through the strata, so that the first ones are of many; else by chance."""
    ordered = sorted(found, key=lambda one: (-one.worth, one.certain, _chance(seed, drawn_for, one.key)))
    if drawn_for is not DrawnFor.THIN:
        return ordered
    place: Counter[tuple[str, str, str]] = Counter()
    rounds: list[tuple[float, int, Candidate]] = []
    for one in ordered:
        rounds.append((place[one.stratum] - one.worth, len(rounds), one))
        place[one.stratum] += 1
    return [one for _, _, one in sorted(rounds, key=lambda row: row[:2])]


def _chance(seed: int, salt: str, key: PairKey) -> bytes:
    return hashlib.sha256(f"{seed}:{salt}:{key[0]}:{key[1]}".encode()).digest()[:8]
