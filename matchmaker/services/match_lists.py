"""Writing matches: a listing's own list, its place in the others' lists, and nothing that has not changed."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.deals import Deal
from matchmaker.domain.disclosures import Disclosure
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.listings import Listing, ListingKind, Visibility
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.domain.questions import Question
from matchmaker.domain.timetables import Placement
from matchmaker.search.ranker import Ranker
from matchmaker.services.match_news import GOOD, note_news
from matchmaker.services.pairs import Pair

LIST_LENGTH = 50
SCORE_CHANGE = 1e-6
BROKERS = Visibility.BROKERS


def write_lists(session: Session, listing: Listing, pairs: Sequence[Pair], ranker: Ranker, model_id: str) -> set[int]:
    """Write a listing's list and its place in those of others; return the ids of the listings whose lists it stands
    in."""
    is_need = listing.kind == ListingKind.NEED
    rows = existing_rows(session, [(pair.need.id, pair.achievement.id) for pair in pairs])
    own = _best(pairs, is_need)
    entering = _entering(session, listing, pairs, is_need)
    for pair in pairs:
        key = pair.need.id, pair.achievement.id
        in_own, in_other = key in own, key in entering
        row = rows.get(key)
        if row is None and not (in_own or in_other):
            continue
        row = write_pair(session, row, pair, ranker, model_id)
        mine, theirs = (in_own, in_other) if is_need else (in_other, in_own)
        if (row.in_need_list, row.in_achievement_list) != (mine, theirs):
            row.in_need_list, row.in_achievement_list = mine, theirs
    session.flush()
    note_news(session, _good(pairs, own, entering, is_need))
    others = {achievement if is_need else need for need, achievement in entering}
    _trim_others(session, others, is_need)
    _drop_unlisted(session, listing, is_need)
    return others


def note_good_news(session: Session, rows: Sequence[tuple[Pair, Match]]) -> None:
    """Note which of these pairs, scored anew where they stand, are good as an owner sees them in his list."""
    of_needs = {(row.need_id, row.achievement_id) for _, row in rows if row.in_need_list}
    of_achievements = {(row.need_id, row.achievement_id) for _, row in rows if row.in_achievement_list}
    note_news(session, _good([pair for pair, _ in rows], of_needs, of_achievements, is_need=True))


def _good(
    pairs: Sequence[Pair], own: set[tuple[int, int]], entering: set[tuple[int, int]], is_need: bool
) -> Iterator[tuple[int, int]]:
    """What is good as a listing's owner sees it and stands in that listing's list, as (listing, the other one)."""
    of_need, of_achievement = (own, entering) if is_need else (entering, own)
    for pair in pairs:
        key = pair.need.id, pair.achievement.id
        if key in of_need and pair.need_side is not None and pair.need_side.grade >= GOOD:
            yield key
        if key in of_achievement and pair.achievement_side is not None and pair.achievement_side.grade >= GOOD:
            yield key[1], key[0]


def _best(pairs: Sequence[Pair], is_need: bool) -> set[tuple[int, int]]:
    """The pairs in the listing's own list: the best in full, and the best as its owner may see them."""
    in_full = sorted(pairs, key=lambda pair: -pair.full.score)[:LIST_LENGTH]
    sides = [(pair, pair.need_side if is_need else pair.achievement_side) for pair in pairs]
    # One for brokers only is scored for the day on which its owner opens it; until then it takes nobody's place.
    seen = [(side.score, pair) for pair, side in sides if side and _other(pair, is_need).visibility != BROKERS]
    as_seen = [pair for _, pair in sorted(seen, key=lambda found: -found[0])[:LIST_LENGTH]]
    return {(pair.need.id, pair.achievement.id) for pair in (*in_full, *as_seen)}


def _other(pair: Pair, is_need: bool) -> Listing:
    return pair.achievement if is_need else pair.need


def _entering(session: Session, listing: Listing, pairs: Sequence[Pair], is_need: bool) -> set[tuple[int, int]]:
    """The pairs good enough for the other listing's list, judged against the worst that stands there now."""
    mine, other = (Match.need_id, Match.achievement_id) if is_need else (Match.achievement_id, Match.need_id)
    listed = Match.in_achievement_list if is_need else Match.in_need_list
    ids = [pair.achievement.id if is_need else pair.need.id for pair in pairs]
    worst = {
        found: (number, least)
        for found, number, least in session.execute(
            sa.select(other, sa.func.count(), sa.func.min(Match.score))
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


def _trim_others(session: Session, ids: Collection[int], is_need: bool) -> None:
    """Take the worst out of those other lists that have grown past their length: it stands in each of them now."""
    other = Match.achievement_id if is_need else Match.need_id
    listed = Match.in_achievement_list if is_need else Match.in_need_list
    place = sa.func.row_number().over(partition_by=other, order_by=(Match.score.desc(), Match.id))
    ranked = sa.select(Match.id, place.label("place")).where(other.in_(ids), listed).subquery()
    out = sa.select(ranked.c.id).where(ranked.c.place > LIST_LENGTH)
    session.execute(sa.update(Match).where(Match.id.in_(out)).values({listed.key: False}))
    unlisted = (other.in_(ids), ~Match.in_need_list, ~Match.in_achievement_list)
    session.execute(sa.delete(Match).where(*unlisted, *undecided()))


def _drop_unlisted(session: Session, listing: Listing, is_need: bool) -> None:
    mine = Match.need_id if is_need else Match.achievement_id
    gone = (mine == listing.id, ~Match.in_need_list, ~Match.in_achievement_list)
    session.execute(sa.delete(Match).where(*gone, *undecided()))


def undecided() -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of a pair that nobody proposed, decided, asked, met or deals about, or has opened: it may go."""
    kept = (MatchDecision.match_id, Disclosure.match_id, Forwarding.match_id, Question.match_id)
    met = (Appointment.match_id, Placement.match_id, Deal.match_id)
    named = (*(sa.select(column) for column in kept), *(sa.select(column).where(column.is_not(None)) for column in met))
    return Match.proposed_by_id.is_(None), *(Match.id.not_in(ids) for ids in named)


def existing_rows(session: Session, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Match]:
    if not keys:
        return {}
    needs, achievements = {key[0] for key in keys}, {key[1] for key in keys}
    rows = session.scalars(sa.select(Match).where(Match.need_id.in_(needs), Match.achievement_id.in_(achievements)))
    return {(row.need_id, row.achievement_id): row for row in rows}


def write_pair(session: Session, row: Match | None, pair: Pair, ranker: Ranker, model_id: str) -> Match:
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
        **pair.full.as_dict(),
        "need_view": None if pair.need_side in (None, pair.full) else pair.need_side.as_dict(),
        "achievement_view": None if pair.achievement_side in (None, pair.full) else pair.achievement_side.as_dict(),
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
