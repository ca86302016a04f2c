"""`evaluate-languages`: how well texts in other languages find their Chinese counterparts."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker import migrations
from matchmaker.cli.data import Unusable, progress_bar
from matchmaker.cli.setup import open_database
from matchmaker.cli.training import DATASET, configured_encoder
from matchmaker.config import load_settings
from matchmaker.domain.permissions import Actor

if TYPE_CHECKING:
    from matchmaker.search.crosslingual import LanguageFigures


@click.command("evaluate-languages")
@click.argument("directories", type=DATASET, nargs=-1, required=True)
@click.option("--record", is_flag=True, help="Keep the figures, for the administrators' page of languages.")
@click.option("--split", default="test", show_default=True, help="Which judgements: DIRECTORY/qrels/SPLIT.tsv.")
def evaluate_languages_command(directories: tuple[Path, ...], split: str, record: bool) -> None:
    """Print how often each leg of recall and the site's ranking find a query's counterpart, for each of DIRECTORIES.

    Each holds a data set in the BEIR layout: queries in one language, documents in Chinese.
    """
    from matchmaker.search.beir import DatasetError, read_dataset
    from matchmaker.search.crosslingual import measure_language, table
    from matchmaker.search.encoder import ModelUnavailable
    from matchmaker.search.rankers import ranker_for

    try:
        datasets = [read_dataset(directory, split) for directory in directories]
        encoder = configured_encoder(load_settings())
        ranker = ranker_for(encoder)
        with progress_bar() as say:
            figures = [measure_language(dataset, encoder, ranker, say) for dataset in datasets]
    except (DatasetError, ModelUnavailable, OSError) as error:
        raise Unusable(str(error)) from error
    click.echo("\n".join(table(figures)))
    if record:
        _record(figures)


def _record(figures: Sequence["LanguageFigures"]) -> None:
    from matchmaker.services.languages import record_texts

    database = open_database(load_settings())
    try:
        migrations.upgrade(database.engine)
        with database.transaction() as session:
            kept = [record_texts(session, Actor.system(), each) for each in figures]
    finally:
        database.dispose()
    click.echo(f"figures kept: {sum(kept)}")
