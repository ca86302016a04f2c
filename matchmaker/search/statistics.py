"""Frozen corpus statistics: how telling a word or a run of characters is, the same on every site.

Both come with the pinned jieba package, so a score never moves because somebody else posted a listing: words from its
IDF table, runs of one and two characters from the frequencies of its dictionary.
"""

import math
import warnings
from collections import Counter
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from matchmaker.search.text import normalise

GRAM_LENGTHS = (1, 2)
# Added to each count, so that an unseen run is telling but not beyond measure.
GRAM_SMOOTHING = 20


class Statistics:
    """Weights of words and of character runs; natural logarithms of inverse frequency."""

    def __init__(self, words: dict[str, float], grams: Counter[str]) -> None:
        self._words = words
        # A word that the table lacks is as telling as the middle one of those it has.
        self._unknown = sorted(words.values())[len(words) // 2] if words else 1.0
        self._grams = grams
        self._total = sum(grams.values()) / len(GRAM_LENGTHS) + GRAM_SMOOTHING
        self.version = f"jieba-{version('jieba')}"

    def word(self, word: str) -> float:
        """Weight of a word as `text.tokenize` gives it."""
        return self._words.get(word, self._unknown)

    def gram(self, gram: str) -> float:
        """Weight of a run of one or two characters as `grams` gives it."""
        return math.log(self._total / (self._grams[gram] + GRAM_SMOOTHING))


def grams(text: str) -> list[str]:
    """Return all runs of one and two letters or digits of `text`, spaces and punctuation left out."""
    letters = "".join(char for char in normalise(text) if char.isalnum())
    return [letters[start : start + length] for length in GRAM_LENGTHS for start in range(len(letters) - length + 1)]


@cache
def load_statistics() -> Statistics:
    """Read the statistics once in a process (about a second)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = files("jieba")
    words = {}
    for line in (package / "analyse" / "idf.txt").read_text(encoding="utf-8").splitlines():
        word, value = line.rsplit(" ", 1)
        words[word.casefold()] = float(value)
    counts: Counter[str] = Counter()
    for line in (package / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count = line.split(" ")[:2]
        for gram in set(grams(word)):
            counts[gram] += int(count)
    return Statistics(words, counts)
