"""Closing a period freezes its figures and rows; opening it again takes a reason, and both stay on record."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain.base import utc_now
from matchmaker.domain.closed_periods import MONTHS, ClosedPeriod, FrozenFigure, Period, PeriodKind, PeriodState
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.indicator_targets import WHOLE_YEAR
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_keep_ledger
from matchmaker.domain.states import move
from matchmaker.services.ledger.counting import Counted, count, read_year
from matchmaker.services.ledger.definitions import definitions
from matchmaker.services.ledger.figures import require_reader
from matchmaker.services.ledger.freezing import plain_districts, plain_stages
from matchmaker.services.ledger.frozen import frozen_figures, plain_definition, plain_row, standing_periods
from matchmaker.services.ledger.targets import Target, targets
from matchmaker.services.reading.text import prose

REASON_MOST = 500
CLOSE = "close"


@dataclass(frozen=True, slots=True)
class PeriodCheck:
    """Whether a closing's figures and rows still have the hash that was taken then, and the journal knows the same."""

    period: Period
    closed_on: date
    stands: bool
    is_whole: bool
    is_journaled: bool

    @property
    def is_right(self) -> bool:
        """Whether nothing was changed."""
        return self.is_whole and self.is_journaled


def close_period(session: Session, actor: Actor, period: Period) -> ClosedPeriod:
    """Freeze every figure of a period that is over, with its definition, its target and its rows, and the funnel.

    Raises:
        Forbidden: the actor does not keep the ledger.
        Conflict: the period is not over, it or a longer one is closed already, or a rule fails now.
    """
    require_keeper(actor)
    if period.until >= today():
        raise Conflict(N_("这段时间还没有结束，结束后才能封账。"))
    if any(row.period.holds(period) for row in standing_periods(session, period.year)):
        raise Conflict(N_("这段时间已经封账。"))
    of_year = _count(session, period.year)
    failed = [each.definition.name for each in of_year if each.error]
    if failed:
        raise Conflict(N_("以下指标统计出错，修复后才能封账：%(names)s。"), names="、".join(failed))
    counted = [each.within(period.since, period.until) for each in of_year]
    to_its_end = (each.within(date(period.year, 1, 1), period.until) for each in of_year)
    standing = targets(session, period.year)
    closed = ClosedPeriod(
        year=period.year,
        kind=period.kind,
        number=period.number,
        standing_key=period.key,
        closed_by_id=actor.user_id,
        figures=[_frozen(each, period, standing.get(each.definition.indicator)) for each in counted],
        stages=plain_stages(session, period),
        districts=plain_districts(session, to_its_end),
    )
    closed.sha256 = fingerprint(closed)
    session.add(closed)
    session.flush()
    record(session, actor, CLOSE, ClosedPeriod.subject_kind, closed.id, after=closed.state, sha256=closed.sha256)
    return closed


def reopen_period(session: Session, actor: Actor, closed: ClosedPeriod, reason: str) -> None:
    """Open a closed period again: its figures are counted anew. What was frozen is kept beside.

    Raises:
        Forbidden: the actor does not keep the ledger.
        Invalid: no reason was given (field `reason`).
        Conflict: it is open already, or lies in a longer closed period.
    """
    require_keeper(actor)
    text = prose(reason)
    if not 0 < len(text) <= REASON_MOST:
        raise Invalid(N_("请写明重新打开的原因，最多 500 个字。"), {"reason": N_("请写明原因，最多 500 个字。")})
    longer = [row for row in standing_periods(session, closed.year) if row.id != closed.id]
    if closed.state == PeriodState.CLOSED and any(row.period.holds(closed.period) for row in longer):
        raise Conflict(N_("它所在的更长时段已经封账，请先重新打开那一段。"))
    move(session, closed, PeriodState.REOPENED, actor, text)
    closed.standing_key, closed.reopen_reason = None, text
    closed.reopened_by_id, closed.reopened_at = actor.user_id, utc_now()
    session.flush()


