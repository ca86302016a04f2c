"""`grading`: draw pairs for the grading desk, and see how far the graders agree."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from matchmaker.cli.setup import open_database
from matchmaker.config import load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor


@click.group("grading")
def grading_command() -> None:
    """Pairs that brokers grade: drawing them, and what is thought of the graders."""


@grading_command.command("sample")
@click.option("--pairs", type=click.IntRange(1, 500), default=40, show_default=True, help="How many to draw.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Draw the same again from the same rows.")
def sample(pairs: int, seed: int | None) -> None:
    """Draw the pairs whose grades teach the most, by the shares that the desk shows."""
    from matchmaker.services.grading.drawing import draw_batch, new_seed

    chosen = new_seed() if seed is None else seed
    with _database() as database:
        batch, count = draw_batch(database, Actor.system(), pairs=pairs, seed=chosen)
    click.echo(f"batch {batch}: {count} of {pairs} pairs drawn with seed {chosen}")


@grading_command.command("graders")
def graders() -> None:
    """Print each grader with the pairs that he shares, his shift in grades, and how much his word weighs."""
    from matchmaker.services.grading.weights import graders as estimate
    from matchmaker.services.grading.weights import is_doubtful

    with _database() as database, database.read() as session:
        for user_id, grader in sorted(estimate(session).items(), key=lambda row: -row[1].reliability):
            doubt = "  doubtful" if is_doubtful(grader) else ""
            figures = f"{grader.shared:>5} shared  shift {grader.shift:+.2f}  weight {grader.reliability:.2f}"
            click.echo(f"{figures}  {session.get_one(User, user_id).name}{doubt}")


@contextmanager
def _database() -> Iterator[Database]:
    database = open_database(load_settings())
    try:
        yield database
    finally:
        database.dispose()
