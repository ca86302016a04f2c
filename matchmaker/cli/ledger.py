"""`ledger`: the figures of a year on the machine, counted once more, and the closed periods checked."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import click
from sqlalchemy.orm import Session

from matchmaker.cli.setup import open_database
from matchmaker.config import load_settings
from matchmaker.domain.days import today
from matchmaker.domain.permissions import Actor

EXIT_WRONG = 1
YEAR = click.option("--year", type=click.IntRange(2000, 2100), default=lambda: today().year, show_default="this year")


@click.group("ledger")
def ledger_command() -> None:
    """The year's promises: figures, a recount, and closed periods checked against their hash."""


@ledger_command.command("show")
@YEAR
def show(year: int) -> None:
    """Print each indicator with its figure, target, forecast and light."""
    from matchmaker.services.ledger import figures

    with _reading() as session:
        for each in figures(session, Actor.system(), year):
            told = each.error or _number(each.value)
            closed = " closed" if each.frozen else ""
            values = f"{told:>16} {_number(each.target):>14} {_number(each.forecast):>14}"
            click.echo(f"{each.indicator:<28}{values}  {each.light}{closed}")


@ledger_command.command("recompute")
@YEAR
def recompute(year: int) -> None:
    """Count every figure anew from the records; exit 1 where an open one differs or a rule fails."""
    from matchmaker.services.ledger.recounting import recount

    with _reading() as session:
        found = recount(session, year)
    for each in found:
        note = each.error or ("" if each.is_right else "DIFFERS")
        if each.late or each.lost:
            note = f"{note} after closing: {each.late} late, {each.lost} changed".strip()
        click.echo(f"{each.indicator:<28}{_number(each.shown):>16} {_number(each.fresh):>16}  {note}".rstrip())
    _end(all(each.is_right for each in found), "every open figure is what its records give")


@ledger_command.command("verify")
@click.option("--year", type=click.IntRange(2000, 2100), default=None, help="One year's closings only.")
def verify(year: int | None) -> None:
    """Compare each closed period with its hash, and that with the journal's; exit 1 where one differs."""
    from matchmaker.services.ledger.periods import verify_periods

    with _reading() as session:
        checks = verify_periods(session, year)
    for each in checks:
        state = "closed" if each.stands else "reopened"
        found = "right" if each.is_right else "CHANGED" if not each.is_whole else "NOT AS JOURNALED"
        click.echo(f"{each.period.key:<20}{state:<10}{each.closed_on}  {found}")
    _end(all(each.is_right for each in checks), f"closings checked: {len(checks)}")


@contextmanager
def _reading() -> Iterator[Session]:
    database = open_database(load_settings())
    try:
        with database.read() as session:
            yield session
    finally:
        database.dispose()


def _number(value: Decimal | None) -> str:
    from matchmaker.services.ledger.amounts import plain_number

    return "-" if value is None else plain_number(value)


def _end(is_right: bool, sentence: str) -> None:
    if not is_right:
        raise SystemExit(EXIT_WRONG)
    click.echo(sentence)
