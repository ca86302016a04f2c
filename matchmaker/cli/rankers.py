"""`ranker`: which trained rankers there are, how one compares with what serves, and choosing it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from matchmaker import migrations
from matchmaker.cli.data import progress_bar
from matchmaker.cli.setup import open_database
from matchmaker.config import Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.permissions import Actor
from matchmaker.domain.rankers import RankerSource

LABELS = {
    "ndcg_10": "nDCG@10",
    "contest_score": "1 / (1 + MAE)",
    "kappa": "quadratic kappa",
    "spearman": "Spearman",
    "calibration": "calibration error",
}


@click.group("ranker")
def ranker_command() -> None:
    """Show, compare and choose the rankers below models in the data folder."""


@ranker_command.command("list")
def list_command() -> None:
    """Show what serves, and every model with what it gained on held-out pairs."""
    from matchmaker.services.rankers.views import rankers_page

    settings = load_settings()
    with _open(settings) as database, database.read() as session:
        page = rankers_page(session, settings, Actor.system())
        click.echo(f"serving: {page.serving.name if page.serving.model else 'shipped'}")
        if page.serving.fault:
            click.echo(f"  chosen, but not usable: {page.serving.name}: {page.serving.fault}")
        if page.building:
            click.echo(f"being prepared: {page.building.name}, {page.untuned} of {page.live} listings to go")
        if page.configured:
            click.echo("MATCHMAKER_RANKER decides")
        click.echo(f"decided pairs: {page.decided} (at least {page.enough} that were not learned from are needed)")
        for found in page.candidates:
            click.echo(f"{found.name}: {found.fault or f'{found.pairs} pairs of {found.needs} needs, {found.split}'}")
            for part in found.held_out:
                rows = "; ".join(f"{LABELS[row.name]} {row.before:.4f} -> {row.after:.4f}" for row in part.rows)
                click.echo(f"  held out, {part.name}: {rows}")
            if found.verdict:
                click.echo(f"  {found.verdict.sentence}")


@ranker_command.command("compare")
@click.argument("name")
def compare_command(name: str) -> None:
    """Measure model NAME and what serves now on the pairs that this site's people have decided about."""
    settings = load_settings()
    with _open(settings) as database:
        _compare(database, settings, name)


@ranker_command.command("use")
@click.argument("name")
def use_command(name: str) -> None:
    """Let model NAME serve, or the one that comes with the package: `shipped`. A worse one is refused."""
    from matchmaker.search.weights import RankerError
    from matchmaker.services.rankers.choosing import choose, require_may_choose
    from matchmaker.services.rankers.folder import SHIPPED, open_model
    from matchmaker.services.rankers.judging import judge

    settings = load_settings()
    require_may_choose(settings, Actor.system())
    with _open(settings) as database:
        try:
            with database.read() as session:
                needed = name != SHIPPED and judge(session, settings, open_model(settings, name)).is_by_decisions
        except RankerError as error:
            raise click.ClickException(str(error)) from error
        if needed:
            _compare(database, settings, name)
        with database.transaction() as session:
            choice = choose(session, settings, Actor.system(), name, source=RankerSource.COMMAND)
            click.echo(f"{choice.name or SHIPPED}: {choice.state}")


def _compare(database: Database, settings: Settings, name: str) -> None:
    from matchmaker.services.rankers.comparing import compare
    from matchmaker.services.rankers.views import figure_rows

    steps = compare(database, settings, Actor.system(), name)
    with progress_bar() as say:
        while True:
            try:
                say(name, *next(steps))
            except StopIteration as end:
                found = end.value
                break
    figures = found.figures
    click.echo(f"{found.pairs} decided pairs of {found.needs} needs; learned from: {figures['learned']}")
    for row in figure_rows(figures["serving"], figures["candidate"]):
        click.echo(f"  {LABELS[row.name]:<18} {row.before:.4f} -> {row.after:.4f}")
    gain = figures["gain"]
    click.echo(f"  nDCG@10 gained {gain['mean']:+.4f}, 95 % interval {gain['low']:+.4f} to {gain['high']:+.4f}")


@contextmanager
def _open(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        migrations.upgrade(database.engine)
        yield database
    finally:
        database.dispose()
