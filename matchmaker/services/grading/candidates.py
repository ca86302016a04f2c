"""The pairs that could be drawn: two listings on the market, neither a duplicate, graded by nobody yet."""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.duplicates import Duplicate, Verdict
from matchmaker.domain.judgements import GRADERS_WANTED, DrawnFor, Judgement, SampledPair
from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.domain.matches import Match
from matchmaker.services.grading.ties import Ties, possible_graders, ties_of
from matchmaker.services.keeping_apart import kept_apart_pairs
from matchmaker.services.reasons import MEANING, WORDING, added_by

MOST_LOOKED_AT = 20_000
"""Stored pairs that a draw looks at; on a larger market another seed looks at others."""
SAME_TEXT = 0.8
"""Share of shared text from which a near-duplicate that nobody has looked at counts as one."""
PLAUSIBLE = 0.15
"""The part of the stored pairs, by probability, among which clues that disagree are looked for."""
TRIES_EACH = 40
_PRIME, _FACTOR = 1_000_003, 7919

PairKey = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Side:
    """What a draw needs to know of a listing."""

    id: int
    kind: str
    organization_id: int
    broker_id: int | None
    field: str
    language: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair that could be drawn. `worth`: the most is drawn first, of the same worth what is less `certain`; what is
    the same in both is left to chance."""

    need: Side
    achievement: Side
    worth: float
    certain: float = 0.0

    @property
    def key(self) -> PairKey:
        """The ids of its two listings."""
        return self.need.id, self.achievement.id

    @property
    def stratum(self) -> tuple[str, str, str]:
        """The field of the need and the two languages: what is to be spread over."""
        return self.need.field, self.need.language, self.achievement.language


@dataclass(frozen=True, slots=True)
class Pool:
    """Candidates by part."""

    by_part: Mapping[DrawnFor, Sequence[Candidate]]

    @property
    def possible(self) -> frozenset[DrawnFor]:
        """The parts that have any."""
        return frozenset(name for name, found in self.by_part.items() if found)


def read_pool(session: Session, seed: int, count: int) -> Pool:
    """Return what a batch of `count` pairs could be drawn from. The same seed over the same rows gives the same."""
    sides = _sides(session)
    rules = _Rules(session)
    drawn = _drawn(session)
    rows = [row for row in _stored(session, seed) if row[0] in sides and row[1] in sides and row[:2] not in drawn]
    rows = [row for row in rows if rules.allow(sides[row[0]], sides[row[1]])]
    graded = Counter(_stratum(sides, key) for key in drawn if key[0] in sides and key[1] in sides)
    return Pool(
        {
            DrawnFor.UNCERTAIN: [_candidate(sides, row, -_certain(row)) for row in rows],
            DrawnFor.DISAGREEING: list(_disagreeing(sides, rows)),
            DrawnFor.THIN: [_candidate(sides, row, -graded[_stratum(sides, row)], _certain(row)) for row in rows],
            DrawnFor.HIDDEN: _hidden(session, sides, rules, drawn, seed, count),
            DrawnFor.CONTROL: [_candidate(sides, key, 0.0) for key in _agreed(session, sides, rules)],
        }
    )


class _Rules:
    """Which two listings may be drawn together: not kept apart, and with enough graders who are tied to neither."""

    def __init__(self, session: Session) -> None:
        graders = possible_graders(session)
        self._ties: Sequence[Ties] = tuple(ties_of(session, graders).values())
        self._apart = kept_apart_pairs(session)

    def allow(self, need: Side, achievement: Side, beside: Collection[int] = ()) -> bool:
        """Whether two others than `beside` could grade the pair."""
        sides = frozenset({need.organization_id, achievement.organization_id})
        free = sum(1 for ties in self._ties if ties.user_id not in beside and not ties.bar(need, achievement))
        return len(sides) == 2 and sides not in self._apart and free >= GRADERS_WANTED


def _sides(session: Session) -> dict[int, Side]:
    """Every listing that may be drawn, by id."""
    doubled = sa.select(Duplicate.second_id).where(
        sa.or_(
            Duplicate.verdict == Verdict.DUPLICATE, sa.and_(Duplicate.verdict.is_(None), Duplicate.share >= SAME_TEXT)
        )
    )
    rows = session.execute(
        sa.select(
            Listing.id,
            Listing.kind,
            Listing.organization_id,
            Listing.broker_id,
            sa.func.coalesce(Revision.field, ""),
            Revision.language,
        )
        .join(Revision, Revision.id == Listing.published_revision_id)
        .where(on_market(Listing), Listing.id.not_in(doubled))
        .order_by(Listing.id)
    )
    return {row[0]: Side(*row) for row in rows}


def _drawn(session: Session) -> frozenset[PairKey]:
    """Every pair that was ever drawn."""
    return frozenset(
        (row[0], row[1]) for row in session.execute(sa.select(SampledPair.need_id, SampledPair.achievement_id))
    )


def _stored(session: Session, seed: int) -> list[Any]:
    """Stored pairs in an order of chance: (need, achievement, probability, terms)."""
    chance = (sa.cast(Match.id, sa.BigInteger) * _FACTOR + seed % _PRIME) % _PRIME
    query = sa.select(Match.need_id, Match.achievement_id, Match.probability, Match.terms)
    return [tuple(row) for row in session.execute(query.order_by(chance, Match.id).limit(MOST_LOOKED_AT))]


def _certain(row: Sequence[Any]) -> float:
    """How far the ranker is from not knowing, 0 to 0.5."""
    return abs(float(row[2]) - 0.5)


def _plausible(rows: Sequence[Any]) -> list[Any]:
    """The best part of the pairs: most of what fills a long list has nothing to do with one another, by any clue."""
    order = sorted((row[2] for row in rows), reverse=True)
    least = order[int(len(order) * PLAUSIBLE)] if order else 0.0
    return [row for row in rows if row[2] >= least]


def _disagreeing(sides: Mapping[int, Side], rows: Sequence[Any]) -> Iterator[Candidate]:
    """How far apart a pair stands by its meaning and by its words, each as its place among these pairs, 0 to 1.

    Pairs of two languages are left out: they share no words however close they are.
    """
    found = _plausible([row for row in rows if sides[row[0]].language == sides[row[1]].language])
    meanings, wordings = (_places([added_by(row[3], name) for row in found]) for name in (MEANING, WORDING))
    for row, meaning, wording in zip(found, meanings, wordings, strict=True):
        yield _candidate(sides, row, abs(meaning - wording))


def _places(values: Sequence[float]) -> list[float]:
    order = {value: place for place, value in enumerate(sorted(set(values)))}
    return [order[value] / max(1, len(order) - 1) for value in values]


def _hidden(
    session: Session,
    sides: Mapping[int, Side],
    rules: _Rules,
    drawn: frozenset[PairKey],
    seed: int,
    count: int,
) -> list[Candidate]:
    """Pairs drawn by chance that stand in nobody's list, every other one of one field; none worth more than another."""
    chance = random.Random(seed)  # noqa: S311, the same seed must draw the same
    needs = [side for side in sides.values() if side.kind == ListingKind.NEED]
    fields: dict[str, list[Side]] = defaultdict(list)
    for side in sides.values():
        if side.kind == ListingKind.ACHIEVEMENT:
            fields[side.field].append(side)
    everything = [side for found in fields.values() for side in found]
    if not needs or not everything:
        return []
    tried: dict[PairKey, Candidate] = {}
    for number in range(count * TRIES_EACH):
        need = chance.choice(needs)
        achievement = chance.choice((fields[need.field] or everything) if number % 2 else everything)
        if (need.id, achievement.id) not in drawn and rules.allow(need, achievement):
            tried.setdefault((need.id, achievement.id), Candidate(need, achievement, 0.0))
    listed = _listed(session, [key[0] for key in tried])
    return [candidate for key, candidate in tried.items() if key not in listed]


