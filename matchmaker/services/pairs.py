"""A need and an achievement scored from every side: what brokers see, and what either owner may see."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from matchmaker.domain.embeddings import Scope
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.search.document import Document
from matchmaker.search.pair_reader import reading_key
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import PairScore, Ranker
from matchmaker.services.projection import full_scope, public_scope

TextKey = tuple[int, str]
PreparedTexts = Mapping[TextKey, Prepared]
Readings = Mapping[str, float]
"""What a pair reader said, by `reading_key` of the two texts."""
UNREAD: Readings = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Score:
    """A pair's numbers as they are stored."""

    score: float
    probability: float
    grade: int
    terms: list[list[object]]

    @classmethod
    def of(cls, pair: PairScore) -> "Score":
        """Take over what the ranker said; terms as [name, value, contribution]."""
        terms: list[list[object]] = [[t.name, _rounded(t.value), t.contribution] for t in pair.terms]
        return cls(pair.score, pair.probability, pair.grade, terms)

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"score": self.score, "probability": self.probability, "grade": self.grade, "terms": self.terms}


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and an achievement scored from every side: `need_side` and `achievement_side` are None where that owner
    may not see the pair."""

    need: Listing
    achievement: Listing
    full: Score
    need_side: Score | None
    achievement_side: Score | None


def open_score(
    ranker: Ranker, prepared: PreparedTexts, need: Listing, achievement: Listing, readings: Readings = UNREAD
) -> Score | None:
    """Score a pair from what everybody who may read the two listings reads of them; None where one is not ready."""
    scoring = _Scoring(ranker, prepared, need, readings)
    return scoring.scores([achievement], _public(need), _public).get(achievement.id)


def score_pairs(
    ranker: Ranker,
    prepared: PreparedTexts,
    listing: Listing,
    others: Sequence[Listing],
    readings: Readings = UNREAD,
) -> list[Pair]:
    """Score a listing with every other that is ready, from each side's point of view."""
    if _full(listing) not in prepared:
        return []
    scoring = _Scoring(ranker, prepared, listing, readings)
    ready = [other for other in others if _full(other) in prepared]
    full = scoring.scores(ready, _full(listing), _full)
    # The other side's owner reads the listing's public text with his own full one; the listing's owner the reverse.
    theirs = full if _is_open(listing) else scoring.scores(ready, _public(listing), _full)
    hiding = [other for other in ready if not _is_open(other)]
    mine = full | dict.fromkeys((other.id for other in hiding), None)
    mine |= scoring.scores(hiding, _full(listing), _public)
    return [_pair(listing, other, full[other.id], mine[other.id], theirs.get(other.id)) for other in ready]


def text_pairs(prepared: PreparedTexts, listing: Listing, other: Listing) -> Iterator[tuple[Document, Document]]:
    """Yield the texts of (need, achievement) from which a pair is scored for somebody, as `score_pairs` takes them."""
    for own, theirs in (
        (_full(listing), _full(other)),
        (_public(listing), _full(other)),
        (_full(listing), _public(other)),
    ):
        if own in prepared and theirs in prepared:
            yield _in_order(listing, prepared[own].document, prepared[theirs].document)


@dataclass(frozen=True, slots=True)
class _Scoring:
    ranker: Ranker
    prepared: PreparedTexts
    listing: Listing
    readings: Readings

    def scores(
        self, others: Sequence[Listing], own: TextKey, text_of: Callable[[Listing], TextKey]
    ) -> dict[int, Score]:
        """Score one text of the listing with one text of each other, by the other's id; what has no such text is left
        out."""
        keys = {other.id: key for other in others if (key := text_of(other)) in self.prepared}
        if own not in self.prepared or not keys:
            return {}
        one, sides = self.prepared[own], [self.prepared[key] for key in keys.values()]
        read = [self._read(one, side) for side in sides] if self.readings else None
        if self.listing.kind == ListingKind.NEED:
            scores = self.ranker.score(one, sides, read)
        else:
            scores = self.ranker.score_needs(sides, one, read)
        return {found: Score.of(score) for found, score in zip(keys, scores, strict=True)}

    def _read(self, one: Prepared, other: Prepared) -> float | None:
        return self.readings.get(reading_key(*_in_order(self.listing, one.document, other.document)))


def _in_order(listing: Listing, own: Document, other: Document) -> tuple[Document, Document]:
    return (own, other) if listing.kind == ListingKind.NEED else (other, own)


def _pair(listing: Listing, other: Listing, full: Score, mine: Score | None, theirs: Score | None) -> Pair:
    if listing.kind == ListingKind.NEED:
        return Pair(listing, other, full, mine, theirs)
    return Pair(other, listing, full, theirs, mine)


def _full(listing: Listing) -> TextKey:
    return listing.id, full_scope(listing.current)


def _public(listing: Listing) -> TextKey:
    return listing.id, public_scope(listing.current)


def _is_open(listing: Listing) -> bool:
    return full_scope(listing.current) is Scope.OPEN


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
