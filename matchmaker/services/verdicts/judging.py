"""The worker's part: read the indicators of what is behind, and judge the pairs that it stands in.

A listing is behind when its list of matches was computed anew, its text or the rules have changed, or when somebody
proposed a pair by hand. What is judged already, by the same rules from the same revisions, is left alone.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.base import Database, upsert, utc_now
from matchmaker.domain.listings import Listing, Revision, on_market
from matchmaker.domain.matches import Match
from matchmaker.domain.verdicts import IndicatorList, VerdictSheet
from matchmaker.search.encoder import Encoder
from matchmaker.search.indicators import Indicator, align
from matchmaker.services.indexing import Vector
from matchmaker.services.leases import claim, leased_ids, release_leases
from matchmaker.services.verdicts.reading import READ_BY, Placed, read_revision

LEASE = "judge"
BATCH = 4
WRITTEN_AT_ONCE = 100
NAMES_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class _Read:
    """The indicators of a listing's published revision; `is_new` where they were not stored yet."""

    listing_id: int
    revision_id: int
    placed: tuple[Placed, ...]
    is_new: bool

    @property
    def indicators(self) -> list[Indicator]:
        """The indicators in their order."""
        return [placed.indicator for placed in self.placed]


def judge_batch(database: Database, encoder: Encoder, holder: str, limit: int = BATCH) -> int:
    """Judge the pairs of up to `limit` listings; return how many listings were claimed (0: nothing is behind)."""
    judged_by = encoder.model_id
    with database.read() as session:
        found = _behind(session, judged_by, holder, limit)
    ids = claim(database, LEASE, found, holder)
    for listing_id in ids:
        with database.read() as session:
            lists, sheets, stamp = _judge(session, encoder, listing_id)
        for start in range(0, len(sheets), WRITTEN_AT_ONCE):
            with database.transaction() as session:
                _write_sheets(session, sheets[start : start + WRITTEN_AT_ONCE])
        with database.transaction() as session:
            _write_lists(session, lists, listing_id, stamp)
            release_leases(session, [f"{LEASE}:{listing_id}"], holder)
    return len(ids)


def judge_again(session: Session, listing_id: int) -> None:
    """Let the worker judge a listing's pairs once more: one was added without its list being computed anew."""
    session.execute(sa.update(IndicatorList).where(IndicatorList.listing_id == listing_id).values(judged_revision=None))


def _behind(session: Session, judged_by: str, holder: str, limit: int) -> Sequence[int]:
    done = sa.and_(
        IndicatorList.revision_id == Listing.published_revision_id,
        IndicatorList.read_by == READ_BY,
        IndicatorList.judged_by == judged_by,
        IndicatorList.judged_revision == Listing.matched_revision,
        IndicatorList.judged_matching == Listing.matched_by,
    )
    return session.scalars(
        sa.select(Listing.id)
        .outerjoin(IndicatorList, sa.and_(IndicatorList.listing_id == Listing.id, done))
        .where(
            on_market(),
            Listing.matched_by.is_not(None),
            IndicatorList.listing_id.is_(None),
            Listing.id.not_in(leased_ids(session, LEASE, holder)),
        )
        .order_by(Listing.external_id.is_not(None), Listing.id)
        .limit(limit)
    ).all()


def _judge(
    session: Session, encoder: Encoder, listing_id: int
) -> tuple[list[_Read], list[dict[str, Any]], dict[str, Any]]:
    """Return all that was read, the sheets to write, and what to stamp the listing's own list with."""
    pairs = session.execute(
        sa.select(Match.id, Match.need_id, Match.achievement_id).where(
            sa.or_(Match.need_id == listing_id, Match.achievement_id == listing_id)
        )
    ).all()
    read = _read(session, {listing_id, *(found for row in pairs for found in (row.need_id, row.achievement_id))})
    if listing_id not in read:
        return [], [], {}
    known = _known(session, [row.id for row in pairs])
    sheets = []
    for row in pairs:
        if row.need_id in read and row.achievement_id in read:
            need, achievement = read[row.need_id], read[row.achievement_id]
            made_from = (need.revision_id, achievement.revision_id, READ_BY, encoder.model_id)
            if known.get(row.id) != made_from:
                sheets.append(_sheet(row.id, need, achievement, encoder))
    own = session.get_one(Listing, listing_id)
    stamp = {
        "judged_revision": own.matched_revision,
        "judged_matching": own.matched_by,
        "judged_by": encoder.model_id,
    }
    return list(read.values()), sheets, stamp


