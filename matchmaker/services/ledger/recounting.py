"""Counting a year once more from what is on record now, as if nothing had been closed, beside what the ledger shows."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.services.ledger.counting import count, read_year
from matchmaker.services.ledger.definitions import definitions
from matchmaker.services.ledger.frozen import frozen_figures


@dataclass(frozen=True, slots=True)
class Recount:
    """One indicator: what is shown and what the records give now. They may differ where a period `is_closed` only."""

    indicator: str
    name: str
    shown: Decimal | None
    fresh: Decimal | None
    is_closed: bool
    late: int
    lost: int
    error: str | None

    @property
    def is_right(self) -> bool:
        """Whether an open figure is what its records give; a closed one may stand apart from them, a failed one not."""
        return self.error is None and (self.is_closed or self.shown == self.fresh)


def recount(session: Session, year: int) -> list[Recount]:
    """Count every indicator of a year anew, with a reading of its own."""
    frozen, found = frozen_figures(session, year), []
    shown_from, fresh_from = read_year(session, year), read_year(session, year)
    for definition in definitions(session, year):
        closed = frozen.get(definition.indicator, ())
        shown, fresh = count(shown_from, definition, closed), count(fresh_from, definition)
        found.append(
            Recount(
                definition.indicator,
                definition.name,
                None if shown.error else shown.value,
                None if fresh.error else fresh.value,
                bool(closed),
                len(shown.late),
                len(shown.lost),
                shown.error or fresh.error,
            )
        )
    return found
