"""What a new revision changes against the published one, field by field, for the review desk."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from matchmaker.domain.fields import FieldSpec, FieldType, fields_of
from matchmaker.domain.listings import Revision
from matchmaker.services.projection import IndicatorView
from matchmaker.services.reading import IndicatorRow, typed_values

LARGEST_COMPARISON = 100_000
"""Product of the numbers of pieces above which comparing them one by one would keep the reviewer waiting."""

# Clauses and the punctuation between them: a changed word marks its clause.
_CLAUSE = re.compile(r"[^，。；：、！？,;:!?\n]+|[，。；：、！？,;:!?\n]+")


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


def differences(published: Revision, working: Revision) -> tuple[Difference, ...]:
    """Return the fields in which two revisions of one listing differ, in the order of the form."""
    before, after = typed_values(published), typed_values(working)
    return tuple(
        _difference(spec, before[spec.name], after[spec.name])
        for spec in fields_of(working.kind)
        if before[spec.name] != after[spec.name]
    )


def compare_texts(before: str, after: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Cut two texts into clauses and mark those that the other does not have in that place."""
    return _compare(_CLAUSE.findall(before), _CLAUSE.findall(after))


def _compare(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    left: list[Segment] = []
    right: list[Segment] = []
    for is_equal, pieces_old, pieces_new in _blocks(old, new):
        _append(left, "".join(pieces_old), changed=not is_equal)
        _append(right, "".join(pieces_new), changed=not is_equal)
    return tuple(left), tuple(right)


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
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
