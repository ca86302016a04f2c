"""Tuning a tiny model on invented pairs: what it learns, and that a kill costs no more than the round it fell into."""

from dataclasses import replace

import numpy as np
import pytest

from matchmaker.search.document import Document
from matchmaker.search.training.tuning import Examples, TuningPlan, tune
from matchmaker.search.tuned import WORDS, Member, Reads, TunedEncoder, save_members
from tests.search.training.watching import Killed, quiet

pytestmark = pytest.mark.slow

PLAN = TuningPlan(epochs=3, rate=3e-3, needs=2, documents=4, slope=5.0, start=0.5)
# Ids of the tiny vocabulary: needs of one word each; an achievement of the same word is graded 3, of another one 0.
WORD_IDS = range(5, 11)
PAIRS = [(need, document, 3 * (need == document)) for need in range(6) for document in range(6)]
ROWS = [[0, word, word, 2] for word in WORD_IDS]
EXAMPLES = Examples(ROWS, [[0, 4, word, 2] for word in WORD_IDS], np.array(PAIRS, dtype=np.int64))


def kill(what, done, _total):
    if what.startswith("tuning the model, round 2") and done == 1:
        raise Killed


def cosines(model):
    from matchmaker.search.tuned import pooled

    one, other = (pooled(model, rows).detach().numpy() for rows in (EXAMPLES.needs, EXAMPLES.documents))
    one, other = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (one, other))
    return one @ other.T


def test_tuning_draws_pairs_of_a_high_grade_together(base, tmp_path):
    from transformers import AutoModel

    def gap(found):
        same = np.eye(6, dtype=bool)
        return found[same].mean() - found[~same].mean()

    before, after = AutoModel.from_pretrained(base), tune(base, EXAMPLES, PLAN, tmp_path / "c.pt", quiet)
    assert gap(cosines(after)) > gap(cosines(before)) + 0.05


def test_tuning_leaves_the_word_embeddings_alone(base, tmp_path):
    from transformers import AutoModel

    before, after = AutoModel.from_pretrained(base), tune(base, EXAMPLES, PLAN, tmp_path / "c.pt", quiet)
    assert (before.state_dict()[WORDS] == after.state_dict()[WORDS]).all()


def test_tuning_cut_short_goes_on_to_what_it_would_have_become(base, tmp_path):
    whole = cosines(tune(base, EXAMPLES, PLAN, tmp_path / "whole.pt", quiet))
    with pytest.raises(Killed):
        tune(base, EXAMPLES, PLAN, tmp_path / "cut.pt", kill)
    steps = []
    resumed = tune(base, EXAMPLES, PLAN, tmp_path / "cut.pt", lambda what, *_: steps.append(what))
    assert cosines(resumed) == pytest.approx(whole, abs=1e-5)
    assert sorted(set(steps)) == ["tuning the model, round 2 of 3", "tuning the model, round 3 of 3"]


def test_checkpoint_of_another_plan_is_not_taken_up(base, tmp_path):
    tune(base, EXAMPLES, PLAN, tmp_path / "c.pt", quiet)
    steps = []
    tune(base, EXAMPLES, replace(PLAN, seed=1), tmp_path / "c.pt", lambda what, *_: steps.append(what))
    assert steps[0] == "tuning the model, round 1 of 3"


def test_saved_layers_encode_as_the_tuned_model_does(base, tmp_path):
    model = tune(base, EXAMPLES, PLAN, tmp_path / "c.pt", quiet)
    members = [Member(model, Reads.TITLES), Member(model, Reads.TEXTS)]
    save_members(members, tmp_path / "layers.safetensors")
    texts = [Document(0, "风电机组", "叶片。" * 200), Document(1, "棉花采摘", "")]
    kept, loaded = TunedEncoder(base, members), TunedEncoder.load(base, tmp_path / "layers.safetensors")
    assert loaded.encode(texts) == pytest.approx(kept.encode(texts), abs=5e-3)
    assert np.linalg.norm(loaded.encode(texts), axis=1) == pytest.approx([1.0, 1.0])