def _listed(session: Session, need_ids: Collection[int]) -> frozenset[PairKey]:
    rows = session.execute(sa.select(Match.need_id, Match.achievement_id).where(Match.need_id.in_(set(need_ids))))
    return frozenset((row[0], row[1]) for row in rows)


def _agreed(session: Session, sides: Mapping[int, Side], rules: _Rules) -> list[PairKey]:
    """Pairs on which everybody agreed blind, that were no control yet, and that two others could still grade."""
    control = aliased(SampledPair)
    used = sa.exists().where(
        control.need_id == Judgement.need_id,
        control.achievement_id == Judgement.achievement_id,
        control.drawn_for == DrawnFor.CONTROL,
    )
    said: dict[PairKey, list[tuple[int, int]]] = defaultdict(list)
    query = sa.select(Judgement.need_id, Judgement.achievement_id, Judgement.grader_id, Judgement.blind_grade)
    for need, achievement, grader, grade in session.execute(query.where(Judgement.blind_grade.is_not(None), ~used)):
        said[need, achievement].append((grader, grade or 0))
    return [
        key
        for key, rows in sorted(said.items())
        if len(rows) >= GRADERS_WANTED
        and len({grade for _, grade in rows}) == 1
        and key[0] in sides
        and key[1] in sides
        and rules.allow(sides[key[0]], sides[key[1]], [grader for grader, _ in rows])
    ]


def _candidate(sides: Mapping[int, Side], row: Sequence[Any], worth: float, certain: float = 0.0) -> Candidate:
    return Candidate(sides[row[0]], sides[row[1]], worth, certain)


def _stratum(sides: Mapping[int, Side], row: Sequence[Any]) -> tuple[str, str, str]:
    return _candidate(sides, row, 0.0).stratum
