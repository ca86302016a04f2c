"""The rows behind a cell of a chart: what was counted, by span, field, branch and district; a branch sees its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.permissions import Actor
from matchmaker.services.charts.districts import district_of, districts_of
from matchmaker.services.charts.quantities import QUANTITIES, Quantity
from matchmaker.services.charts.stages import STAGE_NAMES, Stage, journeys
from matchmaker.services.funnel import NO_BRANCH, NO_FIELD, Cohort
from matchmaker.services.ledger.figures import own_branch, require_reader
from matchmaker.services.ledger.rules import Reading, Row
from matchmaker.services.ledger.rules.reading import city_day

PAGE = 30
MOST_YEARS = 10
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
STAGED = "stage-"
"""Begins the name of a stage's rows, beside the codes of quantities."""


@dataclass(frozen=True, slots=True)
class ChartRows:
    """One page of the rows behind a cell, the latest first, named by what they are."""

    name: str
    unit: str
    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int


def chart_rows(session: Session, actor: Actor, cohort: Cohort, name: str, page: int = 1) -> ChartRows:
    """Return the rows of a quantity (its code) or of a stage ("stage-" and its code).

    Raises:
        Forbidden: the actor may not see the ledger.
        NotFound: nothing is counted under that name.
    """
    require_reader(actor)
    chosen = limited(actor, cohort)
    quantity = QUANTITIES.get(name)
    if quantity is not None:
        label, unit = quantity.label, "yuan" if quantity.unit == "yuan" else "item"
        found = read_quantities(session, [quantity], chosen)[name]
    else:
        stage = next((each for each in Stage if f"{STAGED}{each}" == name), None)
        if stage is None:
            raise NotFound(N_("没有找到这张图表。"))
        label, unit = STAGE_NAMES[stage], "item"
        reached = journeys(session, chosen).reached(stage)
        found = tuple(Row(Listing.subject_kind, each, city_day(at)) for each, at in reached.items())
    ordered = sorted(found, key=lambda row: (row.on, row.subject_id), reverse=True)
    pages = max(1, -(-len(ordered) // PAGE))
    number = min(max(1, page), pages)
    return ChartRows(label, unit, tuple(ordered[(number - 1) * PAGE : number * PAGE]), len(ordered), number, pages)


def limited(actor: Actor, cohort: Cohort) -> Cohort:
    """Return the cohort with its days filled in, the present year's where none were given; a branch gets its own.

    A span is `MOST_YEARS` at most: the first of its days give way.
    """
    until = _within(cohort.until or max(today(), cohort.since or today()))
    since = min(_within(cohort.since or until.replace(month=1, day=1)), until)
    since = max(since, until.replace(year=until.year - MOST_YEARS, month=1, day=1))
    branch = own_branch(actor)
    return replace(cohort, since=since, until=until, branch=cohort.branch if branch is None else branch)


def span_of(cohort: Cohort) -> tuple[date, date]:
    """Return the first and the last day of a cohort that `limited` has filled in."""
    return cohort.since or FIRST_DAY, cohort.until or LAST_DAY


def read_quantities(session: Session, quantities: Iterable[Quantity], cohort: Cohort) -> dict[str, tuple[Row, ...]]:
    """Return the rows of quantities, by code, that a cohort (see `limited`) chooses; what they share is read once."""
    reading = Reading(session, *span_of(cohort))
    return {each.code: tuple(choose(reading, each.read(reading), cohort)) for each in quantities}


def _within(day: date) -> date:
    return min(max(day, FIRST_DAY), LAST_DAY)


def choose(reading: Reading, rows: Iterable[Row], cohort: Cohort) -> Iterable[Row]:
    """Keep the rows of a cohort's field, branch and district."""
    districts = reading.shared(districts_of) if cohort.district is not None else {}
    for row in rows:
        in_field = cohort.field is None or (row.field or NO_FIELD) == cohort.field
        in_branch = cohort.branch is None or (row.branch_id or NO_BRANCH) == cohort.branch
        in_district = cohort.district is None or district_of(districts, row) == cohort.district
        if in_field and in_branch and in_district:
            yield row
