"""The amounts of a contract: 0 <= technology income <= technology transaction value <= total value, always.

A known robot that fills the national form sets the last two equal; here the transaction value is only ever computed.
"""

from collections.abc import Sequence
from decimal import Decimal

from matchmaker.domain.contracts import Contract, Deduction
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.contracts.reading import ReadDeduction

NOTHING = Decimal(0)


def transaction_value(total: Decimal, deducted: Decimal) -> Decimal:
    """Return the technology transaction value in yuan.

    Raises:
        Invalid: more is deducted than there is (`deductions`), or an amount is negative.
    """
    if total < NOTHING or deducted < NOTHING:
        raise Invalid(N_("金额不能是负数。"), {"total_value": N_("金额不能是负数。")})
    if deducted > total:
        raise Invalid(N_("扣除项合计超过了合同成交总额。"), {"deductions": N_("合计不能超过成交总额。")})
    return total - deducted


def check_income(income: Decimal | None, transaction: Decimal | None) -> None:
    """Refuse a technology income that a contract cannot have.

    Raises:
        Invalid: it is negative or above the technology transaction value (`technology_income`).
    """
    if income is None:
        return
    if income < NOTHING or transaction is None or income > transaction:
        sentence = N_("技术性收入应在 0 和技术交易额之间。")
        raise Invalid(sentence, {"technology_income": sentence})


def set_amounts(
    contract: Contract,
    *,
    total: Decimal | None,
    income: Decimal | None,
    deductions: Sequence[ReadDeduction] | None,
) -> None:
    """Write the amounts of a contract, all or none; the transaction value follows from the others.

    Raises:
        Invalid: see `transaction_value` and `check_income`; a deduction or an income without a total (`total_value`).
    """
    rows = [(each.kind, each.name, each.amount) for each in (contract.deductions if deductions is None else deductions)]
    deducted = sum((amount for _, _, amount in rows), NOTHING)
    if total is None:
        if rows or income is not None:
            sentence = N_("请先填写合同成交总额。")
            raise Invalid(sentence, {"total_value": sentence})
        transaction = None
    else:
        transaction = transaction_value(total, deducted)
    check_income(income, transaction)
    contract.total_value, contract.transaction_value, contract.technology_income = total, transaction, income
    if deductions is not None:
        contract.deductions = [Deduction(kind=kind, name=name, amount=amount) for kind, name, amount in rows]


def is_equal_in_silence(contract: Contract) -> bool:
    """Whether both amounts are the same and nobody has said why."""
    total, transaction = contract.total_value, contract.transaction_value
    return total is not None and total == transaction and not contract.equal_reason
