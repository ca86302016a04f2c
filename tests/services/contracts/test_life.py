"""A contract whatever is done to it in whatever order: amounts stay in order, states move by the table, what is
refused changes nothing."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from matchmaker.domain.base import Database
from matchmaker.domain.contracts import Contract
from matchmaker.domain.days import today
from matchmaker.domain.errors import DomainError
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.states import MOVES
from matchmaker.services.contracts.amending import amend_contract
from matchmaker.services.contracts.filling import save_contract
from matchmaker.services.contracts.moving import (
    cancel_contract,
    register_contract,
    return_contract,
    submit_contract,
    take_back_contract,
)
from matchmaker.services.contracts.payments import drop_payment, plan_payment, receive_payment
from matchmaker.services.contracts.reading import DeductionRow
from tests.cast import make_cast
from tests.contracts import make_contract

pytestmark = pytest.mark.slow

AMOUNTS = ("total_value", "transaction_value", "technology_income")
# What people type: sensible, nothing, negative, absurd, no number at all.
amounts = st.one_of(
    st.integers(1, 90_000_000).map(str),
    st.decimals("0.01", "9999999.99", places=2).map(str),
    st.sampled_from(["", "0", "-1", "120万", "1e9", "无", "99999999999999999999", "1.005"]),
)
items = st.lists(
    st.builds(DeductionRow, st.sampled_from(["equipment", "materials"]), st.just("件"), amounts), max_size=2
)


def _machine(template: Path, folder: Path) -> type[RuleBasedStateMachine]:
    """Return the machine; each of its runs has a database of its own, copied from an empty one."""

    class Desk(RuleBasedStateMachine):
        """One contract, its parties and the bureau."""

        def __init__(self) -> None:
            super().__init__()
            path = folder / "run.db"
            shutil.copyfile(template, path)
            self.database = Database(f"sqlite:///{path}")
            self.session = self.database.write()
            self.done = self.refused = 0

        def teardown(self) -> None:
            self.session.close()
            self.database.dispose()

        @initialize()
        def begin(self) -> None:
            cast = make_cast(self.session)
            self.bob, self.dave = cast.bob.actor, cast.dave.actor
            self.contract = make_contract(self.session, cast)

        @rule(total=amounts, income=amounts, rows=items, reason=st.sampled_from(["", "不含设备"]))
        def fill(self, total: str, income: str, rows: list[DeductionRow], reason: str) -> None:
            raw = {"total_value": total, "technology_income": income, "equal_reason": reason}
            self._do(save_contract, self.bob, raw, deductions=rows)

        @rule(disputed=st.booleans())
        def submit(self, disputed: bool) -> None:
            self._do(submit_contract, self.bob, is_disputed=disputed)

        @rule()
        def take_back(self) -> None:
            self._do(take_back_contract, self.bob)

        @rule()
        def send_back(self) -> None:
            self._do(return_contract, self.dave, reason="incomplete", note="请补全")

        @rule(number=st.sampled_from(["", "20266501000001"]), days=st.integers(-5, 1))
        def register(self, number: str, days: int) -> None:
            on = (today() + timedelta(days=days)).isoformat()
            self._do(register_contract, self.dave, number=number, on=on)

        @rule(total=amounts, income=amounts, rows=items)
        def amend(self, total: str, income: str, rows: list[DeductionRow]) -> None:
            self._do(
                amend_contract,
                self.dave,
                effective_on=today().isoformat(),
                reason="补充协议",
                total_value=total,
                technology_income=income,
                ends_on="",
                deductions=rows,
            )

        @rule()
        def cancel(self) -> None:
            self._do(cancel_contract, self.dave, on=today().isoformat(), reason="双方解除")

        @rule(amount=amounts)
        def plan(self, amount: str) -> None:
            self._do(plan_payment, self.bob, on=today().isoformat(), amount=amount)

        @rule(data=st.data(), amount=amounts, income=amounts)
        def receive(self, data: st.DataObject, amount: str, income: str) -> None:
            ids = [each.id for each in self.contract.payments] or [10**9]
            on = today().isoformat()
            self._do(receive_payment, self.bob, data.draw(st.sampled_from(ids)), on=on, amount=amount, income=income)

        @rule(data=st.data())
        def drop(self, data: st.DataObject) -> None:
            ids = [each.id for each in self.contract.payments] or [10**9]
            self._do(drop_payment, self.bob, data.draw(st.sampled_from(ids)))

        @invariant()
        def amounts_are_in_order(self) -> None:
            total, transaction, income = (getattr(self.contract, name) for name in AMOUNTS)
            if total is None:
                assert (transaction, income) == (None, None)
                return
            assert Decimal(0) <= (income or Decimal(0)) <= transaction <= total
            assert transaction == total - self.contract.deducted

        @invariant()
        def payments_stay_within_the_contract(self) -> None:
            came = [each for each in self.contract.payments if each.received_amount is not None]
            assert sum(each.received_amount for each in came) <= (self.contract.total_value or 0)
            technology = sum((each.technology_income or Decimal(0) for each in came), Decimal(0))
            assert technology <= (self.contract.transaction_value or 0)

        @invariant()
        def journal_tells_the_way_to_the_present_state(self) -> None:
            moves = sa.select(JournalEntry.before, JournalEntry.after).where(
                JournalEntry.subject_kind == "contract",
                JournalEntry.subject_id == self.contract.id,
                JournalEntry.action == "move",
            )
            state = "draft"
            for before, after in self.session.execute(moves.order_by(JournalEntry.id)):
                assert before == state
                assert after in MOVES["contract"][before]
                state = after
            assert state == self.contract.state

        @invariant()
        def its_deal_is_registered_once_it_was(self) -> None:
            was_registered = self.contract.registered_on is not None
            assert (self.contract.deal.state == "registered") == was_registered
            assert (self.contract.state in {"registered", "cancelled"}) == was_registered

        def _do(self, verb: Callable[..., object], actor: object, *more: object, **typed: object) -> None:
            """Do something, or have it refused: then everything is as before, and the row can be worked on."""
            before, version = self._content(), self.contract.version
            try:
                with self.session.begin_nested():
                    verb(self.session, actor, self.contract.id, *more, version=version, **typed)
                self.done += 1
                assert self.contract.version > version or self._content() == before
            except DomainError:
                self.refused += 1
                self.session.expire_all()
                assert (self._content(), self.contract.version) == (before, version)

        def _content(self) -> list[object]:
            columns = [
                getattr(self.contract, column.key)
                for column in sa.inspect(Contract).columns
                if column.key not in {"changed_at", "version"}
            ]
            payments = [(each.planned_amount, each.received_amount) for each in self.contract.payments]
            return [*columns, payments, [each.amount for each in self.contract.deductions], self.contract.deal.state]

    return Desk


def test_contract_stays_right_whatever_is_done_to_it(empty_database: Path, tmp_path: Path) -> None:
    unhurried = settings(
        max_examples=6, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(_machine(empty_database, tmp_path), settings=unhurried)
