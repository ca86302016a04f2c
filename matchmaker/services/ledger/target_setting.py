"""Setting targets: the whole decomposition of one indicator and year at once."""

from collections.abc import Mapping
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import PeriodKind
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.indicator_targets import IndicatorTarget
from matchmaker.domain.indicators import Definition
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.funnel import branches
from matchmaker.services.ledger.amounts import read_amount
from matchmaker.services.ledger.definitions import definition_of
from matchmaker.services.ledger.frozen import standing_periods
from matchmaker.services.ledger.periods import require_keeper
from matchmaker.services.ledger.targets import CITY, Share
from matchmaker.services.reading.text import Unreadable

SUBJECT = "ledger_year"


def set_targets(session: Session, actor: Actor, indicator: str, year: int, typed: Mapping[Share, str]) -> None:
    """Set the city's target of a year and its decomposition; what is left empty has none. It need not add up.

    `errors` of a refusal name a share as `branch-quarter`, the city being 0 ("0-0" is the city's year).

    Raises:
        Forbidden: the actor does not keep the ledger.
        NotFound: there is no such indicator.
        Conflict: the year is closed.
        Invalid: no target for the year, a share that is no number, or one of no branch.
    """
    require_keeper(actor)
    definition = definition_of(session, indicator, year)
    if any(row.kind == PeriodKind.YEAR for row in standing_periods(session, year)):
        raise Conflict(N_("这一年已经封账，目标不能再改。"))
    values = _read(session, definition, typed)
    of_year = (IndicatorTarget.indicator == indicator, IndicatorTarget.year == year)
    before = {
        _name(row.branch_id, row.quarter): str(row.value)
        for row in session.scalars(sa.select(IndicatorTarget).where(*of_year))
    }
    session.execute(sa.delete(IndicatorTarget).where(*of_year))
    for (branch_id, quarter), value in values.items():
        session.add(
            IndicatorTarget(
                year=year,
                indicator=indicator,
                branch_id=branch_id,
                quarter=quarter,
                value=value,
                set_by_id=actor.user_id,
            )
        )
    session.flush()
    after = {_name(*share): str(value) for share, value in values.items()}
    record(session, actor, "set_targets", SUBJECT, year, indicator=indicator, former=before, present=after)


def _read(session: Session, definition: Definition, typed: Mapping[Share, str]) -> dict[Share, Decimal]:
    known: set[int | None] = {None, *(branch_id for branch_id, _name in branches(session))}
    values: dict[Share, Decimal] = {}
    errors: dict[str, str] = {}
    for share, text in typed.items():
        branch_id, quarter = share
        if branch_id not in known or quarter not in range(5):
            raise Invalid(N_("没有这个分中心或季度。"))
        try:
            value = read_amount(definition, text)
        except Unreadable as error:
            errors[_name(*share)] = error.sentence
            continue
        if value is not None:
            values[share] = value
    if not errors and not values.get(CITY):
        errors[_name(*CITY)] = N_("请填写全年目标，应大于 0。")
    if errors:
        raise Invalid(N_("有的数字不能使用，请检查后重新保存。"), errors)
    return values


def _name(branch_id: int | None, quarter: int) -> str:
    return f"{branch_id or 0}-{quarter}"
