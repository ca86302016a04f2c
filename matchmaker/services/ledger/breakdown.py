"""One figure by quarter and by branch, each beside its share of the target."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.indicator_targets import WHOLE_YEAR
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.funnel import branches
from matchmaker.services.ledger.counting import Counted
from matchmaker.services.ledger.figures import own_branch
from matchmaker.services.ledger.rows import quarter_of
from matchmaker.services.ledger.rules import Row
from matchmaker.services.ledger.targets import Target, targets

QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Share:
    """What a quarter or a branch (0: none) reached of its share of the target."""

    id: int
    name: str
    value: Decimal
    target: Decimal | None

    @property
    def missing(self) -> Decimal | None:
        """What it still lacks of its share; None where it has none."""
        return None if self.target is None else max(self.target - self.value, Decimal(0))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A figure by quarter and by branch. What the shares lack of the whole target is said (negative: they exceed it);
    None where it is not decomposed."""

    quarters: tuple[Share, ...]
    branches: tuple[Share, ...]
    quarters_lack: Decimal | None
    branches_lack: Decimal | None


def breakdown(session: Session, actor: Actor, counted: Counted, year: int) -> Breakdown:
    """Take a figure's rows apart (see `rows.chosen_rows`); a branch sees its own quarters only."""
    limited, target = own_branch(actor), targets(session, year).get(counted.definition.indicator)
    quarters = tuple(
        Share(each, "", counted.only(_in_quarter(each)).value, target.of(limited, each) if target else None)
        for each in QUARTERS
    )
    of_branches = () if limited is not None else tuple(_branches(session, counted, target))
    return Breakdown(
        quarters,
        of_branches,
        target.missing_of_quarters(limited) if target else None,
        target.missing_of_branches() if target and limited is None else None,
    )


def _branches(session: Session, counted: Counted, target: Target | None) -> list[Share]:
    found = []
    present = {row.branch_id for row in counted.rows}
    for branch_id, name in branches(session):
        wanted = target.of(branch_id, WHOLE_YEAR) if target else None
        if branch_id in present or wanted is not None:
            found.append(Share(branch_id, name, counted.only(_of_branch(branch_id)).value, wanted))
    if None in present:
        found.append(Share(0, N_("不属于任何分中心"), counted.only(_of_branch(None)).value, None))
    return found


def _in_quarter(quarter: int) -> Callable[[Row], bool]:
    return lambda row: quarter_of(row) == quarter


def _of_branch(branch_id: int | None) -> Callable[[Row], bool]:
    return lambda row: row.branch_id == branch_id
