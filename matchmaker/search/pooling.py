"""Texts longer than the model's window: split where a sentence ends, encoded piece by piece, pooled by length."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]
SENTENCE_ENDS = frozenset("。！？；!?;\n\r\u2028\u2029")
CLAUSE_ENDS = frozenset("，、：,:)）】」》")
# Cut alone, a piece may come to a token or two more than within the whole text.
SLACK = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that fits the window, and its length in tokens (at least 1)."""

    text: str
    tokens: int


def split(text: str, spans: Sequence[Span], window: int) -> list[Piece]:
    """Cut a text into pieces of at most `window` tokens, together all of it.

    Cuts fall behind the last sentence that ends in the later half of the window, else behind the last clause there,
    else wherever the window ends.

    Args:
        spans: start and end of each token as offsets into `text`, in order, without special tokens.
        window: tokens that a piece may have.
    """
    if len(spans) <= window:
        return [Piece(text, max(len(spans), 1))]
    pieces, first, start = [], 0, 0
    while first < len(spans):
        last = _cut(text, spans, first, max(window - SLACK, 1))
        end = spans[last][0] if last < len(spans) else len(text)
        pieces.append(Piece(text[start:end], last - first))
        first, start = last, end
    return pieces


def encode_pieces(
    pieces: Sequence[Sequence[Piece]], encode: Callable[[Sequence[str]], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Encode every piece of every text and return one unit row a text: the mean weighted by tokens, renormalised.

    Args:
        pieces: at least one for each text.
        encode: texts that fit the window to unit rows, shape (texts, dimension).
    """
    rows = encode([piece.text for group in pieces for piece in group])
    if len(rows) == len(pieces):
        return rows
    weights = np.array([piece.tokens for group in pieces for piece in group], dtype=np.float32)
    starts = np.cumsum([0, *(len(group) for group in pieces[:-1])])
    return unit_rows(np.add.reduceat(rows * weights[:, None], starts, axis=0))


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows scaled to length 1 as float32."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


def _cut(text: str, spans: Sequence[Span], first: int, window: int) -> int:
    """Return the index of the first token behind the cut."""
    limit = first + window
    if limit >= len(spans):
        return len(spans)
    for ends in (SENTENCE_ENDS, CLAUSE_ENDS):
        for index in range(limit, first + window // 2, -1):
            if _ends_with(text, spans[index - 1], spans[index], ends):
                return index
    return limit


def _ends_with(text: str, token: Span, following: Span, ends: frozenset[str]) -> bool:
    gap = text[max(token[1] - 1, token[0]) : following[0]]
    if ends is SENTENCE_ENDS and gap.startswith(".") and gap[1:].isspace():
        return True  # a full stop, not the point of a number
    return not ends.isdisjoint(gap)
