"""The named features of a pair: similarities of its texts, and facets that agree or not.

A feature is NaN where one side does not say, or where the two texts cannot share it; it then adds exactly nothing to
the score.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.document import Document
from matchmaker.search.facets import FACETS
from matchmaker.search.prepared import Prepared, Vector, overlaps

Values = NDArray[np.float64]

MEANINGS = ("meaning_title_title", "meaning_title_full", "meaning_full_title", "meaning_full_full")
WORDINGS = ("words_titles", "words_texts", "characters_titles", "characters_texts")
SIMILARITIES = MEANINGS + WORDINGS
TUNED = "meaning_tuned"
READING = "reading"


@dataclass(frozen=True, slots=True)
class Setting:
    """What bounds the similarities of unrelated texts, for each pair.

    `depth`, shape (n,), is that of the text that says less: long texts always share something. `across`, shape (n,), is
    true where the two are written in different scripts: such texts share no words, and their vectors lie farther apart.
    `scripts` are those of each pair.
    """

    depth: Values
    across: NDArray[np.bool_]
    scripts: tuple[frozenset[str], ...]


def setting(one: Prepared, others: Sequence[Prepared]) -> Setting:
    """Return the setting of each pair of `one` with `others`."""
    depth = np.minimum(one.depth, np.array([other.depth for other in others], dtype=np.float64))
    scripts = tuple(frozenset(filter(None, (one.script, other.script))) for other in others)
    return Setting(depth, np.array([len(each) > 1 for each in scripts], dtype=np.bool_), scripts)


def features(one: Prepared, others: Sequence[Prepared], *, one_is_need: bool = True) -> dict[str, Values]:
    """Return each feature's values, shape (len(others),): `one` need with achievements, or the other way round."""
    meanings = _meanings(one, others)
    if not one_is_need:
        first, second = "meaning_title_full", "meaning_full_title"
        meanings[first], meanings[second] = meanings[second], meanings[first]
    wordings = _wordings(one, others)
    across = setting(one, others).across
    apart = {name: np.where(across, np.nan, values) for name, values in wordings.items()}
    return {**meanings, **apart, **_facets(one.document, [other.document for other in others], one_is_need)}


def tuned_cosines(one: Prepared, others: Sequence[Prepared], members: int = 1) -> Values:
    """Return the cosines in each member of a tuned model, shape (len(others), members); with one member of several, the
    mean of all; NaN where one side has no vector of it."""
    if one.tuned_vector is None:
        return np.full((len(others), members), np.nan)
    blank = np.full_like(one.tuned_vector, np.nan)
    rows = np.array([blank if other.tuned_vector is None else other.tuned_vector for other in others])
    # The members' unit vectors lie side by side in one of unit length.
    parts = zip(np.split(rows, members, axis=1), np.split(one.tuned_vector, members), strict=True)
    return np.stack([members * _cosines(row, own) for row, own in parts], axis=1)


def _meanings(one: Prepared, others: Sequence[Prepared]) -> dict[str, Values]:
    titles = np.array([other.title_vector for other in others])
    fulls = np.array([other.full_vector for other in others])
    return {
        "meaning_title_title": _cosines(titles, one.title_vector),
        "meaning_title_full": _cosines(fulls, one.title_vector),
        "meaning_full_title": _cosines(titles, one.full_vector),
        "meaning_full_full": _cosines(fulls, one.full_vector),
    }


def _cosines(rows: NDArray[np.float32], vector: Vector) -> Values:
    # Row by row in double precision: a matrix product rounds differently with the number of rows, and a score must not
    # depend on what else is scored.
    cosines: Values = np.einsum("ij,j->i", rows, vector, dtype=np.float64)
    return cosines


def _wordings(one: Prepared, others: Sequence[Prepared]) -> dict[str, Values]:
    return {
        "words_titles": overlaps(one.title_words, [other.title_words for other in others]),
        "words_texts": overlaps(one.full_words, [other.full_words for other in others]),
        "characters_titles": overlaps(one.title_grams, [other.title_grams for other in others]),
        "characters_texts": overlaps(one.full_grams, [other.full_grams for other in others]),
    }


def _facets(one: Document, others: Sequence[Document], one_is_need: bool) -> dict[str, Values]:
    def compare(rule: Callable[[Document, Document], float | None]) -> Values:
        found = [rule(one, other) if one_is_need else rule(other, one) for other in others]
        # None becomes NaN.
        return np.array(found, dtype=np.float64)

    return {name: compare(rule) for name, rule in FACETS.items()}