def get_period(session: Session, actor: Actor, period_id: int) -> ClosedPeriod:
    """Return one closing.

    Raises:
        Forbidden: the actor may not see the ledger.
        NotFound: there is none.
    """
    require_reader(actor)
    found = session.get(ClosedPeriod, period_id)
    if found is None:
        raise NotFound(N_("没有找到这次封账。"))
    return found


def closings(session: Session, actor: Actor, year: int) -> list[ClosedPeriod]:
    """Return every closing of a year, reopened ones included, the latest first.

    Raises:
        Forbidden: the actor may not see the ledger.
    """
    require_reader(actor)
    people = (joinedload(ClosedPeriod.closed_by), joinedload(ClosedPeriod.reopened_by))
    query = sa.select(ClosedPeriod).where(ClosedPeriod.year == year).options(*people)
    return list(session.scalars(query.order_by(ClosedPeriod.id.desc())))


def closable(session: Session, year: int) -> list[Period]:
    """Return the periods of a year that are over and not closed, the longest last."""
    standing = [row.period for row in standing_periods(session, year)]
    periods = [Period(year, kind, number) for kind in PeriodKind for number in range(1, 12 // MONTHS[kind] + 1)]
    return [each for each in periods if each.until < today() and not any(closed.holds(each) for closed in standing)]


def verify_periods(session: Session, year: int | None = None) -> list[PeriodCheck]:
    """Compare each closing's figures and rows with the hash that was taken, and that with the journal's."""
    query = sa.select(ClosedPeriod).options(selectinload(ClosedPeriod.figures)).order_by(ClosedPeriod.id)
    if year is not None:
        query = query.where(ClosedPeriod.year == year)
    entries = sa.select(JournalEntry.subject_id, JournalEntry.data).where(
        JournalEntry.subject_kind == ClosedPeriod.subject_kind, JournalEntry.action == CLOSE
    )
    journaled = {period_id: data.get("sha256") for period_id, data in session.execute(entries)}
    return [
        PeriodCheck(
            row.period,
            row.closed_at.date(),
            row.state == PeriodState.CLOSED,
            fingerprint(row) == row.sha256,
            journaled.get(row.id) == row.sha256,
        )
        for row in session.scalars(query)
    ]


def fingerprint(closed: ClosedPeriod) -> str:
    """Return the SHA-256 of a closing's figures, definitions, targets, rows, stages and districts, as canonical JSON.

    What a closing of an older version did not freeze is no part of its hash.
    """
    beside = {name: getattr(closed, name) for name in ("stages", "districts") if getattr(closed, name) is not None}
    content = {"period": closed.period.key, "figures": [_plain(each) for each in closed.figures], **beside}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def require_keeper(actor: Actor) -> None:
    """Let pass only who keeps the ledger.

    Raises:
        Forbidden: he does not.
    """
    if not can_keep_ledger(actor):
        raise Forbidden(N_("台账由科技局维护，分中心可以查看自己的部分。"))


def _count(session: Session, year: int) -> list[Counted]:
    reading, frozen = read_year(session, year), frozen_figures(session, year)
    return [count(reading, each, frozen.get(each.indicator, ())) for each in definitions(session, year)]


def _frozen(counted: Counted, period: Period, target: Target | None) -> FrozenFigure:
    return FrozenFigure(
        indicator=counted.definition.indicator,
        definition=plain_definition(counted.definition),
        value=counted.value,
        target=_target(period, target),
        rows=[plain_row(row) for row in counted.rows],
    )


def _target(period: Period, target: Target | None) -> Any:
    if target is None or period.kind is PeriodKind.MONTH:
        return None
    return target.of(None, period.number if period.kind is PeriodKind.QUARTER else WHOLE_YEAR)


def _plain(figure: FrozenFigure) -> dict[str, Any]:
    return {
        "indicator": figure.indicator,
        "definition": figure.definition,
        "value": f"{figure.value:.2f}",
        "target": None if figure.target is None else f"{figure.target:.2f}",
        "rows": figure.rows,
    }
