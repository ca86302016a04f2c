"""What the deals that are still open may bring to a year's contracts, by how often deals came to a contract before.

A deal that reached a stage has passed those before it. Of all deals that are over and had reached a stage, the part
that ended registered is the stage's rate; an open deal counts its amount times the rate of the stage that it is in.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.contracts import Contract, ContractState
from matchmaker.domain.deals import DEAL_STATE_NAMES, OPEN_STATES, Deal, DealState
from matchmaker.domain.indicators import Definition
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_, Sentence, listed
from matchmaker.domain.people import Organization
from matchmaker.services.ledger.rules import Reading

LEAST_OVER = 20
"""With fewer deals that are over no rate can be told from chance."""
CENT = Decimal("0.01")
RULE = "registered_contracts"
STANDING = (ContractState.DRAFT, ContractState.SUBMITTED, ContractState.RETURNED)


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """A deal that is still open: its stage, its amount where somebody said one, the branches of its two parties."""

    state: str
    amount: Decimal | None
    branch_ids: frozenset[int | None]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The open deals, and the history that they are weighed by.

    `rates`: by stage the part of the deals that reached it, of those that are `over`, that were registered. `typical`:
    what a registered contract comes to on the average.
    """

    deals: tuple[OpenDeal, ...]
    over: int
    rates: Mapping[str, Decimal]
    typical: Decimal

    @property
    def tells(self) -> bool:
        """Whether enough deals are over."""
        return self.over >= LEAST_OVER

    @property
    def expected(self) -> Decimal:
        """What the open deals come to, each weighed by the rate of its stage."""
        amounts = (
            (self.typical if deal.amount is None else deal.amount) * self.rates.get(deal.state, Decimal(0))
            for deal in self.deals
        )
        return sum(amounts, Decimal(0)).quantize(CENT, ROUND_DOWN)

    @property
    def rates_in_words(self) -> Sentence:
        """线索 23%、洽谈 41%、…"""
        template = N_("%(stage)s %(percent)s%%")
        return listed(
            Sentence(template, stage=DEAL_STATE_NAMES[stage], percent=round(rate * 100))
            for stage, rate in self.rates.items()
        )


def pipeline_of(reading: Reading, definition: Definition, branch: int | None) -> Pipeline | None:
    """Return what is open now for an indicator of contracts; None for any other. A branch sees deals of its parties."""
    if definition.rule != RULE:
        return None
    amount = definition.parameters["amount"]
    endings = reading.shared(_endings)
    typical, part = _typical(reading.session, amount)
    found = _open_deals(reading.session, amount, part)
    mine = tuple(deal for deal in found if branch is None or branch in deal.branch_ids)
    return Pipeline(mine, len(endings), rates_of(endings), typical)


def rates_of(endings: Iterable[tuple[str, bool]]) -> dict[str, Decimal]:
    """Return each stage's rate from the furthest stage of each deal that is over, and whether it was registered."""
    stages = [str(stage) for stage in OPEN_STATES]
    counted = Counter((stages.index(furthest), is_registered) for furthest, is_registered in endings)
    rates = {}
    for place, stage in enumerate(stages):
        reached = sum(number for (furthest, _), number in counted.items() if furthest >= place)
        registered = sum(number for (furthest, won), number in counted.items() if furthest >= place and won)
        rates[stage] = Decimal(registered) / reached if reached else Decimal(0)
    return rates


def _endings(reading: Reading) -> list[tuple[str, bool]]:
    """Of each deal that is over: the furthest stage that the journal knows of, and whether it was registered."""
    rank = sa.case({str(stage): place for place, stage in enumerate(OPEN_STATES)}, value=JournalEntry.after)
    reached = (
        sa.select(JournalEntry.subject_id, sa.func.max(rank))
        .where(JournalEntry.subject_kind == Deal.subject_kind, JournalEntry.after.in_(OPEN_STATES))
        .group_by(JournalEntry.subject_id)
    )
    furthest: dict[int, int] = dict(reading.session.execute(reached).all())
    over = sa.select(Deal.id, Deal.state).where(Deal.state.in_((DealState.REGISTERED, DealState.LOST)))
    return [
        (OPEN_STATES[-1], True) if state == DealState.REGISTERED else (OPEN_STATES[furthest.get(deal_id, 0)], False)
        for deal_id, state in reading.session.execute(over)
    ]


def _typical(session: Session, amount: str) -> tuple[Decimal, Decimal]:
    """Return the mean of a registered contract's amount, and which part of its total value that is."""
    column = getattr(Contract, amount)
    row = session.execute(
        sa.select(sa.func.count(), sa.func.sum(column), sa.func.sum(Contract.total_value)).where(
            Contract.state == ContractState.REGISTERED
        )
    ).one()
    count, total, whole = row[0], row[1] or Decimal(0), row[2] or Decimal(0)
    return (total / count if count else Decimal(0)), (total / whole if whole else Decimal(0))


def _open_deals(session: Session, amount: str, part: Decimal) -> list[OpenDeal]:
    """Return the open deals: with the amount of their contract where one is being written, else what is hoped for."""
    one, other = aliased(Organization), aliased(Organization)
    written = (
        sa.select(Contract.deal_id, sa.func.sum(getattr(Contract, amount)).label("amount"))
        .where(Contract.state.in_(STANDING))
        .group_by(Contract.deal_id)
        .subquery()
    )
    query = (
        sa.select(Deal.state, written.c.amount, Deal.value_expected, one.branch_id, other.branch_id)
        .join(one, one.id == Deal.one_organization_id)
        .join(other, other.id == Deal.other_organization_id)
        .outerjoin(written, written.c.deal_id == Deal.id)
        .where(Deal.state.in_(OPEN_STATES))
    )
    return [
        OpenDeal(state, of_contract if of_contract is not None else _part_of(hoped, part), frozenset(branches))
        for state, of_contract, hoped, *branches in session.execute(query)
    ]


def _part_of(hoped: Decimal | None, part: Decimal) -> Decimal | None:
    return None if hoped is None else hoped * part
