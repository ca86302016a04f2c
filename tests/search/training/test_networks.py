"""Training whole, from a tiny model on invented pairs."""

import pytest

from matchmaker.search.beir import Dataset, DatasetError, TextRow
from matchmaker.search.evaluate import evaluate
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.pair_reader import PairReader
from matchmaker.search.rankers import ranker_for
from matchmaker.search.trained import read_trained
from matchmaker.search.training.networks import Networks
from matchmaker.search.training.reading import ReadingPlan
from matchmaker.search.training.train import train
from matchmaker.search.training.tuning import TuningPlan
from matchmaker.search.tuned import TunedEncoder
from tests.search.training.watching import quiet

pytestmark = pytest.mark.slow


def test_training_with_networks_adds_their_terms(base, tmp_path):
    things = ("风电", "棉花", "叶片", "机组", "采摘")
    queries = {f"q{n}": TextRow(f"q{n}", f"{thing}{n}", "") for n, thing in enumerate(things * 4)}
    corpus = {f"d{n}": TextRow(f"d{n}", thing, "") for n, thing in enumerate(things)}
    qrels = {
        query: {f"d{n}": 3 if thing in row.title else n % 2 for n, thing in enumerate(things)}
        for query, row in queries.items()
    }
    data, encoder = Dataset(queries, corpus, qrels), HashingEncoder()
    plans = TuningPlan(epochs=1, rate=3e-3, slope=5.0, start=0.5), ReadingPlan(epochs=1, rate=3e-3)
    networks = Networks(base, tmp_path / "rounds", *plans)
    done = train(data, "train", encoder, tmp_path / "model", 0, quiet, networks, held_out=0.4)
    found = read_trained(tmp_path / "model")
    networks = TunedEncoder.load(base, found.tuned), PairReader.load(base, found.reader)
    report = evaluate(data, "train", "judged", encoder, ranker_for(encoder, found.weights), quiet, *networks)
    score = report.predictions["q0", "d0"]
    assert sum(score.contributions) == pytest.approx(score.score, abs=1e-9)
    assert {"meaning_tuned", "reading", "history"} <= set(score.names)
    assert (report.ranker, (tmp_path / "rounds").exists()) == (done.ranker, False)
    networks = Networks(base, tmp_path / "rounds", *plans)
    train(data, "train", encoder, tmp_path / "keeping", 0, quiet, networks, held_out=0.4, keeps_held_out=True)
    keeping = read_trained(tmp_path / "keeping")
    assert (found.weights, found.manifest["gains"]) == (keeping.weights, keeping.manifest["gains"])
    assert found.tuned.read_bytes() != keeping.tuned.read_bytes()
    assert found.reader.read_bytes() != keeping.reader.read_bytes()


def test_networks_are_not_weighed_by_a_handful_of_pairs(base, tmp_path):
    data = Dataset({"q": TextRow("q", "风电", "")}, {"d": TextRow("d", "叶片", "")}, {"q": {"d": 3}})
    networks = Networks(base, tmp_path / "rounds", TuningPlan(), ReadingPlan())
    with pytest.raises(DatasetError, match="too few to weigh networks by"):
        train(data, "train", HashingEncoder(), tmp_path / "model", 0, quiet, networks)
    assert not (tmp_path / "model").exists()
