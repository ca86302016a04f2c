"""Everything of a listing that scoring needs, computed once: vectors, and weighted words and character runs."""

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.document import Document
from matchmaker.search.scripts import main_script
from matchmaker.search.statistics import Statistics, grams
from matchmaker.search.text import tokenize

Vector = NDArray[np.float32]
# Beyond this a text adds words but no meaning, and a hostile one only work.
MAX_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse unit vector: sorted distinct keys of shape (n,), and their weights of shape (n,)."""

    keys: NDArray[np.int64]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be compared.

    `title_vector` and `full_vector` are unit vectors of the same model, or NaN where the model is still loading;
    `script` is the one that most of the text is written in; `tuned_vector` is the tuned model's, where there is one.
    """

    document: Document
    title_vector: Vector
    full_vector: Vector
    title_words: Sparse
    full_words: Sparse
    title_grams: Sparse
    full_grams: Sparse
    script: str | None
    depth: float
    tuned_vector: Vector | None = None


def prepare(document: Document, title_vector: Vector, full_vector: Vector, statistics: Statistics) -> Prepared:
    """Cut and weigh a document's texts."""
    title, body = document.title[:MAX_CHARACTERS], document.body[:MAX_CHARACTERS]
    words, runs = tokenize(title), grams(title)
    full_words = weigh(words + tokenize(body), statistics.word)
    return Prepared(
        document=document,
        title_vector=title_vector,
        full_vector=full_vector,
        title_words=weigh(words, statistics.word),
        full_words=full_words,
        title_grams=weigh(runs, statistics.gram),
        full_grams=weigh(runs + grams(body), statistics.gram),
        script=main_script(f"{title}\n{body}"),
        depth=math.log1p(len(full_words.keys)),
    )


def weigh(terms: Iterable[str], weight: Callable[[str], float]) -> Sparse:
    """Return the unit vector of (1 + log count) * weight of each distinct term."""
    counts: dict[int, float] = {}
    for term, count in Counter(terms).items():
        # A checksum, unlike Python's own hash, is the same in every process.
        counts[zlib.crc32(term.encode("utf-8", "surrogatepass"))] = (1 + math.log(count)) * weight(term)
    keys = np.fromiter(counts, dtype=np.int64, count=len(counts))
    weights = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    order = np.argsort(keys)
    length = float(np.linalg.norm(weights)) or 1.0
    return Sparse(keys[order], weights[order] / np.float32(length))


def overlaps(one: Sparse, many: Sequence[Sparse]) -> NDArray[np.float64]:
    """Return the cosine of `one` with each of `many`, shape (len(many),), from 0 to 1."""
    sizes = np.array([len(other.keys) for other in many], dtype=np.int64)
    if not len(one.keys) or not sizes.sum():
        return np.zeros(len(many))
    keys = np.concatenate([other.keys for other in many])
    weights = np.concatenate([other.weights for other in many])
    places = np.minimum(np.searchsorted(one.keys, keys), len(one.keys) - 1)
    products = np.where(one.keys[places] == keys, one.weights[places] * weights, 0.0)
    owners = np.repeat(np.arange(len(many)), sizes)
    return np.bincount(owners, weights=products, minlength=len(many)).astype(np.float64)
