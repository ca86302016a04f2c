"""Matching: a changed listing recomputes its own list and enters or leaves the others' lists where it belongs.

Nothing cascades further, and rows are written only when they change. What people decided stays on the row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.embeddings import Scope
from matchmaker.domain.listings import Listing, ListingKind, ListingState, Revision
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.search.ranker import PairScore, Prepared, Ranker
from matchmaker.services.embedding_models import active_model
from matchmaker.services.engine import Engine
from matchmaker.services.leases import claim, leased_ids, release_leases
from matchmaker.services.projection import full_scope, public_scope

LIST_LENGTH = 50
LEASE = "match"
BATCH = 8
SCORE_CHANGE = 1e-6


@dataclass(frozen=True, slots=True)
class Score:
    """A pair's numbers as they are stored."""

    score: float
    probability: float
    grade: int
    terms: list[list[object]]

    @classmethod
    def of(cls, pair: PairScore) -> "Score":
        """Take over what the ranker said; terms as [name, value, contribution]."""
        terms: list[list[object]] = [[t.name, _rounded(t.value), t.contribution] for t in pair.terms]
        return cls(pair.score, pair.probability, pair.grade, terms)


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and an achievement scored from every side: `need_side` and `achievement_side` are None where that owner
    may not see the pair."""

    need: Listing
    achievement: Listing
    full: Score
    need_side: Score | None
    achievement_side: Score | None


def match_batch(database: Database, engine: Engine, holder: str, limit: int = BATCH) -> int:
    """Match up to `limit` listings that are behind; return how many were claimed (0: nothing is behind)."""
    with database.read() as session:
        model = active_model(session)
        found = _behind(session, engine.ranker, model.model_id, holder, limit) if model else []
    ids = claim(database, LEASE, found, holder)
    for listing_id in ids:
        with database.read() as session:
            pairs, revision = _score_listing(session, engine, listing_id, model.model_id)
        with database.transaction() as session:
            _write_listing(session, listing_id, revision, pairs, engine.ranker, model.model_id)
            release_leases(session, [f"{LEASE}:{listing_id}"], holder)
    return len(ids)


def matched_by(ranker: Ranker, model_id: str) -> str:
    """Name what a list was computed with; another ranker or model makes every list behind."""
    return f"{ranker.version} {model_id}"


def drop_dead_matches(session: Session, limit: int = 500) -> int:
    """Remove pairs of withdrawn listings that nobody has decided about; return how many."""
    live = sa.select(Listing.id).where(Listing.state == ListingState.PUBLISHED)
    dead = sa.or_(Match.need_id.not_in(live), Match.achievement_id.not_in(live))
    ids = session.scalars(sa.select(Match.id).where(dead, *_undecided()).limit(limit)).all()
    session.execute(sa.delete(Match).where(Match.id.in_(ids)))
    return len(ids)


def count_unmatched(session: Session) -> int:
    """Return how many live listings' lists are behind their text or facets."""
    behind = (
        sa.select(sa.func.count())
        .select_from(Listing)
        .where(Listing.state == ListingState.PUBLISHED, Listing.matched_revision < Listing.pair_revision)
    )
    return session.scalar(behind) or 0


def propose(session: Session, engine: Engine, need: Listing, achievement: Listing) -> Match:
    """Score one pair and store it whatever its place, for a match made by hand; the caller sets who proposed it."""
    model = active_model(session)
    model_id = model.model_id if model else ""
    prepared = engine.prepare(session, [need, achievement], model_id)
    pair = _score_pair(engine.ranker, prepared, need, achievement)
    row = _existing(session, [(need.id, achievement.id)]).get((need.id, achievement.id))
    return _write_pair(session, row, pair, engine.ranker, model_id)


def _behind(session: Session, ranker: Ranker, model_id: str, holder: str, limit: int) -> Sequence[int]:
    stamp = matched_by(ranker, model_id)
    stale = sa.or_(
        Listing.matched_revision < Listing.pair_revision, Listing.matched_by.is_(None), Listing.matched_by != stamp
    )
    return session.scalars(
        sa.select(Listing.id)
        .where(
            Listing.state == ListingState.PUBLISHED,
            Listing.embedded_model == model_id,
            Listing.embedded_revision >= Listing.text_revision,
            stale,
            Listing.id.not_in(leased_ids(session, LEASE, holder)),
        )
        .order_by(Listing.external_id.is_not(None), Listing.published_at, Listing.id)
        .limit(limit)
    ).all()


