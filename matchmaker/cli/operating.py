"""`status`, `backup`, `restore`: what an operator does."""

from pathlib import Path

import click

from matchmaker.cli.setup import open_database
from matchmaker.config import load_settings
from matchmaker.domain.base import utc_now
from matchmaker.services.backups import BackupSummary, make_backup, restore_backup


@click.command("status")
def status_command() -> None:
    """Show versions, the worker's backlog, index state and mails that failed."""
    from matchmaker.services.status import platform_status

    settings = load_settings()
    database = open_database(settings)
    with database.read() as session:
        for label, value in platform_status(session, settings).rows():
            click.echo(f"{label:<24} {value}")


@click.command("backup")
@click.argument("target", required=False, type=click.Path(path_type=Path))
def backup_command(target: Path | None) -> None:
    """Write database and files to TARGET (.tar.gz); safe while everything runs."""
    settings = load_settings()
    if target is None:
        folder = settings.data / "backups"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"matchmaker-{utc_now():%Y%m%d-%H%M%S}.tar.gz"
    summary = make_backup(settings, target)
    click.echo(f"{summary.path}: database at {summary.schema}, {summary.files} files, {summary.bytes} bytes of files")
    click.echo(_journal(summary))


@click.command("restore")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace present data; it is kept beside under a dated name.")
@click.option("--head", "wanted", metavar="HASH", help="A head noted earlier that the archive must hold.")
def restore_command(archive: Path, replace: bool, wanted: str | None) -> None:
    """Put ARCHIVE back; server and worker must be stopped."""
    settings = load_settings()
    head = wanted.strip().lower() if wanted else None
    summary = restore_backup(settings, archive.absolute(), replace=replace, wanted_head=head)
    click.echo(f"restored to {settings.data}: database at {summary.schema}, {summary.files} files")
    click.echo(_journal(summary))


def _journal(summary: BackupSummary) -> str:
    return f"journal: {summary.journal.position} entries, head {summary.journal.hash or 'unknown'}"
