"""A recount from scratch gives what the ledger shows, but for what came after closing."""

from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.services.ledger.periods import close_period
from matchmaker.services.ledger.recounting import Recount, recount
from tests.cast import Cast
from tests.contracts import make_registered
from tests.ledger import a_record, make_approved, make_second, on_day


def of(session: Session, indicator: str) -> Recount:
    return next(each for each in recount(session, 2025) if each.indicator == indicator)


def test_open_figures_are_what_their_records_give(session: Session, cast: Cast) -> None:
    with on_day(2025, 3, 3):
        make_registered(session, cast)
    make_approved(session, cast.dave.actor, make_second(session, cast).actor, a_record())
    found = recount(session, 2025)
    assert [each.indicator for each in found if not each.is_right or each.shown != each.fresh] == []
    assert (of(session, "envoys").fresh, of(session, "contract_technology_value").fresh) == (12, 900_000)


def test_a_closed_figure_stands_apart_from_what_came_later(session: Session, cast: Cast) -> None:
    diana = make_second(session, cast)
    make_approved(session, cast.dave.actor, diana.actor, a_record())
    close_period(session, cast.dave.actor, Period(2025, PeriodKind.QUARTER, 2))
    make_approved(session, cast.dave.actor, diana.actor, a_record(subject="补报", amount="5"))
    found = of(session, "envoys")
    assert (found.shown, found.fresh, found.late, found.is_closed, found.is_right) == (12, Decimal(17), 1, True, True)
