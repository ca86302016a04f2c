"""`train`: learning to rank from graded pairs. `evaluate`: how well graded pairs are ranked."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.data import Unusable, progress_bar
from matchmaker.cli.setup import prepare_model
from matchmaker.config import Settings, load_settings
from matchmaker.search.encoder import DEFAULT_MODEL

if TYPE_CHECKING:
    from matchmaker.search.encoder import Encoder
    from matchmaker.search.evaluate import Report
    from matchmaker.search.training.train import Training

RUN_TAG = "matchmaker"
DATASET = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
Say = Callable[[str, int, int], None]


@click.command("train")
@click.argument("directory", type=DATASET)
@click.option("--split", required=True, help="Which judgements: DIRECTORY/qrels/SPLIT.tsv.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The model directory to write.")
@click.option("--seed", default=0, show_default=True, help="Chooses what is held out, and orders what is learned.")
@click.option("--tune", is_flag=True, help="Tune the default embedding model too: minutes to an hour on two cores.")
@click.option(
    "--rounds", default=4, show_default=True, type=click.IntRange(1, 50), help="How often to tune on each pair."
)
def train_command(directory: Path, split: str, out: Path, seed: int, tune: bool, rounds: int) -> None:
    """Learn to rank from the graded pairs of DIRECTORY (BEIR layout) and write a model directory.

    Prints what was gained on pairs that were held out. Called again after it was cut short, it goes on from the last
    round. No database is needed.
    """
    from matchmaker.search.beir import DatasetError
    from matchmaker.search.encoder import ModelUnavailable

    if out.exists() and not (out / "manifest.json").is_file() and (not out.is_dir() or any(out.iterdir())):
        raise Unusable(f"{out} exists and is no model directory: name another one")
    try:
        done = _train(load_settings(), directory, split, out.absolute(), seed, rounds if tune else 0)
    except (DatasetError, ModelUnavailable, OSError) as error:
        raise Unusable(str(error)) from error
    click.echo("\n".join(done.lines()))
    click.echo(f"written to {out}")


@click.command("evaluate")
@click.argument("directory", type=DATASET)
@click.option("--split", required=True, help="Which judgements: DIRECTORY/qrels/SPLIT.tsv.")
@click.option("--mode", type=click.Choice(["judged", "corpus"]), default="judged", show_default=True)
@click.option("--model", type=click.Path(path_type=Path), help="A model directory made by train.")
@click.option("--run", type=FILE, help="Write the ranking as a TREC run file.")
@click.option("--grades", type=FILE, help="Write query, document, grade, expected grade of every judged pair.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evaluate_command(
    directory: Path, split: str, mode: str, model: Path | None, run: Path | None, grades: Path | None, as_json: bool
) -> None:
    """Rank the graded pairs of DIRECTORY (BEIR layout) as the site does, and print how good that is.

    judged: each query's judged documents only; corpus: all documents. No database is needed.
    """
    from matchmaker.search.beir import DatasetError, write_grades, write_run
    from matchmaker.search.encoder import ModelUnavailable
    from matchmaker.search.weights import RankerError

    if grades is not None and mode != "judged":
        raise Unusable("--grades writes judged pairs: leave --mode at judged")
    try:
        report = _evaluate(load_settings(), directory, split, mode, model)
        if run is not None:
            write_run(run, report.results, RUN_TAG)
        if grades is not None:
            found = report.predictions.items()
            write_grades(grades, {pair: (score.grade, score.expected_grade) for pair, score in found})
    except (DatasetError, ModelUnavailable, RankerError, OSError) as error:
        raise Unusable(str(error)) from error
    click.echo(report.to_json() if as_json else "\n".join(report.lines()))


def _train(settings: Settings, directory: Path, split: str, out: Path, seed: int, rounds: int) -> "Training":
    from matchmaker.search.beir import read_dataset
    from matchmaker.search.training.train import train
    from matchmaker.search.training.tuning import Plan, Tuning

    if rounds and settings.model != DEFAULT_MODEL:
        raise Unusable("--tune works on the default embedding model only")
    dataset = read_dataset(directory, split)
    encoder = _encoder(settings)
    folder = out.with_name(f".{out.name}.rounds")
    tuning = Tuning(settings.indexes / "model", folder, Plan(epochs=rounds, seed=seed)) if rounds else None
    with progress_bar() as say:
        return train(dataset, split, encoder, out, seed, say, tuning)


def _evaluate(settings: Settings, directory: Path, split: str, mode: str, model: Path | None) -> "Report":
    from matchmaker.search.beir import read_dataset
    from matchmaker.search.evaluate import evaluate
    from matchmaker.search.rankers import ranker_for
    from matchmaker.search.trained import read_trained
    from matchmaker.search.tuned import TunedEncoder

    trained = None if model is None else read_trained(model)
    dataset = read_dataset(directory, split)
    encoder = _encoder(settings)
    ranker = ranker_for(encoder, None if trained is None else trained.weights)
    layers = None if trained is None else trained.layers
    tuned = None if layers is None else TunedEncoder.load(settings.indexes / "model", layers)
    with progress_bar() as say:
        return evaluate(dataset, split, mode, encoder, ranker, say, tuned)


def _encoder(settings: Settings) -> "Encoder":
    from matchmaker.search.encoder import load_encoder

    settings.indexes.mkdir(parents=True, exist_ok=True)
    prepare_model(settings, None)
    prompts = settings.query_prompt, settings.document_prompt
    return load_encoder(settings.model, settings.indexes / "model", settings.runtime, *prompts)
