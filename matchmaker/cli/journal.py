"""`journal`: is everything that was written down still as it was written?"""

import json

import click
import sqlalchemy as sa

from matchmaker.cli.setup import open_database
from matchmaker.config import load_settings
from matchmaker.domain.language import Language, translate
from matchmaker.services.journal.heads import kept_heads
from matchmaker.services.journal.verifying import Verification, verify

EXIT_BROKEN = 1


@click.group("journal")
def journal_command() -> None:
    """The append-only journal and its chain of hashes."""


@journal_command.command("verify")
@click.option("--head", "wanted", metavar="HASH", help="A head that you noted earlier: it must be in the chain.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def verify_command(wanted: str | None, as_json: bool) -> None:
    """Walk the chain from its beginning; exit status 1 and the first broken entry where it does not stand.

    The heads in journal-heads.txt of the data folder must be in it too.
    """
    settings = load_settings()
    database = open_database(settings)
    try:
        if not sa.inspect(database.engine).has_table("journal_links"):
            raise click.ClickException("the database is of an older version: run matchmaker migrate first")
        found = verify(database, kept=kept_heads(settings), wanted=wanted.strip().lower() if wanted else None)
    finally:
        database.dispose()
    click.echo(json.dumps(_plain(found), indent=1) if as_json else _text(found))
    if found.broken:
        raise SystemExit(EXIT_BROKEN)


def _text(found: Verification) -> str:
    if found.broken:
        return f"BROKEN after {found.checked} entries: {translate(found.broken.sentence, Language.ENGLISH)}"
    return f"{found.checked} entries stand, {found.kept_heads} kept heads met\nhead: {found.head.hash}"


def _plain(found: Verification) -> dict[str, object]:
    broken = found.broken and {
        "fault": found.broken.fault,
        "position": found.broken.position,
        "entry_id": found.broken.entry_id,
        "sentence": translate(found.broken.sentence, Language.ENGLISH),
    }
    return {
        "checked": found.checked,
        "head": found.head.hash,
        "kept_heads": found.kept_heads,
        "stands": found.broken is None,
        "broken": broken,
    }
