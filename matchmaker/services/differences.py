"""What one revision changes against another, field by field, with the words that changed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from matchmaker.domain.fields import FieldSpec, FieldType, fields_of
from matchmaker.domain.listings import Revision
from matchmaker.search.text import pieces
from matchmaker.services.listing_views import IndicatorView
from matchmaker.services.reading import IndicatorRow, typed_values

LARGEST_COMPARISON = 100_000
"""Product of the numbers of pieces above which comparing them one by one would keep the reviewer waiting."""

# Texts are first compared by clauses, and what changed between two equal ones by words: quick, and it keeps sentences
# that were moved or rewritten from being matched word by word with something else.
_CLAUSE = re.compile(r"[^，。；：、！？,;:!?\n]+|[，。；：、！？,;:!?\n]+")


Block = tuple[bool, Sequence[str], Sequence[str]]
"""Whether a stretch of two texts is equal, and its pieces in both."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text, `changed` where the other side does not have it."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: typed values, and for text and indicators the pieces of both sides."""

    spec: FieldSpec
    before: Any
    after: Any
    before_segments: tuple[Segment, ...] = ()
    after_segments: tuple[Segment, ...] = ()


def differences(former: Revision, later: Revision) -> tuple[Difference, ...]:
    """Return the fields in which two revisions of one listing differ, in the order of the form."""
    before, after = typed_values(former), typed_values(later)
    return tuple(
        _difference(spec, before[spec.name], after[spec.name])
        for spec in fields_of(later.kind)
        if not _is_same(spec, before[spec.name], after[spec.name])
    )


def compare_texts(before: str, after: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Mark in each of two texts the words that the other does not have in that place."""
    return _compare(_CLAUSE.findall(before), _CLAUSE.findall(after), by_words=True)


def _is_same(spec: FieldSpec, before: Any, after: Any) -> bool:
    # A form ticks choices in its own order, which says nothing.
    if spec.type is FieldType.CODES:
        return set(before or ()) == set(after or ())
    return bool(before == after)


def _compare(
    old: Sequence[str], new: Sequence[str], *, by_words: bool = False
) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    left: list[Segment] = []
    right: list[Segment] = []
    for is_equal, old_pieces, new_pieces in _blocks(old, new):
        before, after = "".join(old_pieces), "".join(new_pieces)
        if is_equal or not (by_words and before and after):
            _append(left, before, changed=not is_equal)
            _append(right, after, changed=not is_equal)
        else:
            _append_words(left, right, pieces(before), pieces(after))
    return tuple(left), tuple(right)


def _append_words(left: list[Segment], right: list[Segment], old: Sequence[str], new: Sequence[str]) -> None:
    for is_equal, old_words, new_words in _joined(list(_blocks(old, new))):
        _append(left, "".join(old_words), changed=not is_equal)
        _append(right, "".join(new_words), changed=not is_equal)


def _joined(blocks: list[Block]) -> Iterator[Block]:
    """Count a comma or one character that both sides happen to have between two changes as changed: easier to read."""
    for place, (is_equal, old, new) in enumerate(blocks):
        lonely = is_equal and len("".join(old)) <= 1 and 0 < place < len(blocks) - 1
        between = lonely and not (blocks[place - 1][0] or blocks[place + 1][0])
        yield is_equal and not between, old, new


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """Yield (equal, pieces of `old`, pieces of `new`); a long middle that differs a lot is one block."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    yield True, old[:head], new[:head]
    if len(middle_old) * len(middle_new) > LARGEST_COMPARISON:
        yield False, middle_old, middle_new
    else:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, middle_old, middle_new, autojunk=False).get_opcodes():
            yield tag == "equal", middle_old[i1:i2], middle_new[j1:j2]
    yield True, old[len(old) - tail :], new[len(new) - tail :]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    return next(
        (place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )


def _difference(spec: FieldSpec, before: Any, after: Any) -> Difference:
    if spec.type is FieldType.INDICATORS:
        return Difference(spec, before, after, *_compare(_lines(before), _lines(after)))
    if spec.type in {FieldType.LINE, FieldType.PROSE}:
        return Difference(spec, before, after, *compare_texts(before or "", after or ""))
    return Difference(spec, before, after)


def _lines(rows: Sequence[IndicatorRow]) -> list[str]:
    return [f"{IndicatorView(row.name, row.comparator, row.value, row.upper, row.unit).text}\n" for row in rows]


def _append(segments: list[Segment], text: str, *, changed: bool) -> None:
    if text and segments and segments[-1].changed == changed:
        segments[-1] = Segment(segments[-1].text + text, changed)
    elif text:
        segments.append(Segment(text, changed))
