"""Recall: which listings are worth scoring, from both legs. It never changes a score."""

from collections import Counter
from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from matchmaker.search.document import Document
from matchmaker.search.keywords import KeywordIndex
from matchmaker.search.scripts import main_script
from matchmaker.search.statistics import Statistics
from matchmaker.search.terms import Phrase
from matchmaker.search.text import tokenize
from matchmaker.search.vectors import Matrix, VectorIndex

# Both sides in the role of a query: measured on graded pairs, it ranks at least as well as query against document.
ROLE = "query"
EACH_LEG = 120
MAX_WORDS = 30


def fused(title_vectors: Matrix, full_vectors: Matrix) -> Matrix:
    """Return the unit vectors of title + full, shape (n, d).

    One inner product of two such sums is the sum of all four cosines (title and full text of either side), so one flat
    index of one vector a listing recalls by all four at once.
    """
    sums = np.asarray(title_vectors, dtype=np.float32) + np.asarray(full_vectors, dtype=np.float32)
    lengths = np.linalg.norm(sums, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = (sums / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


def telling_words(document: Document, statistics: Statistics, most: int = MAX_WORDS) -> list[str]:
    """Return the distinct words of a document that say most, the title's first."""
    title = list(dict.fromkeys(tokenize(document.title)))
    counts = Counter(tokenize(document.body))
    if main_script(document.body) == "han":
        counts = Counter(set(counts))
    # The statistics know Chinese words: those of other languages are told apart by how often the text says them.
    body = sorted(set(counts) - set(title), key=lambda word: (-statistics.word(word), -counts[word], word))
    return (title + body)[:most]


def dense_leg(indexes: Sequence[VectorIndex], vector: Matrix, k: int = EACH_LEG) -> list[int]:
    """Return the ids nearest to one fused vector over several partitions, best first."""
    # A single query is faster with one thread than with several.
    faiss.omp_set_num_threads(1)
    hits = [hit for index in indexes for hit in index.search(vector.reshape(1, -1), k)[0]]
    return [hit.id for hit in sorted(hits, key=lambda hit: (-hit.score, hit.id))[:k]]


def keyword_leg(
    index: KeywordIndex,
    words: Sequence[str],
    partitions: Sequence[str],
    k: int = EACH_LEG,
    expansions: Sequence[Sequence[Phrase]] = (),
) -> list[int]:
    """Return the ids that hold the words best, or what their terms are called in other languages (see terms.py)."""
    return [hit.id for hit in index.search(words, partitions, k, expansions)]


def union(*legs: Sequence[int]) -> list[int]:
    """Return each id once, in the order in which the legs named them."""
    return list(dict.fromkeys(found for leg in legs for found in leg))
