"""Reading what was shown, for whoever learns from it or counts it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.showings import ListKind, PairVisit, Showing

BATCH = 500
OPENED_WITHIN = timedelta(days=1)
"""A pair opened later than this after its list was last seen was not opened from that list."""

_Visits = dict[tuple[int, str, int, int], list[PairVisit]]


@dataclass(frozen=True, slots=True)
class ShownPair:
    """One pair of a list: where it stood (from 1), its score as the viewer saw it, and whether he opened it.

    `ranker` and `model` are the ones that gave this score: those of the list but for pairs not scored anew yet.
    """

    position: int
    need_id: int
    achievement_id: int
    score: float
    opened: bool
    ranker: str
    model: str


@dataclass(frozen=True, slots=True)
class ShownList:
    """One list as one organization saw it in one role on one day, `times` times from `at` to `last_at`."""

    organization_id: int
    role: str
    at: datetime
    last_at: datetime
    times: int
    kind: ListKind
    listing_id: int | None
    ranker: str
    model: str
    pairs: tuple[ShownPair, ...]


def shown_lists(session: Session, since: datetime, until: datetime) -> Iterator[ShownList]:
    """Yield the lists that were first shown in [since, until), in the order in which they were shown.

    A pair counts as opened where the same organization opened it in the same role, from the same kind of list or from
    one not known, from the moment when the list was first seen to a day after it was last seen.
    """
    visits = _visits(session, since)
    query = sa.select(Showing).where(Showing.first_at >= since, Showing.first_at < until)
    query = query.order_by(Showing.first_at, Showing.id).execution_options(yield_per=BATCH)
    for row in session.scalars(query):
        pairs = tuple(_pair(row, place, cell, visits) for place, cell in enumerate(row.pairs))
        yield ShownList(
            row.organization_id,
            row.role,
            row.first_at,
            row.last_at,
            row.times,
            ListKind(row.kind),
            row.listing_id,
            row.ranker,
            row.model,
            pairs,
        )


def _visits(session: Session, since: datetime) -> _Visits:
    found: _Visits = defaultdict(list)
    for row in session.scalars(sa.select(PairVisit).where(PairVisit.last_at >= since)):
        found[row.organization_id, row.role, row.need_id, row.achievement_id].append(row)
    return found


def _pair(row: Showing, place: int, cell: list[int | float | str], visits: _Visits) -> ShownPair:
    need_id, achievement_id, score = int(cell[0]), int(cell[1]), float(cell[2])
    ranker, model = (str(cell[3]), str(cell[4])) if len(cell) > 3 else (row.ranker, row.model)
    mine = visits.get((row.organization_id, row.role, need_id, achievement_id), ())
    opened = any(_is_from(visit, row) for visit in mine)
    return ShownPair(row.first + place, need_id, achievement_id, score, opened, ranker, model)


def _is_from(visit: PairVisit, row: Showing) -> bool:
    in_time = visit.last_at >= row.first_at and visit.first_at <= row.last_at + OPENED_WITHIN
    return in_time and visit.kind in {"", row.kind}
