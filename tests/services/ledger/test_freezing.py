"""Whatever is entered, corrected, closed and reopened in whatever order: a closed month stays, the rest is recounted.

The model beside the ledger is a plain list of records and of what each closed month came to when it was closed.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from matchmaker.domain.base import Database
from matchmaker.domain.clock import StoryClock, clock_is
from matchmaker.domain.closed_periods import ClosedPeriod, Period
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.errors import Conflict
from matchmaker.domain.evidence_records import EvidenceRecord
from matchmaker.services.ledger import figure
from matchmaker.services.ledger.periods import closable, close_period, reopen_period, verify_periods
from matchmaker.services.ledger.records import RecordDraft, approve_record, dismiss_record, enter_record
from tests.cast import make_cast
from tests.ledger import make_second

pytestmark = pytest.mark.slow

YEAR, ENDS = 2025, date(2025, 12, 20)
amounts = st.decimals(min_value="0.01", max_value="999999999.99", places=2)


@dataclass
class Entered:
    """What the model knows of a record."""

    row: EvidenceRecord
    on: date
    amount: Decimal
    state: str = "recorded"


def _machine(template: Path, folder: Path) -> type[RuleBasedStateMachine]:
    """Return the machine; each of its runs has a database of its own, copied from an empty one."""

    class Ledger(RuleBasedStateMachine):
        """The ledger and a model of it."""

        def __init__(self) -> None:
            super().__init__()
            path = folder / "run.db"
            shutil.copyfile(template, path)
            self.database = Database(f"sqlite:///{path}")
            self.session = self.database.write()
            self.clock = StoryClock(datetime(YEAR, 1, 20, 4, tzinfo=UTC))
            self.records: list[Entered] = []
            self.frozen: dict[Period, tuple[ClosedPeriod, Decimal]] = {}

        def teardown(self) -> None:
            self.session.close()
            self.database.dispose()

        @contextmanager
        def now(self) -> Iterator[date]:
            with clock_is(self.clock):
                yield self.clock().astimezone(CITY_ZONE).date()

        @initialize()
        def begin(self) -> None:
            with self.now():
                cast = make_cast(self.session)
                self.dave, self.diana = cast.dave.actor, make_second(self.session, cast).actor

        @rule(days_ago=st.integers(0, 19), amount=amounts)
        def enter(self, days_ago: int, amount: Decimal) -> None:
            with self.now() as today:
                on = today - timedelta(days=days_ago)
                self.records.append(self._entered(on, amount, f"记录{len(self.records)}"))

        @precondition(lambda self: any(each.state == "recorded" for each in self.records))
        @rule(data=st.data(), approve=st.booleans())
        def decide(self, data: st.DataObject, approve: bool) -> None:
            one = data.draw(st.sampled_from([each for each in self.records if each.state == "recorded"]))
            with self.now():
                if not approve:
                    dismiss_record(self.session, self.diana, one.row, "对不上")
                    one.state = "dismissed"
                    return
                wrong = next((each for each in self.records if each.row.id == one.row.corrects_id), None)
                if wrong is not None and wrong.state != "approved":
                    with pytest.raises(Conflict):
                        approve_record(self.session, self.diana, one.row)
                    self.session.refresh(one.row)
                    return
                approve_record(self.session, self.diana, one.row)
                one.state = "approved"
                if wrong is not None:
                    wrong.state = "corrected"

        @precondition(lambda self: any(each.state == "approved" for each in self.records))
        @rule(data=st.data(), amount=amounts)
        def correct(self, data: st.DataObject, amount: Decimal) -> None:
            wrong = data.draw(st.sampled_from([each for each in self.records if each.state == "approved"]))
            with self.now():
                self.records.append(self._entered(wrong.on, amount, f"更正{len(self.records)}", wrong.row))

        @precondition(lambda self: self.clock().date() < ENDS)
        @rule(days=st.integers(1, 45))
        def wait(self, days: int) -> None:
            until = min(self.clock() + timedelta(days=days), datetime(ENDS.year, ENDS.month, ENDS.day, 4, tzinfo=UTC))
            self.clock.move_to(until)

        @rule(data=st.data())
        def close(self, data: st.DataObject) -> None:
            with self.now():
                months = [each for each in closable(self.session, YEAR) if each.kind == "month"]
                if months:
                    period = data.draw(st.sampled_from(months))
                    standing = close_period(self.session, self.dave, period)
                    self.frozen[period] = standing, self._approved(lambda on: period.since <= on <= period.until)

        @precondition(lambda self: bool(self.frozen))
        @rule(data=st.data())
        def reopen(self, data: st.DataObject) -> None:
            period = data.draw(st.sampled_from(sorted(self.frozen)))
            with self.now():
                reopen_period(self.session, self.dave, self.frozen.pop(period)[0], "补登")

        @invariant()
        def figure_is_what_was_frozen_and_the_rest(self) -> None:
            closed = [(period.since, period.until) for period in self.frozen]
            rest = self._approved(lambda on: not any(since <= on <= until for since, until in closed))
            with self.now():
                shown = figure(self.session, self.dave, "credit", YEAR)
                assert shown.value == sum((value for _, value in self.frozen.values()), rest)
                assert all(check.is_right for check in verify_periods(self.session))

        def _entered(self, on: date, amount: Decimal, subject: str, wrong: EvidenceRecord | None = None) -> Entered:
            draft = RecordDraft("credit", on.isoformat(), subject, f"{amount:f}", "", "乌科发〔2025〕8号")
            return Entered(enter_record(self.session, self.dave, draft, corrects=wrong), on, amount)

        def _approved(self, chosen) -> Decimal:
            return sum(
                (each.amount for each in self.records if each.state == "approved" and chosen(each.on)), Decimal(0)
            )

    return Ledger


def test_closed_months_stay_whatever_happens(empty_database: Path, tmp_path: Path) -> None:
    unhurried = settings(
        max_examples=25, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(_machine(empty_database, tmp_path), settings=unhurried)
