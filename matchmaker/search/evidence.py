"""How likely a sentence of an achievement answers a sentence of a need.

Pure functions of the two sentences: cosine of their vectors, and weighted overlap of words and of character runs. A
model of sentences puts all texts of one script into one corner; each vector is therefore taken from the middle of its
script, which `reference.txt` gives, before it is compared. What the numbers give is measured by
`scripts/bench_evidence.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.encoder import Encoder
from matchmaker.search.gauge import LEAST_SPREAD, reference_titles
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.prepared import Sparse, Vector, overlaps, weigh
from matchmaker.search.scripts import main_script
from matchmaker.search.statistics import grams, load_statistics
from matchmaker.search.text import tokenize

VERSION = "evidence-1"
ANSWERS = 0.3
"""A sentence answers another from this likelihood on, where the two texts have one of CERTAIN at all."""
CERTAIN = 0.5

# Nearly all of the way: what is left of the middle keeps sentences without content apart from those with some.
CENTRED = 0.9
# Standard deviation of centred cosines of unrelated reference titles in the default model.
SPREAD = 0.0834


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds of each feature; `across` is added for sentences in different scripts, which share no words."""

    meaning: float
    words: float
    runs: float
    across: float
    base: float


# Logistic regressions over the labelled cases, rounded; without a model words alone decide.
WITH_MEANING = Weights(meaning=9.0, words=2.2, runs=3.7, across=0.7, base=-4.6)
WORDS_ONLY = Weights(meaning=0.0, words=5.4, runs=8.2, across=0.0, base=-2.5)


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences ready to be compared: centred unit vectors of shape (n, dimension), words, runs and script of each."""

    vectors: NDArray[np.float16]
    words: tuple[Sparse, ...]
    runs: tuple[Sparse, ...]
    scripts: tuple[str | None, ...]


class Answering:
    """Compares sentences with one encoder. `method` changes with whatever changes a likelihood."""

    def __init__(self, encoder: Encoder) -> None:
        """Take the encoder; what has to be measured of it is measured at first use (a second or so)."""
        self._encoder = encoder
        self._weights = WORDS_ONLY if isinstance(encoder, HashingEncoder) else WITH_MEANING
        self._middles: dict[str | None, Vector] = {}
        self._scale = 1.0
        self.model_id = encoder.model_id
        self.method = f"{VERSION} {encoder.model_id}"

    def prepare(self, texts: Sequence[str], known: Mapping[str, Vector] | None = None) -> Sentences:
        """Encode, cut and weigh sentences; `known` are vectors of texts that were encoded before."""
        statistics = load_statistics()
        scripts = tuple(map(main_script, texts))
        return Sentences(
            vectors=self._centred(self._vectors(texts, known or {}), scripts).astype(np.float16),
            words=tuple(weigh(tokenize(text), statistics.word) for text in texts),
            runs=tuple(weigh(grams(text), statistics.gram) for text in texts),
            scripts=scripts,
        )

    def likelihoods(self, need: Sentences, achievement: Sentences) -> NDArray[np.float64]:
        """Return how likely each sentence of the achievement answers each of the need, shape (n, m), from 0 to 1."""
        by = self._weights
        odds = by.base + self.features(need, achievement) @ np.array([by.meaning, by.words, by.runs, by.across])
        likelihoods: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
        return likelihoods

    def features(self, need: Sentences, achievement: Sentences) -> NDArray[np.float64]:
        """Return what the likelihoods are made of, shape (n, m, 4): meaning, words, runs, across."""
        cosines = need.vectors.astype(np.float64) @ achievement.vectors.astype(np.float64).T
        across = [[_differ(one, other) for other in achievement.scripts] for one in need.scripts]
        words, runs = _overlaps(need.words, achievement.words), _overlaps(need.runs, achievement.runs)
        return np.stack([self._scale * cosines, words, runs, np.array(across).reshape(cosines.shape)], axis=-1)

    def _vectors(self, texts: Sequence[str], known: Mapping[str, Vector]) -> NDArray[np.float32]:
        if not self._weights.meaning:
            return np.zeros((len(texts), 0), dtype=np.float32)
        unknown = list(dict.fromkeys(text for text in texts if text not in known))
        encoded = dict(zip(unknown, self._encoder.encode_queries(unknown), strict=True)) if unknown else {}
        rows = [known[text] if text in known else encoded[text] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self._encoder.dimension)

    def _centred(self, vectors: NDArray[np.float32], scripts: Sequence[str | None]) -> NDArray[np.float32]:
        if not vectors.size:
            return vectors
        self._measure()
        middles = np.array([self._middles.get(script, self._middles[None]) for script in scripts], dtype=np.float32)
        return _unit(vectors - np.float32(CENTRED) * middles)

    def _measure(self) -> None:
        if self._middles:
            return
        titles = [title for part in reference_titles() for title in part]
        vectors, scripts = self._encoder.encode_queries(titles), [main_script(title) for title in titles]
        for script in set(scripts):
            self._middles[script] = vectors[[other == script for other in scripts]].mean(axis=0)
        self._middles[None] = vectors.mean(axis=0)
        han = vectors[[script == "han" for script in scripts]]
        centred = _unit(han - np.float32(CENTRED) * self._middles["han"])
        spread = float((centred @ centred.T)[np.triu_indices(len(han), 1)].std())
        self._scale = SPREAD / max(spread, LEAST_SPREAD)


def telling(text: str) -> float:
    """Return how much a sentence tells: the weight of its distinct words."""
    statistics = load_statistics()
    return sum(map(statistics.word, set(tokenize(text))))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.float32(LEAST_SPREAD))
    return unit


def _differ(one: str | None, other: str | None) -> bool:
    return None not in (one, other) and one != other


def _overlaps(one: Sequence[Sparse], many: Sequence[Sparse]) -> NDArray[np.float64]:
    rows = [overlaps(each, many) for each in one]
    return np.array(rows, dtype=np.float64).reshape(len(one), len(many))
