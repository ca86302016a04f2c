"""`train`: learning to rank from graded pairs. `evaluate`: how well graded pairs are ranked."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.data import Unusable, progress_bar
from matchmaker.cli.setup import prepare_model
from matchmaker.config import RANKER_NAME, Settings, load_settings
from matchmaker.search.encoder import DEFAULT_MODEL

if TYPE_CHECKING:
    from matchmaker.search.encoder import Encoder
    from matchmaker.search.evaluate import Report
    from matchmaker.search.training.networks import Networks
    from matchmaker.search.training.train import Training

RUN_TAG = "matchmaker"
DATASET = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
Say = Callable[[str, int, int], None]


@click.command("train")
@click.argument("directory", type=DATASET)
@click.option("--split", required=True, help="Which judgements: DIRECTORY/qrels/SPLIT.tsv.")
@click.option("--out", type=click.Path(path_type=Path), help="The model directory to write.")
@click.option("--name", help="Write it among the site's own models, where it can be chosen to serve (see ranker).")
@click.option("--seed", default=0, show_default=True, help="Chooses what is held out, and orders what is learned.")
@click.option("--additive", is_flag=True, help="Fit the weights of the similarities only: seconds, no networks.")
@click.option(
    "--tuning-rounds",
    default=4,
    show_default=True,
    type=click.IntRange(1, 50),
    help="How often the embedding model is tuned on each pair.",
)
@click.option(
    "--reading-rounds",
    default=6,
    show_default=True,
    type=click.IntRange(1, 50),
    help="How often the pair reader is trained on each pair.",
)
@click.option(
    "--held-out",
    default=0.2,
    show_default=True,
    type=click.FloatRange(0.02, 0.5),
    help="The share of needs, and of the pairs of all others, to measure on before learning from them too.",
)
@click.option(
    "--keep-held-out",
    is_flag=True,
    help="Never let the networks learn from what is held out: it can be measured on again, in half the time.",
)
def train_command(
    directory: Path,
    split: str,
    out: Path | None,
    name: str | None,
    seed: int,
    additive: bool,
    tuning_rounds: int,
    reading_rounds: int,
    held_out: float,
    keep_held_out: bool,
) -> None:
    """Learn to rank from the graded pairs of DIRECTORY (BEIR layout) and write a model directory.

    Tunes the embedding model and trains a pair reader too: for some thousand pairs an hour on two cores. Prints what
    was gained on pairs that were held out; then the networks learn anew, from these pairs too. Called again after it
    was cut short, it goes on from the last round. No database is needed.
    """
    from matchmaker.search.beir import DatasetError
    from matchmaker.search.encoder import ModelUnavailable

    out = _target(load_settings(), out, name)
    if out.exists() and not (out / "manifest.json").is_file() and (not out.is_dir() or any(out.iterdir())):
        raise Unusable(f"{out} exists and is no model directory: name another one")
    rounds = None if additive else (tuning_rounds, reading_rounds)
    try:
        done = _train(load_settings(), directory, split, out.absolute(), seed, rounds, held_out, keep_held_out)
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


def _target(settings: Settings, out: Path | None, name: str | None) -> Path:
    from matchmaker.services.rankers.folder import SHIPPED, models_folder

    if (out is None) == (name is None):
        raise Unusable("say where the model goes: --out DIRECTORY, or --name NAME for one of the site's own")
    if name is not None and (not RANKER_NAME.fullmatch(name) or name == SHIPPED):
        raise Unusable(f"{name!r} cannot be a model's name: letters, digits, dot, dash and underscore, 60 at most")
    return models_folder(settings) / name if name is not None else Path(str(out))


def _train(
    settings: Settings,
    directory: Path,
    split: str,
    out: Path,
    seed: int,
    rounds: tuple[int, int] | None,
    held_out: float,
    keep_held_out: bool,
) -> "Training":
    from matchmaker.search.beir import read_dataset
    from matchmaker.search.training.train import train

    if rounds and settings.model != DEFAULT_MODEL:
        click.echo("networks are trained from the default embedding model only: fitting the weights alone", err=True)
        rounds = None
    dataset = read_dataset(directory, split)
    encoder = configured_encoder(settings)
    networks = _networks(settings, out, seed, rounds) if rounds else None
    with _progress() as say:
        return train(dataset, split, encoder, out, seed, say, networks, held_out, keep_held_out)


def _networks(settings: Settings, out: Path, seed: int, rounds: tuple[int, int]) -> "Networks":
    from matchmaker.search.training.networks import Networks
    from matchmaker.search.training.reading import ReadingPlan
    from matchmaker.search.training.tuning import TuningPlan

    tuning, reading = rounds
    folder = out.with_name(f".{out.name}.rounds")
    plans = TuningPlan(epochs=tuning, seed=seed), ReadingPlan(epochs=reading, seed=seed)
    return Networks(settings.indexes / "model", folder, *plans)


def _evaluate(settings: Settings, directory: Path, split: str, mode: str, model: Path | None) -> "Report":
    from matchmaker.search.beir import read_dataset
    from matchmaker.search.evaluate import evaluate
    from matchmaker.search.pair_reader import PairReader
    from matchmaker.search.rankers import ranker_for
    from matchmaker.search.trained import read_trained
    from matchmaker.search.tuned import TunedEncoder

    trained = None if model is None else read_trained(model)
    dataset = read_dataset(directory, split)
    encoder, base = configured_encoder(settings), settings.indexes / "model"
    ranker = ranker_for(encoder, None if trained is None else trained.weights)
    tuned = TunedEncoder.load(base, trained.tuned) if trained is not None and trained.tuned else None
    reader = PairReader.load(base, trained.reader) if trained is not None and trained.reader else None
    with progress_bar() as say:
        return evaluate(dataset, split, mode, encoder, ranker, say, tuned, reader)


@contextmanager
def _progress() -> Iterator[Say]:
    """Show a bar; in a log, a line at the start of each round."""
    if sys.stderr.isatty():
        with progress_bar() as show:
            yield show
        return
    begun: set[str] = set()

    def say(what: str, _done: int, total: int) -> None:
        if what not in begun:
            begun.add(what)
            click.echo(f"{time.strftime('%H:%M:%S')} {what}, {total} steps", err=True)

    yield say


def configured_encoder(settings: Settings) -> "Encoder":
    """Prepare the configured model where it is not there yet, and load it (seconds)."""
    from matchmaker.search.encoder import load_encoder

    settings.indexes.mkdir(parents=True, exist_ok=True)
    prepare_model(settings, None)
    prompts = settings.query_prompt, settings.document_prompt
    return load_encoder(settings.model, settings.indexes / "model", settings.runtime, *prompts)
