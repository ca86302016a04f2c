"""What the enterprise income tax on a technology transfer may come to: an estimate, never a conclusion.

Source: enterprise income tax law, implementing regulations, article 90: of the income of technology transfers in a tax
year what does not exceed a limit is exempt, the rest is taxed at a part of the rate. Limit and rates are dated rules.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract, ContractKind, ContractState
from matchmaker.domain.days import today
from matchmaker.domain.rules import RuleCode, RuleValue
from matchmaker.services.rules.reading import rule

CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaxEstimate:
    """The estimate in yuan for the seller of a transfer: of `income` as contracted, without its costs.

    `earlier` is what the register knows of his other transfers of the year; `tax` is what this contract adds,
    `untouched` what it would be without the relief. `rules` are what it was computed with.
    """

    on: date
    income: Decimal
    is_stated: bool
    earlier: Decimal
    tax: Decimal
    untouched: Decimal
    rules: tuple[RuleValue, ...]


def estimate_tax(session: Session, contract: Contract) -> TaxEstimate | None:
    """Return the estimate for a transfer whose amounts are known; None for other contracts, or where no rule holds.

    The caller has checked that the contract may be seen; others of the seller count by their sum only.
    """
    income = contract.technology_income if contract.technology_income is not None else contract.transaction_value
    if contract.kind != ContractKind.TRANSFER or income is None:
        return None
    on = contract.signed_on or today()
    codes = (RuleCode.TRANSFER_EXEMPT, RuleCode.TRANSFER_REST_RATE, RuleCode.ENTERPRISE_RATE)
    rules = tuple(found for code in codes if (found := rule(session, code, on)) is not None)
    if len(rules) < len(codes):
        return None
    exempt, share, rate = (each.value for each in rules)
    earlier = _earlier(session, contract, on.year)

    def taxed(amount: Decimal) -> Decimal:
        return max(NOTHING, amount - exempt) * share * rate

    return TaxEstimate(
        on=on,
        income=income,
        is_stated=contract.technology_income is not None,
        earlier=earlier,
        tax=(taxed(earlier + income) - taxed(earlier)).quantize(CENT),
        untouched=(income * rate).quantize(CENT),
        rules=rules,
    )


def _earlier(session: Session, contract: Contract, year: int) -> Decimal:
    income = sa.func.coalesce(Contract.technology_income, Contract.transaction_value)
    total = session.scalars(
        sa.select(income).where(
            Contract.id != contract.id,
            Contract.kind == ContractKind.TRANSFER,
            Contract.state == ContractState.REGISTERED,
            Contract.seller_organization_id == contract.seller_organization_id,
            Contract.signed_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
    ).all()
    # Summed here: a database without decimals would add floats.
    return sum((Decimal(each) for each in total if each is not None), NOTHING)
