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


THINGS = ("风电", "棉花", "叶片", "机组", "采摘")
PLANS = TuningPlan(epochs=1, rate=3e-3, slope=5.0, start=0.5), ReadingPlan(epochs=1, rate=3e-3)


@pytest.fixture
def data():
    queries = {f"q{n}": TextRow(f"q{n}", f"{thing}{n}", "") for n, thing in enumerate(THINGS * 4)}
    corpus = {f"d{n}": TextRow(f"d{n}", thing, "") for n, thing in enumerate(THINGS)}
    qrels = {
        query: {f"d{n}": 3 if thing in row.title else n % 2 for n, thing in enumerate(THINGS)}
        for query, row in queries.items()
    }
    return Dataset(queries, corpus, qrels)


def trained(data, base, out, say=quiet, **options):
    """Train with two fifths held out, and return what is said of it and the model."""
    networks = Networks(base, out.with_suffix(".rounds"), *PLANS)
    done = train(data, "train", HashingEncoder(), out, 0, say, networks, held_out=0.4, **options)
    return done, read_trained(out)


def test_training_with_networks_adds_their_terms(data, base, tmp_path):
    done, found = trained(data, base, tmp_path / "model")
    networks = TunedEncoder.load(base, found.tuned), PairReader.load(base, found.reader)
    encoder = HashingEncoder()
    report = evaluate(data, "train", "judged", encoder, ranker_for(encoder, found.weights), quiet, *networks)
    score = report.predictions["q0", "d0"]
    assert sum(score.contributions) == pytest.approx(score.score, abs=1e-9)
    assert {"meaning_tuned", "reading", "history"} <= set(score.names)
    assert (report.ranker, (tmp_path / "model.rounds").exists()) == (done.ranker, False)


def test_networks_learn_anew_from_what_was_held_out_unless_it_is_to_be_kept(data, base, tmp_path):
    _, whole = trained(data, base, tmp_path / "whole")
    _, keeping = trained(data, base, tmp_path / "keeping", keeps_held_out=True)
    assert (whole.weights, whole.manifest["gains"]) == (keeping.weights, keeping.manifest["gains"])
    assert whole.tuned.read_bytes() != keeping.tuned.read_bytes()
    assert whole.reader.read_bytes() != keeping.reader.read_bytes()


def test_training_cut_short_while_it_learns_anew_ends_as_it_would_have(data, base, tmp_path):
    def cut(what, _done, _total):
        if what.startswith("training the reader, from all pairs"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(data, base, tmp_path / "cut", cut)
    told = []
    _, found = trained(data, base, tmp_path / "cut", lambda what, _done, _total: told.append(what))
    _, other = trained(data, base, tmp_path / "whole")
    assert [what for what in told if what.startswith("tuning")] == []
    assert found.weights == other.weights
    for one, two in ((found.tuned, other.tuned), (found.reader, other.reader)):
        assert one.read_bytes() == two.read_bytes()


def test_networks_are_not_weighed_by_a_handful_of_pairs(base, tmp_path):
    data = Dataset({"q": TextRow("q", "风电", "")}, {"d": TextRow("d", "叶片", "")}, {"q": {"d": 3}})
    networks = Networks(base, tmp_path / "rounds", TuningPlan(), ReadingPlan())
    with pytest.raises(DatasetError, match="too few to weigh networks by"):
        train(data, "train", HashingEncoder(), tmp_path / "model", 0, quiet, networks)
    assert not (tmp_path / "model").exists()