def _score_listing(session: Session, engine: Engine, listing_id: int, model_id: str) -> tuple[list[Pair], int]:
    engine.follow(session)
    listing = _load(session, [listing_id]).get(listing_id)
    if listing is None:
        return [], 0
    ids = engine.candidates(session, listing, model_id) | _partners(session, listing)
    others = [other for other in _load(session, ids).values() if other.organization_id != listing.organization_id]
    prepared = engine.prepare(session, [listing, *others], model_id)
    return _score_all(engine.ranker, prepared, listing, others), listing.pair_revision


def _score_all(
    ranker: Ranker, prepared: Mapping[tuple[int, str], Prepared], listing: Listing, others: Sequence[Listing]
) -> list[Pair]:
    sides = [(listing, other) if listing.kind == ListingKind.NEED else (other, listing) for other in others]
    ready = [pair for pair in sides if all(_key(side) in prepared for side in pair)]
    return [_score_pair(ranker, prepared, need, achievement) for need, achievement in ready]


def _score_pair(
    ranker: Ranker, prepared: Mapping[tuple[int, str], Prepared], need: Listing, achievement: Listing
) -> Pair:
    def score(need_scope: Scope | None, achievement_scope: Scope | None) -> Score | None:
        if need_scope is None or achievement_scope is None:
            return None
        sides = prepared.get((need.id, need_scope)), prepared.get((achievement.id, achievement_scope))
        if sides[0] is None or sides[1] is None:
            return None
        return Score.of(ranker.score(sides[0], [sides[1]])[0])

    need_full, achievement_full = full_scope(need.visibility), full_scope(achievement.visibility)
    full = score(need_full, achievement_full)
    assert full is not None, "callers have prepared both full texts"  # noqa: S101
    need_side = full if achievement_full is Scope.OPEN else score(need_full, public_scope(achievement.visibility))
    achievement_side = full if need_full is Scope.OPEN else score(public_scope(need.visibility), achievement_full)
    return Pair(need, achievement, full, need_side, achievement_side)


def _key(listing: Listing) -> tuple[int, str]:
    return listing.id, full_scope(listing.visibility)


def _load(session: Session, ids: Iterable[int]) -> dict[int, Listing]:
    rows = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(list(ids)), Listing.state == ListingState.PUBLISHED)
        .options(selectinload(Listing.published_revision).selectinload(Revision.indicators))
    )
    return {row.id: row for row in rows}


def _partners(session: Session, listing: Listing) -> set[int]:
    mine, other = Match.need_id, Match.achievement_id
    if listing.kind != ListingKind.NEED:
        mine, other = other, mine
    return set(session.scalars(sa.select(other).where(mine == listing.id)))


def _write_listing(
    session: Session, listing_id: int, revision: int, pairs: Sequence[Pair], ranker: Ranker, model_id: str
) -> None:
    listing = session.get(Listing, listing_id)
    if listing is None or not listing.is_live or listing.pair_revision != revision:
        return  # edited or withdrawn while scoring: the next round sees it again
    _write_lists(session, listing, pairs, ranker, model_id)
    listing.matched_revision, listing.matched_by = revision, matched_by(ranker, model_id)


def _write_lists(session: Session, listing: Listing, pairs: Sequence[Pair], ranker: Ranker, model_id: str) -> None:
    is_need = listing.kind == ListingKind.NEED
    rows = _existing(session, [(pair.need.id, pair.achievement.id) for pair in pairs])
    own = _best(pairs, is_need)
    entering = _entering(session, listing, pairs, is_need)
    for pair in pairs:
        key = pair.need.id, pair.achievement.id
        in_own, in_other = key in own, key in entering
        row = rows.get(key)
        if row is None and not (in_own or in_other):
            continue
        row = _write_pair(session, row, pair, ranker, model_id)
        mine, theirs = (in_own, in_other) if is_need else (in_other, in_own)
        if (row.in_need_list, row.in_achievement_list) != (mine, theirs):
            row.in_need_list, row.in_achievement_list = mine, theirs
    session.flush()
    _trim_others(session, [pair.achievement.id if is_need else pair.need.id for pair in pairs], is_need)
    _drop_unlisted(session, listing, is_need)


