"""The rows behind a figure: one page of them, narrowed by branch, quarter and field."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.errors import Conflict
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.ledger.counting import Counted, count, read_year
from matchmaker.services.ledger.definitions import definition_of
from matchmaker.services.ledger.figures import own_branch, require_reader
from matchmaker.services.ledger.frozen import frozen_figures
from matchmaker.services.ledger.rules import Row

PAGE = 30


@dataclass(frozen=True, slots=True)
class RowsPage:
    """One page of the rows behind a figure, the latest first; `total` and `value` are of all that were chosen.

    `late` came after their period was closed and `lost` have changed since: they are no part of the figure.
    """

    rows: tuple[Row, ...]
    total: int
    value: Decimal
    number: int
    pages: int
    late: tuple[Row, ...] = ()
    lost: tuple[Row, ...] = ()


def rows(
    session: Session,
    actor: Actor,
    indicator: str,
    year: int,
    *,
    branch: int | None = None,
    quarter: int | None = None,
    field: str | None = None,
    page: int = 1,
) -> RowsPage:
    """Return the rows behind a figure; a branch sees its own whatever it asks for.

    Raises:
        Forbidden: the actor is neither of the bureau nor of a branch.
        NotFound: there is no such indicator.
        Conflict: its rule fails.
    """
    return page_of(chosen_rows(session, actor, indicator, year, branch=branch, quarter=quarter, field=field), page)


def page_of(counted: Counted, page: int = 1) -> RowsPage:
    """Return one page of what was counted, the latest first."""
    found = tuple(sorted(counted.rows, key=lambda row: (row.on, row.subject_id), reverse=True))
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(1, page), pages)
    shown = found[(number - 1) * PAGE : number * PAGE]
    return RowsPage(shown, len(found), counted.value, number, pages, counted.late[:PAGE], counted.lost[:PAGE])


def chosen_rows(
    session: Session,
    actor: Actor,
    indicator: str,
    year: int,
    *,
    branch: int | None = None,
    quarter: int | None = None,
    field: str | None = None,
) -> Counted:
    """Return all rows behind a figure that were chosen and that the actor may know of, by day (see `rows`)."""
    require_reader(actor)
    definition = definition_of(session, indicator, year)
    counted = count(read_year(session, year), definition, frozen_figures(session, year, indicator).get(indicator, ()))
    if counted.error:
        raise Conflict(N_("这个指标统计出错，暂时没有明细。平台管理员可以在日志中看到原因。"))
    limited = own_branch(actor)
    return narrowed(counted, branch=branch if limited is None else limited, quarter=quarter, field=field)


def narrowed(
    counted: Counted, *, branch: int | None = None, quarter: int | None = None, field: str | None = None
) -> Counted:
    """Return what was counted of one branch, quarter or field only."""
    if branch is None and quarter is None and field is None:
        return counted
    return counted.only(
        lambda row: (
            (branch is None or row.branch_id == branch)
            and (quarter is None or quarter_of(row) == quarter)
            and (field is None or row.field == field)
        )
    )


def quarter_of(row: Row) -> int:
    """Return the quarter of the year, 1 to 4, that a row falls into."""
    return (row.on.month + 2) // 3
