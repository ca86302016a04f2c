"""Sketches: a few numbers that tell how many runs of characters two texts share, without looking at the texts.

MinHash over runs of RUN characters (A. Broder, 1997): the share of equal places of two sketches estimates the share of
runs that two texts have in common. Blanks, punctuation, width and case do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.passages import letters

METHOD = "minhash-1"
"""Changes with anything below: sketches of another method are made again."""

RUN = 5
PLACES = 128
_BASE = np.uint64(1_000_003)
_BLOCK = 4096

Places = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Sketch:
    """`size` distinct runs, and the smallest hash of them under each of PLACES orders."""

    size: int
    places: Places

    def to_bytes(self) -> bytes:
        """Return the places as little-endian 32-bit numbers."""
        return self.places.astype("<u4").tobytes()


def sketch(text: str) -> Sketch:
    """Return the sketch of a text; one shorter than a run has an empty one."""
    runs = _runs(letters(text).text)
    places = np.full(PLACES, np.iinfo(np.uint32).max, dtype=np.uint32)
    for start in range(0, len(runs), _BLOCK):
        block = runs[start : start + _BLOCK]
        hashes = (block[None, :] * _FACTORS[:, None] + _TERMS[:, None]) >> np.uint64(32)
        places = np.minimum(places, hashes.min(axis=1).astype(np.uint32))
    return Sketch(len(runs), places)


def stacked(stored: Sequence[bytes]) -> Places:
    """Return stored sketches as one matrix, a row each."""
    return np.frombuffer(b"".join(stored), dtype="<u4").reshape(len(stored), PLACES)


def contained(one: Sketch, sizes: NDArray[np.int64], others: Places) -> NDArray[np.float64]:
    """Estimate for each of `others` what part of the runs of the shorter text the longer one has too, from 0 to 1."""
    if not len(others) or not one.size:
        return np.zeros(len(others))
    equal = (others == one.places).mean(axis=1)
    shared = equal * (sizes + one.size) / (1 + equal)
    return np.asarray(np.minimum(1.0, shared / np.maximum(1, np.minimum(sizes, one.size))), dtype=np.float64)


def _runs(text: str) -> NDArray[np.uint64]:
    if len(text) < RUN:
        return np.empty(0, dtype=np.uint64)
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    hashes = np.zeros(len(codes) - RUN + 1, dtype=np.uint64)
    for place in range(RUN):
        hashes = hashes * _BASE + codes[place : place + len(hashes)]
    return np.unique(_mixed(hashes))


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread numbers over all 64 bits (the finish of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_NUMBERS = _mixed(np.arange(1, 2 * PLACES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
_FACTORS, _TERMS = _NUMBERS[:PLACES] | np.uint64(1), _NUMBERS[PLACES:]
