"""The figures of a year: what each indicator has reached, beside its target, its forecast and the year before."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.indicators import Definition
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.permissions import Actor, can_see_ledger, is_branch_staff
from matchmaker.services.ledger.counting import Counted, count, read_year
from matchmaker.services.ledger.definitions import definition_of, definitions
from matchmaker.services.ledger.forecasting import Forecast, Light, forecast, light_of
from matchmaker.services.ledger.frozen import Frozen, frozen_figures
from matchmaker.services.ledger.pipeline import Pipeline, pipeline_of
from matchmaker.services.ledger.rules import Row
from matchmaker.services.ledger.targets import Target, targets

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of one year, as the viewer may see it (a branch: its own part).

    `value` and what follows from it are None where its rule failed (`error` says how). `missing` is what the target
    still lacks; `target_year` the year that the target was set for; `last_year` what the year before reached in all,
    `last_year_so_far` by the same day. `frozen`: the whole year is closed. `late` counts rows that came after closing,
    `lost` those whose records changed since: neither alters the figure.
    """

    indicator: str
    year: int
    name: str
    clause: str
    action: str
    unit: str
    value: Decimal | None
    target: Decimal | None
    target_year: int | None
    forecast: Decimal | None
    forecast_note: Sentence | None
    light: Light
    missing: Decimal | None
    owner: str
    frozen: bool
    error: str | None
    planned: int | None
    last_year: Decimal | None
    last_year_so_far: Decimal | None
    late: int
    lost: int
    definition: Definition

    @property
    def share(self) -> Decimal | None:
        """Part of the target that is reached; more than 1 where it is exceeded."""
        return self.value / self.target if self.value is not None and self.target else None


def figures(session: Session, actor: Actor, year: int, *, compared: bool = True) -> tuple[Figure, ...]:
    """Return the figures of a year, in the order of the plan; beside the year before only where they are `compared`.

    Raises:
        Forbidden: the actor is neither of the bureau nor of a branch.
    """
    require_reader(actor)
    return tuple(_figures(session, actor, year, definitions(session, year), compared=compared))


def figure(session: Session, actor: Actor, indicator: str, year: int) -> Figure:
    """Return one figure of a year.

    Raises:
        Forbidden: the actor is neither of the bureau nor of a branch.
        NotFound: there is no such indicator.
    """
    require_reader(actor)
    return _figures(session, actor, year, (definition_of(session, indicator, year),))[0]


def require_reader(actor: Actor) -> None:
    """Let pass only who may see the ledger.

    Raises:
        Forbidden: he may not.
    """
    if not can_see_ledger(actor):
        raise Forbidden(N_("行动台账由科技局和分中心查看。"))


def own_branch(actor: Actor) -> int | None:
    """Return the branch to which the actor's view is limited; None for the whole city."""
    return actor.organization_id if is_branch_staff(actor) else None


def _figures(
    session: Session, actor: Actor, year: int, wanted: tuple[Definition, ...], *, compared: bool = True
) -> list[Figure]:
    branch, standing, day = own_branch(actor), targets(session, year), today()
    now, before = read_year(session, year), read_year(session, year - 1)
    only = wanted[0].indicator if len(wanted) == 1 else None
    closed, closed_before = (frozen_figures(session, each, only) for each in (year, year - 1))
    found = []
    for definition in wanted:
        frozen = closed.get(definition.indicator, ())
        of_year = next((each for each in frozen if each.is_of_year), None)
        shown = of_year.definition if of_year else definition
        counted, earlier = _of(count(now, shown, frozen), branch), None
        if compared:
            was_closed = closed_before.get(definition.indicator, ())
            earlier = _of(count(before, definition, was_closed, with_late=False), branch)
        target = _target(standing.get(definition.indicator), of_year, branch)
        pipeline = pipeline_of(now, shown, branch) if year == day.year else None
        found.append(_figure(counted, earlier, target, year, day, of_year, pipeline))
    return found


def _of(counted: Counted, branch: int | None) -> Counted:
    return counted if branch is None else counted.only(lambda row: row.branch_id == branch)


def _target(target: Target | None, frozen: Frozen | None, branch: int | None) -> tuple[Decimal | None, int | None]:
    """Return the target and the year that it was set for; of a closed year the one that was frozen with it."""
    if frozen is not None and branch is None:
        return frozen.target, target.year if target and frozen.target is not None else None
    value = target.of(branch) if target else None
    return value, target.year if target and value is not None else None


def _figure(
    counted: Counted,
    before: Counted | None,
    target: tuple[Decimal | None, int | None],
    year: int,
    day: date,
    frozen: Frozen | None,
    pipeline: Pipeline | None,
) -> Figure:
    definition, (wanted, target_year) = counted.definition, target
    value = None if counted.error else counted.value
    expected = forecast(definition, value, counted.planned, year, day, pipeline) if value is not None else None
    return Figure(
        indicator=definition.indicator,
        year=year,
        name=definition.name,
        clause=definition.clause,
        action=definition.action,
        unit=definition.unit,
        value=value,
        target=wanted,
        target_year=target_year,
        forecast=expected.value if expected else None,
        forecast_note=expected.note if expected else None,
        light=_light(value, wanted, expected, day.year > year),
        missing=max(wanted - value, ZERO) if wanted is not None and value is not None else None,
        owner=definition.owner,
        frozen=frozen is not None,
        error=counted.error,
        planned=counted.planned,
        last_year=None if before is None or before.error else before.value,
        last_year_so_far=None if before is None or before.error else _so_far(before, day, year),
        late=len(counted.late),
        lost=len(counted.lost),
        definition=definition,
    )


def _light(value: Decimal | None, target: Decimal | None, expected: Forecast | None, is_over: bool) -> Light:
    if value is None:
        return Light.ERROR
    return light_of(value, target, expected.value if expected else None, is_over)


def _so_far(before: Counted, day: date, year: int) -> Decimal:
    """Return what the year before had reached by the same day; all of it where the year shown is over."""
    if day.year != year:
        return before.value
    return before.only(lambda row: _is_by(row, day)).value


def _is_by(row: Row, day: date) -> bool:
    return (row.on.month, row.on.day) <= (day.month, day.day)
