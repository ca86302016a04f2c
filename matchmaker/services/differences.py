"""What a new revision changes against the published one, field by field, for the review desk."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from matchmaker.domain.fields import FieldSpec, FieldType, fields_of
from matchmaker.domain.listings import Revision
from matchmaker.services.reading import typed_values

# Clauses with their punctuation, so that a changed word marks its clause and long texts stay quick to compare.
_CLAUSE = re.compile(r"[^，。；：、！？,;:!?\n]*[，。；：、！？,;:!?\n]+|[^，。；：、！？,;:!?\n]+")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text, `changed` where the other side does not have it."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: typed values, and for prose and lines the pieces of both sides."""

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
    old, new = _CLAUSE.findall(before), _CLAUSE.findall(after)
    left: list[Segment] = []
    right: list[Segment] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        _append(left, "".join(old[i1:i2]), changed=tag != "equal")
        _append(right, "".join(new[j1:j2]), changed=tag != "equal")
    return tuple(left), tuple(right)


def _difference(spec: FieldSpec, before: Any, after: Any) -> Difference:
    if spec.type not in {FieldType.LINE, FieldType.PROSE}:
        return Difference(spec, before, after)
    return Difference(spec, before, after, *compare_texts(before or "", after or ""))


def _append(segments: list[Segment], text: str, *, changed: bool) -> None:
    if text:
        segments.append(Segment(text, changed))
