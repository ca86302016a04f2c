"""What the papers of a roadshow say, as plain data: the programme, and the record of its result."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """One pitch or break: 09:30–09:45, number, title, who, length in words."""

    time: str
    number: str
    title: str
    presenter: str
    speakers: str
    length: str
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class RoadshowProgramme:
    """The programme as one viewer may read it."""

    title: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[ProgrammeLine, ...]
    note: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One pitch in the record: place (— where nobody marked it), scores in words, marks of the dimensions."""

    place: str
    number: str
    title: str
    presenter: str
    score: str
    means: tuple[str, ...]
    sheets: str
    recused: str


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """One signed sheet: pitch, judge, marks, total, when it was signed."""

    number: str
    judge: str
    marks: tuple[str, ...]
    total: str
    signed_at: str


@dataclass(frozen=True, slots=True)
class RoadshowRecord:
    """The record of the result, with every signed sheet and every sheet that was given back."""

    title: str
    facts: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    dimensions: tuple[str, ...]
    rows: tuple[RecordRow, ...]
    sheets: tuple[RecordSheet, ...]
    reopened: tuple[str, ...]
    judges: tuple[str, ...]
    made_at: str
