"""`refit`: fit the ranker anew to what this site's people taught, and let it serve if it is better."""

import click

from matchmaker import migrations
from matchmaker.cli.data import progress_bar
from matchmaker.cli.rankers import LABELS
from matchmaker.cli.setup import open_database
from matchmaker.config import load_settings
from matchmaker.domain.language import unpack
from matchmaker.domain.permissions import Actor
from matchmaker.domain.refits import Refit, RefitCause


@click.command("refit")
def refit_command() -> None:
    """Learn from decisions, meetings, contracts and judgements; a ranker that is not better is refused.

    What serves goes on until the last step, whatever happens on the way.
    """
    from matchmaker.services.refits.running import refit

    settings = load_settings()
    database = open_database(settings)
    try:
        migrations.upgrade(database.engine)
        steps = refit(database, settings, Actor.system(), RefitCause.COMMAND)
        with progress_bar() as say:
            while True:
                try:
                    say("refit", *next(steps))
                except StopIteration as end:
                    found: Refit = end.value
                    break
    finally:
        database.dispose()
    _tell(found)


def _tell(found: Refit) -> None:
    figures = found.figures
    click.echo(f"refit {found.id}: {found.state}, {figures['pairs']} pairs of {figures['needs']} needs were taught")
    for source, cell in figures["sources"].items():
        click.echo(f"  {source:<12} {cell['pairs']} pairs, weight {cell['weight']:.1f}")
    seen = figures["examination"]
    click.echo(f"  a place k of a list is looked at with chance k^-{seen['eta']}, from {seen['lists']} lists")
    if "held_out" in figures:
        held = figures["held_out"]
        click.echo(f"held out, {held['folds']} folds: {held['pairs']} pairs of {held['needs']} needs")
        for name, label in LABELS.items():
            if name in figures["before"] and name in figures["after"]:
                click.echo(f"  {label:<18} {figures['before'][name]:.4f} -> {figures['after'][name]:.4f}")
    if found.model:
        click.echo(f"{found.model} serves now")
    click.echo(str(unpack(found.why)))
