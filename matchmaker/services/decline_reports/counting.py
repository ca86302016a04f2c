"""Counting declines of a quarter: by reason, field, sub-unit, achievement, and these with reasons, as far as told."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.closed_periods import Period
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.matches import Decision, DeclineReason, Match, MatchDecision
from matchmaker.domain.people import ROLE_OF_KIND, Organization, Role
from matchmaker.services.decline_reports.suppression import Telling

ENTERPRISES = tuple(kind for kind, role in ROLE_OF_KIND.items() if role is Role.ENTERPRISE)


class Cut(StrEnum):
    """What a count is of."""

    TOTAL = "total"
    REASON = "reason"
    FIELD = "field"
    SUB_UNIT = "sub_unit"
    ACHIEVEMENT = "achievement"
    FIELD_REASON = "field_reason"
    ACHIEVEMENT_REASON = "achievement_reason"


@dataclass(frozen=True, slots=True)
class Decline:
    """One enterprise's standing no to one achievement; `sub_unit_id` is 0 where the achievement has none."""

    enterprise_id: int
    achievement_id: int
    reason: str
    field: str
    sub_unit_id: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """One count that may be told: of what, its keys (codes, and ids as text), and how many declines."""

    cut: Cut
    keys: tuple[str, ...]
    count: int


def declines_of(session: Session, period: Period) -> dict[int, list[Decline]]:
    """Return the enterprises' declines of a period that stand now, by the university that posted the achievement.

    Only the needs' own enterprises count, brokers do not; that somebody was called a rival says nothing of his work.
    """
    need, achievement = aliased(Listing), aliased(Listing)
    since, until = (datetime.combine(day, time(), CITY_ZONE) for day in (period.since, period.until))
    rows = session.execute(
        sa.select(
            achievement.organization_id,
            MatchDecision.organization_id,
            achievement.id,
            MatchDecision.reason,
            Revision.field,
            achievement.sub_unit_id,
        )
        .join(Match, Match.id == MatchDecision.match_id)
        .join(need, need.id == Match.need_id)
        .join(achievement, achievement.id == Match.achievement_id)
        .join(Organization, Organization.id == MatchDecision.organization_id)
        .join(Revision, Revision.id == achievement.published_revision_id)
        .where(
            MatchDecision.decision == Decision.UNSUITABLE,
            MatchDecision.reason != DeclineReason.RIVAL,
            MatchDecision.organization_id == need.organization_id,
            Organization.kind.in_(ENTERPRISES),
            MatchDecision.at >= since,
            MatchDecision.at < until + timedelta(days=1),
        )
        .order_by(MatchDecision.id)
    )
    found: dict[int, list[Decline]] = defaultdict(list)
    for university_id, enterprise_id, achievement_id, reason, field, sub_unit_id in rows:
        decline = Decline(enterprise_id, achievement_id, reason or "other", field or "", sub_unit_id or 0)
        found[university_id].append(decline)
    return dict(found)


def told_counts(declines: Sequence[Decline]) -> tuple[Count, ...]:
    """Return the counts that may be told together, the most important ones and the largest first."""
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, decline in enumerate(declines):
        groups[decline.achievement_id, decline.reason].append(place)
    places = {key: number for number, key in enumerate(groups)}
    atoms = [frozenset(declines[place].enterprise_id for place in group) for group in groups.values()]
    telling, told = Telling(atoms), []
    for cut, keys, members in _candidates(declines):
        own = frozenset(places[each.achievement_id, each.reason] for each in members)
        if telling.tell(own):
            told.append(Count(cut, keys, len(members)))
        elif cut is Cut.TOTAL:
            return ()
    return tuple(told)


def _candidates(declines: Sequence[Decline]) -> Iterator[tuple[Cut, tuple[str, ...], list[Decline]]]:
    for cut in Cut:
        groups: dict[tuple[str, ...], list[Decline]] = defaultdict(list)
        for decline in declines:
            groups[_keys(cut, decline)].append(decline)
        sizes = Counter({keys: len(members) for keys, members in groups.items()})
        for keys, _ in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
            if all(keys):
                yield cut, keys, groups[keys]


def _keys(cut: Cut, decline: Decline) -> tuple[str, ...]:
    match cut:
        case Cut.TOTAL:
            return ()
        case Cut.REASON:
            return (decline.reason,)
        case Cut.FIELD:
            return (decline.field,)
        case Cut.SUB_UNIT:
            return (str(decline.sub_unit_id) if decline.sub_unit_id else "",)
        case Cut.ACHIEVEMENT:
            return (str(decline.achievement_id),)
        case Cut.FIELD_REASON:
            return decline.field, decline.reason
        case Cut.ACHIEVEMENT_REASON:
            return str(decline.achievement_id), decline.reason
