"""Invented listings for benchmarks: words drawn as language draws them, in topics; vectors with the same topics.

Word frequencies are those of jieba's dictionary; a listing's topic gives four words in ten. Vectors are random but
structured: a direction common to all (as real models have), one of the topic, one of the listing itself.
"""

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

TOPICS = 400
TOPIC_WORDS = 60
TOPIC_SHARE = 0.4
TITLE_WORDS = 8
BODY_WORDS = 120
# Cosines of unrelated listings come out near 0.75, of one topic near 0.87, as multilingual-e5-small has them.
COMMON, TOPIC, OWN = 0.87, 0.35, 0.36


@dataclass(frozen=True, slots=True)
class Listings:
    """`words` is the vocabulary; `titles` (n, 8) and `bodies` (n, 120) hold places in it; `topics` has shape (n,)."""

    words: NDArray[np.str_]
    topics: NDArray[np.int64]
    titles: NDArray[np.int64]
    bodies: NDArray[np.int64]

    def title(self, row: int) -> list[str]:
        """Words of a title."""
        return list(map(str, self.words[self.titles[row]]))

    def body(self, row: int) -> list[str]:
        """Words of a body, some 300 characters."""
        return list(map(str, self.words[self.bodies[row]]))


def make_listings(count: int, seed: int = 0) -> Listings:
    """Draw `count` listings; the same seed gives the same ones."""
    random = np.random.default_rng(seed)
    words, shares = _vocabulary()
    # The topics are the same for every seed, so that needs and achievements drawn apart still meet.
    fixed = np.random.default_rng(1)
    rare = np.arange(len(words) // 50, len(words) // 6)
    topic_words = fixed.choice(rare, size=(TOPICS, TOPIC_WORDS))
    topics = random.integers(0, TOPICS, count)
    drawn = [_draw(random, shares, topic_words[topics], width) for width in (TITLE_WORDS, BODY_WORDS)]
    return Listings(words, topics, *drawn)


def make_vectors(topics: NDArray[np.int64], dimension: int, seed: int = 0) -> NDArray[np.float32]:
    """Return unit rows of shape (len(topics), dimension)."""
    random, fixed = np.random.default_rng(seed), np.random.default_rng(2)
    common = _unit(fixed.standard_normal((1, dimension)))
    centres = _unit(fixed.standard_normal((TOPICS, dimension)))
    own = _unit(random.standard_normal((len(topics), dimension)))
    return _unit(COMMON * common + TOPIC * centres[topics] + OWN * own).astype(np.float32)


def _draw(
    random: np.random.Generator, shares: NDArray[np.float64], own: NDArray[np.int64], width: int
) -> NDArray[np.int64]:
    count = len(own)
    general = np.searchsorted(shares, random.random((count, width)))
    special = np.take_along_axis(own, random.integers(0, TOPIC_WORDS, (count, width)), axis=1)
    return np.where(random.random((count, width)) < TOPIC_SHARE, special, general)


def _vocabulary() -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Words of two characters and more, most frequent first, and their cumulative shares."""
    rows = [line.split(" ") for line in (files("jieba") / "dict.txt").read_text(encoding="utf-8").splitlines()]
    counts = {row[0]: int(row[1]) for row in rows if len(row[0]) > 1 and int(row[1]) > 2}
    words = sorted(counts, key=lambda word: -counts[word])
    shares = np.cumsum([counts[word] for word in words], dtype=np.float64)
    return np.array(words), shares / shares[-1]


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
