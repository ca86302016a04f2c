"""What is drafted from the unmet-need map, as plain data: the innovation list (技术创新清单) and contest postings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InnovationItem:
    """One line of the list: what is to be found out, from needs that mean alike."""

    number: int
    name: str
    problems: tuple[str, ...]
    indicators: tuple[str, ...]
    field: str
    region: str
    enterprises: int
    needs: int


@dataclass(frozen=True, slots=True)
class InnovationList:
    """The whole list; `note` says how it came about, each part of it a paragraph."""

    title: str
    office: str
    day: str
    notes: tuple[str, ...]
    items: tuple[InnovationItem, ...]


@dataclass(frozen=True, slots=True)
class SourceNeed:
    """A need that a posting was drafted from; `poster` is a neutral word where it is hidden."""

    id: int
    title: str
    poster: str
    region: str


@dataclass(frozen=True, slots=True)
class ContestDraft:
    """A contest posting (揭榜挂帅) as it can be drafted: what nobody has said yet stays a blank."""

    name: str
    office: str
    day: str
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    backgrounds: tuple[str, ...]
    problems: tuple[str, ...]
    indicators: tuple[tuple[str, str, str], ...]
    conditions: tuple[str, ...]
    dates: tuple[tuple[str, str], ...]
    sources: tuple[SourceNeed, ...]
