"""`ledger`: shown, counted once more and verified on the machine; what was changed behind its back ends with 1."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from matchmaker.cli import group
from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.closed_periods import FrozenFigure, Period, PeriodKind
from matchmaker.services.ledger.periods import close_period
from tests.cast import Cast
from tests.ledger import a_record, make_approved, make_second

pytestmark = pytest.mark.slow


def call(settings: Settings, *arguments: str) -> Result:
    environment = {
        "MATCHMAKER_DATA": str(settings.data),
        "MATCHMAKER_INDEXES": str(settings.indexes),
        "MATCHMAKER_MODEL": "hashing",
    }
    return CliRunner().invoke(group, ("ledger", *arguments), env=environment)


def test_the_year_is_shown_counted_anew_and_verified(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_approved(session, cast.dave.actor, make_second(session, cast).actor, a_record())
        close_period(session, cast.dave.actor, Period(2025, PeriodKind.QUARTER, 2))
    shown = next(
        line.split() for line in call(settings, "show", "--year", "2025").stdout.splitlines() if "envoys" in line
    )
    assert shown[:3] == ["envoys", "12", "30"]
    assert [call(settings, *each).exit_code for each in (("recompute", "--year", "2025"), ("verify",))] == [0, 0]
    with database.transaction() as session:
        session.execute(sa.update(FrozenFigure).where(FrozenFigure.indicator == "envoys").values(value=Decimal(30)))
    changed = call(settings, "verify", "--year", "2025")
    assert (changed.exit_code, "CHANGED" in changed.stdout) == (1, True)
