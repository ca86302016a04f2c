"""What a booklet (汇编) says, as plain data: the same for every file format."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One row of an entry's table: 能耗, ≤ 45, kWh/t."""

    name: str
    requirement: str
    unit: str


@dataclass(frozen=True, slots=True)
class Section:
    """One long text of an entry under its name; paragraphs are parted by line feeds."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class BookletEntry:
    """One listing. `number` counts through the whole booklet; `poster` is a neutral word where it is hidden."""

    number: str
    title: str
    poster: str
    region: str
    abstract: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    indicators: tuple[IndicatorLine, ...]
    keywords: tuple[str, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """The entries of one field."""

    title: str
    entries: tuple[BookletEntry, ...]


@dataclass(frozen=True, slots=True)
class Booklet:
    """A whole booklet. `watermark` is printed across every page where it is not empty, `note` stands on page two."""

    title: str
    subtitle: str
    office: str
    day: str
    note: str
    chapters: tuple[Chapter, ...]
    watermark: str = ""

    @property
    def entries(self) -> Iterator[BookletEntry]:
        """All entries in order."""
        return (entry for chapter in self.chapters for entry in chapter.entries)

    @property
    def count(self) -> int:
        """How many entries there are."""
        return sum(len(chapter.entries) for chapter in self.chapters)
