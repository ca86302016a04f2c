"""The quantified indicators of a revision, field by field, as they are stored and found again in its text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matchmaker.domain.listings import ListingKind, Revision
from matchmaker.search.indicators import VERSION, Indicator, read_row, read_text

# Where a need says what it asks for (its background says how things are), and an achievement what it does; the rows of
# the form come first.
FIELDS: dict[str, tuple[str, ...]] = {
    ListingKind.NEED: ("problem", "abstract"),
    ListingKind.ACHIEVEMENT: ("description", "advantages", "abstract", "applications"),
}
ROWS = "indicators"
READ_BY = f"rules-{VERSION}"


@dataclass(frozen=True, slots=True)
class Placed:
    """An indicator and where it stands: a field, and for a row of the form its place among the rows."""

    field: str
    row: int | None
    indicator: Indicator

    def as_dict(self) -> dict[str, Any]:
        """The indicator as plain JSON."""
        return {"field": self.field, "row": self.row, **self.indicator.as_dict()}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Placed":
        """Read what `as_dict` wrote."""
        return cls(stored["field"], stored["row"], Indicator.from_dict(stored))


def read_revision(revision: Revision) -> tuple[Placed, ...]:
    """Return the indicators of a revision, those of the form first."""
    return tuple(_read(revision))


def _read(revision: Revision) -> Iterator[Placed]:
    is_need = revision.kind == ListingKind.NEED
    for place, row in enumerate(revision.indicators):
        read = read_row(row.name, row.comparator, row.value, row.upper, row.unit, is_need=is_need)
        if read is not None:
            yield Placed(ROWS, place, read)
    for name in FIELDS[revision.kind]:
        for read in read_text(getattr(revision, name) or "", is_need=is_need):
            yield Placed(name, None, read)
