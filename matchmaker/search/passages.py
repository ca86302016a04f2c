"""Passages that two texts share, whatever their order: the longest first, none over another.

Greedy string tiling (M. Wise, 1993) over letters and digits: blanks, punctuation, width and case do not count.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.explain import Fragment, cut
from matchmaker.search.text import Folded, fold

LEAST = 8
"""Letters of the shortest passage: shorter ones are phrases that everybody writes."""

MOST_LETTERS = 20_000
MOST_PLACES = 40
"""Places in the other text at which one run of letters is tried: more are repetition, not content."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Passage:
    """One shared passage: its places in both texts as they were written, and how many letters it has."""

    start: int
    end: int
    other_start: int
    other_end: int
    length: int


def letters(text: str) -> Folded:
    """Return the letters and digits of `text`, folded, with where each came from."""
    whole = fold(text[:MOST_LETTERS])
    kept = [place for place, character in enumerate(whole.text) if character.isalnum()]
    return Folded(
        "".join(whole.text[place] for place in kept),
        [whole.starts[place] for place in kept],
        [whole.ends[place] for place in kept],
    )


def shared_passages(one: str, other: str, least: int = LEAST) -> tuple[Passage, ...]:
    """Return the passages of at least `least` letters that both texts hold, in the order of the first."""
    first, second = letters(one), letters(other)
    tiles = _tiles(first.text, second.text, least)
    return tuple(
        Passage(
            first.starts[start],
            first.ends[start + length - 1],
            second.starts[place],
            second.ends[place + length - 1],
            length,
        )
        for start, place, length in sorted(tiles)
    )


def shared_part(one: str, other: str, passages: Sequence[Passage]) -> float:
    """Return what part of the shorter text's letters stands in shared passages, from 0 to 1."""
    shorter = min(len(letters(one).text), len(letters(other).text))
    return sum(passage.length for passage in passages) / shorter if shorter else 0.0


def marked(text: str, ranges: Sequence[tuple[int, int]]) -> list[Fragment]:
    """Cut a text into fragments in which `ranges` are marked."""
    return cut(text, sorted(ranges))


def _tiles(one: str, other: str, least: int) -> list[tuple[int, int, int]]:
    """Return (place in one, place in other, length), no letter of either text in two of them."""
    free_one, free_other = np.ones(len(one), dtype=bool), np.ones(len(other), dtype=bool)
    kept: list[tuple[int, int, int]] = []
    for length, start, place in sorted(_matches(one, other, least), key=lambda found: (-found[0], found[1], found[2])):
        for offset, size in _free(free_one, start, free_other, place, length):
            if size >= least:
                free_one[start + offset : start + offset + size] = False
                free_other[place + offset : place + offset + size] = False
                kept.append((start + offset, place + offset, size))
    return kept


def _matches(one: str, other: str, least: int) -> Iterator[tuple[int, int, int]]:
    """Yield (length, place in one, place in other) of every match that cannot be made longer."""
    places: dict[str, list[int]] = defaultdict(list)
    for place in range(len(other) - least + 1):
        found = places[other[place : place + least]]
        if len(found) < MOST_PLACES:
            found.append(place)
    for start in range(len(one) - least + 1):
        for place in places.get(one[start : start + least], ()):
            if not (start and place and one[start - 1] == other[place - 1]):
                yield _length(one, other, start, place), start, place


def _length(one: str, other: str, start: int, place: int) -> int:
    most = min(len(one) - start, len(other) - place)
    length = 0
    # In strides: comparing one letter at a time is what takes long.
    stride = 64
    while length < most:
        step = min(stride, most - length)
        if one[start + length : start + length + step] == other[place + length : place + length + step]:
            length += step
        elif step == 1:
            break
        else:
            stride = max(1, step // 2)
    return length


def _free(free: Flags, place: int, other_free: Flags, other_place: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield (offset, length) of the pieces of a match that no earlier, longer one has taken in either text."""
    open_here = free[place : place + length] & other_free[other_place : other_place + length]
    edges = np.flatnonzero(np.diff(open_here, prepend=False, append=False))
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield begin, end - begin
