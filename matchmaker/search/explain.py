"""Words that two texts share, and where they stand in the text as it was written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matchmaker.search.statistics import Statistics
from matchmaker.search.text import normalise, spans, tokenize

MOST_WORDS = 40
SNIPPET = 160
MAX_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of text, marked or not; the fragments of a text joined together are that text."""

    text: str
    marked: bool


def matched_words(one: str, other: str, statistics: Statistics, most: int = MOST_WORDS) -> list[str]:
    """Return the words that both texts hold as `tokenize` gives them, the most telling first, without stop words."""
    shared = set(tokenize(one[:MAX_CHARACTERS])) & set(tokenize(other[:MAX_CHARACTERS]))
    return sorted(shared, key=lambda word: (-statistics.word(word), word))[:most]


def as_written(words: Iterable[str], text: str) -> list[str]:
    """Return words of `tokenize` as they stand in `text` for the first time, in lower case: stems are for machines."""
    first: dict[str, str] = {}
    for word, start, end in spans(text[:MAX_CHARACTERS]):
        first.setdefault(word, normalise(text[start:end]))
    return [first.get(word, word) for word in words]


def mark(text: str, words: Iterable[str]) -> list[Fragment]:
    """Cut `text` into fragments in which every occurrence of `words` (as `tokenize` gives them) is marked."""
    wanted = set(words)
    shown = text[:MAX_CHARACTERS]
    ranges = [(start, end) for word, start, end in spans(shown) if word in wanted]
    fragments = cut(shown, _merged(ranges))
    if len(text) > MAX_CHARACTERS:
        fragments.append(Fragment(text[MAX_CHARACTERS:], False))
    return fragments


def snippet(text: str, words: Iterable[str], length: int = SNIPPET) -> list[Fragment]:
    """Return about `length` characters of `text` around its first marked word, with marks."""
    one_line = " ".join(text[:MAX_CHARACTERS].split())
    fragments = mark(one_line, words)
    first = _first_mark(fragments)
    start = max(0, first - length // 4) if first + length // 2 > length else 0
    return _window(fragments, start, start + length, len(one_line))


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def cut(text: str, ranges: Sequence[tuple[int, int]]) -> list[Fragment]:
    """Cut `text` into fragments in which `ranges`, which are sorted and do not overlap, are marked."""
    fragments: list[Fragment] = []
    done = 0
    for start, end in ranges:
        fragments += [Fragment(text[done:start], False), Fragment(text[start:end], True)]
        done = end
    fragments.append(Fragment(text[done:], False))
    return [fragment for fragment in fragments if fragment.text]


def _first_mark(fragments: Sequence[Fragment]) -> int:
    place = 0
    for fragment in fragments:
        if fragment.marked:
            return place
        place += len(fragment.text)
    return 0


def _window(fragments: Sequence[Fragment], start: int, end: int, total: int) -> list[Fragment]:
    shown: list[Fragment] = [Fragment("…", False)] if start else []
    place = 0
    for fragment in fragments:
        piece = fragment.text[max(0, start - place) : max(0, end - place)]
        if piece:
            shown.append(Fragment(piece, fragment.marked))
        place += len(fragment.text)
    return shown + ([Fragment("…", False)] if end < total else [])
