"""An encoder without a model: character n-grams and words hashed into signed counts. For tests and trials."""

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

DIMENSION = 256
# One character says less than two or three in a row; a whole word of letters says most.
GRAM_WEIGHTS = {1: 0.4, 2: 1.0, 3: 1.0}
WORD_WEIGHT = 1.5
_RUN = re.compile(r"\w+")


class HashingEncoder:
    """Texts that share characters and words get near vectors; equal texts equal ones, in every process.

    Both roles are encoded alike. After Weinberger et al., Feature Hashing for Large Scale Multitask Learning (2009).
    """

    model_id = f"hashing-{DIMENSION}"
    dimension = DIMENSION

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of shape (len(texts), 256)."""
        return self.encode_documents(texts)

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of shape (len(texts), 256)."""
        rows = [_hash(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), DIMENSION)


def _hash(text: str) -> NDArray[np.float64]:
    vector = np.zeros(DIMENSION)
    for (feature, weight), count in Counter(_features(text)).items():
        code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
        vector[code % DIMENSION] += math.copysign(weight * math.sqrt(count), (code >> 31) - 0.5)
    if not vector.any():
        vector[0] = 1.0  # a text without a letter still needs a direction
    return vector / np.linalg.norm(vector)


def _features(text: str) -> Iterator[tuple[str, float]]:
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        yield f"word {run}", WORD_WEIGHT
        for length, weight in GRAM_WEIGHTS.items():
            for start in range(len(run) - length + 1):
                yield run[start : start + length], weight
