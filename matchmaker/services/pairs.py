"""A need and an achievement scored from every side: what brokers see, and what either owner may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.domain.embeddings import Scope
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import PairScore, Ranker
from matchmaker.services.projection import full_scope, public_scope

TextKey = tuple[int, str]
PreparedTexts = Mapping[TextKey, Prepared]


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


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and an achievement scored from every side: `need_side` and `achievement_side` are None where that owner
    may not see the pair."""

    need: Listing
    achievement: Listing
    full: Score
    need_side: Score | None
    achievement_side: Score | None


def score_pairs(ranker: Ranker, prepared: PreparedTexts, listing: Listing, others: Sequence[Listing]) -> list[Pair]:
    """Score a listing with every other that is ready, from each side's point of view."""
    if _full(listing) not in prepared:
        return []
    ready = [other for other in others if _full(other) in prepared]
    full = _scores(ranker, prepared, listing, ready, _full(listing), _full)
    # The other side's owner reads the listing's public text with his own full one; the listing's owner the reverse.
    theirs = full if _is_open(listing) else _scores(ranker, prepared, listing, ready, _public(listing), _full)
    hiding = [other for other in ready if not _is_open(other)]
    mine = full | dict.fromkeys((other.id for other in hiding), None)
    mine |= _scores(ranker, prepared, listing, hiding, _full(listing), _public)
    return [_pair(listing, other, full[other.id], mine[other.id], theirs.get(other.id)) for other in ready]


def _scores(
    ranker: Ranker,
    prepared: PreparedTexts,
    listing: Listing,
    others: Sequence[Listing],
    own: TextKey,
    text_of: Callable[[Listing], TextKey],
) -> dict[int, Score]:
    """Score one text of `listing` with one text of each other, by the other's id; what has no such text is left out."""
    keys = {other.id: key for other in others if (key := text_of(other)) in prepared}
    if own not in prepared or not keys:
        return {}
    sides = [prepared[key] for key in keys.values()]
    if listing.kind == ListingKind.NEED:
        scores = ranker.score(prepared[own], sides)
    else:
        scores = ranker.score_needs(sides, prepared[own])
    return {found: Score.of(score) for found, score in zip(keys, scores, strict=True)}


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
