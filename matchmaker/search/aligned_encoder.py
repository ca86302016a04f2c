"""Vectors of English, Russian and Kazakh texts, moved to where Chinese texts of the same meaning lie.

A multilingual model puts each language into a region of its own: whatever they mean, two Chinese texts lie nearer to
each other than either to a Russian one, so a search across languages compares regions before it compares meanings. The
way from one region to the other is nearly the same for all texts: it is the difference of two means, measured once on
parallel sentences written for this project (`parallel.csv`), and it is taken off each vector of that language. Vectors
of Chinese texts stay exactly as the model gives them.
"""

import csv
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.encoder import Encoder
from matchmaker.search.languages import LANGUAGES, SOURCE, detect_language
from matchmaker.search.pooling import unit_rows

Matrix = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Matrix]


class AlignedEncoder:
    """An encoder whose vectors can be compared across languages; see the module. Texts are told by `detect_language`.

    The model's id stays the same: only texts in other languages get other vectors than without the alignment.
    """

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self._shifts: dict[str, Mapping[str, Matrix]] = {}
        self.model_id = inner.model_id
        self.dimension = inner.dimension

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """Return unit rows of shape (len(texts), dimension) for texts in the role of a query."""
        return self._aligned("query", self._inner.encode_queries, texts)

    def encode_documents(self, texts: Sequence[str]) -> Matrix:
        """Return unit rows of shape (len(texts), dimension) for texts in the role of a document."""
        return self._aligned("document", self._inner.encode_documents, texts)

    def _aligned(self, role: str, encode: Encode, texts: Sequence[str]) -> Matrix:
        rows = encode(texts)
        languages = [detect_language(text) for text in texts]
        foreign = [place for place, language in enumerate(languages) if language not in (None, SOURCE)]
        if not foreign:
            return rows
        shifts = self._shifts_of(role, encode)
        moved = rows.copy()
        moved[foreign] = unit_rows(np.array([rows[place] - shifts[languages[place] or SOURCE] for place in foreign]))
        return moved

    def _shifts_of(self, role: str, encode: Encode) -> Mapping[str, Matrix]:
        """Measure the ways of all languages when the first such text is met (a second or two)."""
        with self._lock:
            if role not in self._shifts:
                means = {language: encode(texts).mean(axis=0) for language, texts in parallel_texts().items()}
                self._shifts[role] = {language: mean - means[SOURCE] for language, mean in means.items()}
            return self._shifts[role]


@cache
def parallel_texts() -> Mapping[str, tuple[str, ...]]:
    """Return the parallel sentences by language, in the same order."""
    content = (files("matchmaker.search") / "parallel.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(content.splitlines()))
    return {language: tuple(row[language] for row in rows) for language in LANGUAGES}
