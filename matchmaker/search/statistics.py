"""Frozen corpus statistics: how telling a word or a run of characters is, the same on every site.

Both come with the pinned jieba package, so a score never moves because somebody else posted a listing: words from its
IDF table, runs of one and two characters from the frequencies of its dictionary.
"""

import math
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import numpy as np

from matchmaker.search.text import frequencies, normalise, stopwords, vocabulary_version

GRAM_LENGTHS = (1, 2)
STEM = 5
# Unicode has 21 bits; two characters share one integer.
_CODE_BITS = 21
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_LETTERS = re.compile(r"[^\W\d_\u3400-\u9fff]+")
# Added to each count, so that an unseen run is telling but not beyond measure.
GRAM_SMOOTHING = 20


class Statistics:
    """Weights of words and of character runs; natural logarithms of inverse frequency."""

    def __init__(self, words: Mapping[str, float], frequencies: Mapping[str, int]) -> None:
        """Take words' inverse document frequencies, and how often each word of a dictionary occurs."""
        self._words = words
        # A word that the table lacks is as telling as the middle one of those it has.
        self._unknown = sorted(words.values())[len(words) // 2] if words else 1.0
        self._grams = _count_grams(frequencies)
        self._total = sum(self._grams.values()) / len(GRAM_LENGTHS) + GRAM_SMOOTHING
        self.version = f"jieba-{version('jieba')}-{vocabulary_version()}"

    def word(self, word: str) -> float:
        """Weight of a word as `text.tokenize` gives it."""
        return self._words.get(word, self._unknown)

    def gram(self, gram: str) -> float:
        """Weight of a run of one or two characters as `grams` gives it."""
        return math.log(self._total / (self._grams.get(gram, 0) + GRAM_SMOOTHING))


def _count_grams(frequencies: Mapping[str, int]) -> dict[str, int]:
    """Return how often each character and each pair of neighbours occurs in words of these frequencies."""
    words = list(frequencies)
    letters = np.frombuffer("".join(words).encode("utf-32-le"), dtype="<u4").astype(np.int64)
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    owners = np.repeat(np.arange(len(words)), lengths)
    counts = np.fromiter(frequencies.values(), dtype=np.int64, count=len(words))[owners]
    inside = owners[1:] == owners[:-1]
    pairs = (letters[:-1] << _CODE_BITS | letters[1:])[inside]
    found: dict[str, int] = {}
    for codes, weights in ((letters, counts), (pairs, counts[:-1][inside])):
        distinct, places = np.unique(codes, return_inverse=True)
        sums = np.bincount(places, weights=weights, minlength=len(distinct)).astype(np.int64)
        found.update(zip(map(_text_of, distinct.tolist()), sums.tolist(), strict=True))
    return found


def _text_of(code: int) -> str:
    first, second = code >> _CODE_BITS, code & (1 << _CODE_BITS) - 1
    return chr(first) + chr(second) if first else chr(second)


def grams(text: str) -> list[str]:
    """Return all runs of one and two Chinese characters of `text`, and the beginnings of its words of other scripts.

    A beginning of five letters stands in for a stem: endings change in Russian, Kazakh and English. Digits are left
    out: any two texts with measured values share them.
    """
    folded = normalise(text)
    found = [
        run[start : start + length]
        for run in _HAN_RUN.findall(folded)
        for length in GRAM_LENGTHS
        for start in range(len(run) - length + 1)
    ]
    words = (word for word in _LETTERS.findall(folded) if len(word) > 1 and word not in stopwords())
    return found + [word[:STEM].replace("ё", "е") for word in words]


@cache
def load_statistics() -> Statistics:
    """Read the statistics once in a process (about a second)."""
    words = {}
    for line in (files("jieba") / "analyse" / "idf.txt").read_text(encoding="utf-8").splitlines():
        word, value = line.rsplit(" ", 1)
        words[word.casefold()] = float(value)
    return Statistics(words, frequencies())