def _read(session: Session, ids: Iterable[int]) -> dict[int, _Read]:
    """Return the indicators of those listings that are on the market; their texts are read where that is not stored."""
    current = sa.and_(
        IndicatorList.listing_id == Listing.id,
        IndicatorList.revision_id == Listing.published_revision_id,
        IndicatorList.read_by == READ_BY,
    )
    rows = session.execute(
        sa.select(Listing.id, IndicatorList.revision_id, IndicatorList.rows)
        .outerjoin(IndicatorList, current)
        .where(Listing.id.in_(list(ids)), on_market())
    ).all()
    found = {
        row[0]: _Read(row[0], row[1], tuple(Placed.from_dict(stored) for stored in row[2]), is_new=False)
        for row in rows
        if row[1] is not None
    }
    for listing in _listings(session, [row[0] for row in rows if row[1] is None]):
        found[listing.id] = _Read(listing.id, listing.current.id, read_revision(listing.current), is_new=True)
    return found


def _listings(session: Session, ids: Sequence[int]) -> Sequence[Listing]:
    return session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(ids), on_market())
        .options(selectinload(Listing.published_revision).selectinload(Revision.indicators))
    ).all()


def _known(session: Session, match_ids: Sequence[int]) -> dict[int, tuple[int, int, str, str]]:
    made = VerdictSheet.need_revision_id, VerdictSheet.achievement_revision_id
    rows = session.execute(
        sa.select(VerdictSheet.match_id, *made, VerdictSheet.read_by, VerdictSheet.judged_by).where(
            VerdictSheet.match_id.in_(match_ids)
        )
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def _sheet(match_id: int, need: _Read, achievement: _Read, encoder: Encoder) -> dict[str, Any]:
    offered = achievement.indicators
    cosine = _names.cosine(encoder, need.indicators, offered)
    findings = [
        [
            [found.place, int(found.likeness), str(found.verdict), str(found.doubt)]
            for found in align(one, offered, cosine)
        ]
        for one in need.indicators
    ]
    return {
        "match_id": match_id,
        "need_revision_id": need.revision_id,
        "achievement_revision_id": achievement.revision_id,
        "read_by": READ_BY,
        "judged_by": encoder.model_id,
        "findings": findings,
        "made_at": utc_now(),
    }


def _write_sheets(session: Session, sheets: Sequence[dict[str, Any]]) -> None:
    # A pair may have left its lists, or one of its listings have changed, while it was judged.
    ids = [sheet["match_id"] for sheet in sheets]
    there = set(session.scalars(sa.select(Match.id).where(Match.id.in_(ids))))
    rows = [sheet for sheet in sheets if sheet["match_id"] in there]
    if rows:
        insert = upsert(session, VerdictSheet).values(rows)
        values = {name: insert.excluded[name] for name in rows[0] if name != "match_id"}
        session.execute(insert.on_conflict_do_update(index_elements=["match_id"], set_=values))


def _write_lists(session: Session, read: Sequence[_Read], listing_id: int, stamp: dict[str, Any]) -> None:
    for one in read:
        if not (one.is_new or one.listing_id == listing_id):
            continue
        columns: dict[str, Any] = {
            "revision_id": one.revision_id,
            "read_by": READ_BY,
            "rows": [placed.as_dict() for placed in one.placed],
        }
        if one.listing_id == listing_id:
            columns |= stamp
        row = session.get(IndicatorList, one.listing_id)
        if row is None:
            session.add(IndicatorList(listing_id=one.listing_id, **columns))
        else:
            for name, value in columns.items():
                if getattr(row, name) != value:
                    setattr(row, name, value)
    session.flush()


class _Names:
    """Vectors of indicators' names by model, the latest ones kept."""

    def __init__(self) -> None:
        self._vectors: OrderedDict[tuple[str, str], Vector] = OrderedDict()

    def cosine(self, encoder: Encoder, *lists: Sequence[Indicator]) -> Any:
        """Return what compares two names of these lists; None where one list is empty and nothing is compared."""
        if not all(lists):
            return None
        names = {indicator.name for each in lists for indicator in each}
        missing = [name for name in sorted(names) if (encoder.model_id, name) not in self._vectors]
        if missing:
            for name, vector in zip(missing, encoder.encode_queries(missing), strict=True):
                self._vectors[encoder.model_id, name] = vector
        vectors = {name: self._vectors[encoder.model_id, name] for name in names}
        while len(self._vectors) > NAMES_KEPT:
            self._vectors.popitem(last=False)
        return lambda one, other: float(np.dot(vectors[one], vectors[other]))


_names = _Names()
