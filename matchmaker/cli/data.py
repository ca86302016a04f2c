"""`import`: lists that exist already into the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from matchmaker import migrations
from matchmaker.cli.setup import CONSOLE, open_database
from matchmaker.config import load_settings
from matchmaker.domain.listings import Visibility
from matchmaker.domain.permissions import Actor
from matchmaker.services.imports import (
    Arrival,
    ImportOptions,
    ImportReport,
    Outcome,
    RowOptions,
    import_file,
    write_report,
)

KINDS = {"needs": "need", "achievements": "achievement"}
SHOWN_PROBLEMS = 10
EXIT_BAD_ROWS, EXIT_UNUSABLE = 1, 2


class Unusable(click.ClickException):
    """Something that a person can mend: one sentence, exit status 2."""

    exit_code = EXIT_UNUSABLE


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--organization", help="Owner of the rows that name none: its id, credit code or name.")
@click.option("--create-organizations", is_flag=True, help="Make organizations that are not there yet.")
@click.option("--publish", is_flag=True, help="Publish at once instead of handing the rows to the review desk.")
@click.option("--source", help="Where the rows come from, for those that do not say.")
@click.option(
    "--visibility",
    type=click.Choice(list(Visibility)),
    default=Visibility.PUBLIC,
    show_default=True,
    help="Who may read the rows that do not say.",
)
@click.option("--lenient", is_flag=True, help="Accept rows that lack required fields other than a title.")
@click.option("--join-tokens", is_flag=True, help="Take the blanks out of titles that are cut into words.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write bad rows to this .csv file.")
def import_command(
    kind: str,
    file: Path,
    organization: str | None,
    create_organizations: bool,
    publish: bool,
    source: str | None,
    visibility: str,
    lenient: bool,
    join_tokens: bool,
    report: Path | None,
) -> None:
    """Bring needs or achievements from FILE (.jsonl, .csv or .xlsx) into the database.

    Doing so again changes nothing; rows that changed become new revisions. Exit status 1: some rows were left out.
    """
    arrival = Arrival.PUBLISHED if publish else Arrival.SUBMITTED
    rows = RowOptions(lenient=lenient, join_tokens=join_tokens, visibility=visibility, source=source)
    options = ImportOptions(rows, organization, create_organizations, arrival)
    done = _import(KINDS[kind], file, options)
    if report is not None:
        write_report(done, report)
    _print(done, report)
    if done.bad_rows:
        raise SystemExit(EXIT_BAD_ROWS)


def _import(kind: str, file: Path, options: ImportOptions) -> ImportReport:
    database = open_database(load_settings())
    try:
        migrations.upgrade(database.engine)
        with _progress() as bar:
            task = bar.add_task(file.name, total=None)
            return import_file(
                database,
                Actor.system(),
                kind,
                file,
                options,
                lambda rows, expected: bar.update(task, completed=rows, total=expected),
            )
    finally:
        database.dispose()


def _print(report: ImportReport, path: Path | None) -> None:
    counts = ", ".join(f"{report.counts[outcome]} {outcome}" for outcome in Outcome)
    click.echo(f"{report.rows} rows in {report.seconds:.1f} s: {counts}, {report.bad_rows} left out")
    if report.mean_health is not None:
        click.echo(
            f"health check: {report.mean_health} of 100; anonymous rows that tell their poster: {report.telling}"
        )
    if report.created_organizations:
        click.echo(f"organizations made: {len(report.created_organizations)}")
    if report.unknown_columns:
        click.echo(f"columns not known, left out: {', '.join(report.unknown_columns)[:500]}", err=True)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        click.echo(f"row {problem.row}, {problem.column or 'row'}: {problem.reason}", err=True)
    rest = len(report.problems) - SHOWN_PROBLEMS
    if rest > 0:
        click.echo(f"... and {rest} more" + (f" in {path}" if path else ": give --report FILE to see them"), err=True)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar on standard error; yield what is told of the work's name, steps done and steps in all."""
    with _progress() as bar:
        task = bar.add_task("", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield show


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=CONSOLE, transient=True)