def _best(pairs: Sequence[Pair], is_need: bool) -> set[tuple[int, int]]:
    """The pairs in the listing's own list: the best in full, and the best as its owner may see them."""
    in_full = sorted(pairs, key=lambda pair: -pair.full.score)[:LIST_LENGTH]
    seen = [(side.score, pair) for pair in pairs if (side := pair.need_side if is_need else pair.achievement_side)]
    as_seen = [pair for _, pair in sorted(seen, key=lambda found: -found[0])[:LIST_LENGTH]]
    return {(pair.need.id, pair.achievement.id) for pair in (*in_full, *as_seen)}


def _entering(session: Session, listing: Listing, pairs: Sequence[Pair], is_need: bool) -> set[tuple[int, int]]:
    """The pairs good enough for the other listing's list, judged against the worst that stands there now."""
    mine, other = (Match.need_id, Match.achievement_id) if is_need else (Match.achievement_id, Match.need_id)
    listed = Match.in_achievement_list if is_need else Match.in_need_list
    ids = [pair.achievement.id if is_need else pair.need.id for pair in pairs]
    worst = {
        row.id: (row.count, row.least)
        for row in session.execute(
            sa.select(other.label("id"), sa.func.count().label("count"), sa.func.min(Match.score).label("least"))
            .where(other.in_(ids), listed, mine != listing.id)
            .group_by(other)
        )
    }
    found = set()
    for pair in pairs:
        count, least = worst.get(pair.achievement.id if is_need else pair.need.id, (0, None))
        if count < LIST_LENGTH or least is None or pair.full.score > least:
            found.add((pair.need.id, pair.achievement.id))
    return found


def _trim_others(session: Session, ids: Sequence[int], is_need: bool) -> None:
    """Take the worst out of those other lists that have grown past their length."""
    other = Match.achievement_id if is_need else Match.need_id
    listed = Match.in_achievement_list if is_need else Match.in_need_list
    place = sa.func.row_number().over(partition_by=other, order_by=(Match.score.desc(), Match.id))
    ranked = sa.select(Match.id, place.label("place")).where(other.in_(ids), listed).subquery()
    out = sa.select(ranked.c.id).where(ranked.c.place > LIST_LENGTH)
    session.execute(sa.update(Match).where(Match.id.in_(out)).values({listed.key: False}))
    unlisted = (other.in_(ids), ~Match.in_need_list, ~Match.in_achievement_list)
    session.execute(sa.delete(Match).where(*unlisted, *_undecided()))


def _drop_unlisted(session: Session, listing: Listing, is_need: bool) -> None:
    mine = Match.need_id if is_need else Match.achievement_id
    gone = (mine == listing.id, ~Match.in_need_list, ~Match.in_achievement_list)
    session.execute(sa.delete(Match).where(*gone, *_undecided()))


def _undecided() -> tuple[sa.ColumnElement[bool], ...]:
    return Match.proposed_by_id.is_(None), Match.id.not_in(sa.select(MatchDecision.match_id))


def _existing(session: Session, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Match]:
    if not keys:
        return {}
    needs, achievements = {key[0] for key in keys}, {key[1] for key in keys}
    rows = session.scalars(sa.select(Match).where(Match.need_id.in_(needs), Match.achievement_id.in_(achievements)))
    return {(row.need_id, row.achievement_id): row for row in rows}


def _write_pair(session: Session, row: Match | None, pair: Pair, ranker: Ranker, model_id: str) -> Match:
    """Write what changed of a pair; an unchanged row is left alone."""
    values = _values(pair, ranker, model_id)
    if row is None:
        row = Match(need_id=pair.need.id, achievement_id=pair.achievement.id, **values)
        session.add(row)
        return row
    changed = {name: value for name, value in values.items() if not _same(getattr(row, name), value)}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.updated_at = utc_now()
    return row


def _values(pair: Pair, ranker: Ranker, model_id: str) -> dict[str, Any]:
    return {
        **asdict(pair.full),
        "need_view": None if pair.need_side in (None, pair.full) else asdict(pair.need_side),
        "achievement_view": None if pair.achievement_side in (None, pair.full) else asdict(pair.achievement_side),
        "need_side_score": pair.need_side.score if pair.need_side else None,
        "achievement_side_score": pair.achievement_side.score if pair.achievement_side else None,
        "ranker": ranker.version,
        "model": model_id,
        "need_revision": pair.need.pair_revision,
        "achievement_revision": pair.achievement.pair_revision,
    }


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return abs(before - after) < SCORE_CHANGE
    return bool(before == after)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
