"""Training a tiny pair reader: what it learns, and that a kill costs a round at most."""

import numpy as np
import pytest

from matchmaker.search.document import Document
from matchmaker.search.pair_reader import PairReader, joined, save_reader
from matchmaker.search.training.reading import ReadingPlan, Readings, train_reader
from tests.search.training.watching import Killed, quiet

pytestmark = pytest.mark.slow

PLAN = ReadingPlan(epochs=4, rate=3e-3, pairs=6)
# Ids of the tiny vocabulary: pairs of the same word are graded 3, of different ones 0.
WORDS = range(5, 11)
PAIRS = [([0, one, 2], [0, other, other, 2]) for one in WORDS for other in WORDS]
GRADES = np.array([3 * (one == other) for one in WORDS for other in WORDS], dtype=np.int64)
READINGS = Readings(PAIRS, GRADES)


def kill(what, done, _total):
    if what.startswith("training the reader, round 3") and done == 2:
        raise Killed


def numbers(network):
    import torch

    with torch.inference_mode():
        return network([joined(*pair) for pair in PAIRS]).numpy()


def test_reader_adds_to_pairs_of_a_high_grade(base, tmp_path):
    found = numbers(train_reader(base, READINGS, PLAN, tmp_path / "r.pt", quiet))
    assert found[GRADES == 3].mean() > found[GRADES == 0].mean()


def test_reader_of_one_grade_alone_learns_from_it_without_a_fault(base, tmp_path):
    alike = Readings(PAIRS, np.zeros_like(GRADES))
    assert np.isfinite(numbers(train_reader(base, alike, PLAN, tmp_path / "r.pt", quiet))).all()


def test_reader_cut_short_goes_on_to_what_it_would_have_become(base, tmp_path):
    whole = numbers(train_reader(base, READINGS, PLAN, tmp_path / "whole.pt", quiet))
    with pytest.raises(Killed):
        train_reader(base, READINGS, PLAN, tmp_path / "cut.pt", kill)
    steps = []
    resumed = train_reader(base, READINGS, PLAN, tmp_path / "cut.pt", lambda what, *_: steps.append(what))
    assert numbers(resumed) == pytest.approx(whole, abs=1e-5)
    assert sorted(set(steps)) == ["training the reader, round 3 of 4", "training the reader, round 4 of 4"]


def test_saved_reader_reads_as_the_trained_one_does_in_either_order(base, tmp_path):
    network = train_reader(base, READINGS, PLAN, tmp_path / "r.pt", quiet)
    save_reader(network, tmp_path / "reader.safetensors")
    texts = [Document(0, "风电机组" * 200), Document(1, "棉花采摘"), Document(2, "", "叶片")]
    pairs = [(texts[0], texts[1]), (texts[1], texts[2]), (texts[1], texts[0])]
    kept, loaded = PairReader(base, network), PairReader.load(base, tmp_path / "reader.safetensors")
    found = loaded.read(pairs)
    assert found == pytest.approx(kept.read(pairs), abs=5e-3)
    assert found[0] == pytest.approx(found[2], abs=1e-4)
    assert loaded.read([]).shape == (0,)
