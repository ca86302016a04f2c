"""`evaluate-languages`: how well texts in other languages find their Chinese counterparts."""

from pathlib import Path

import click

from matchmaker.cli.data import Unusable, progress_bar
from matchmaker.cli.training import DATASET, configured_encoder
from matchmaker.config import load_settings


@click.command("evaluate-languages")
@click.argument("directories", type=DATASET, nargs=-1, required=True)
@click.option("--split", default="test", show_default=True, help="Which judgements: DIRECTORY/qrels/SPLIT.tsv.")
def evaluate_languages_command(directories: tuple[Path, ...], split: str) -> None:
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
