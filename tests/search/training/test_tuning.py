"""Tuning a tiny model on invented pairs: what it learns, and that a kill costs no more than the round it fell into."""

from dataclasses import replace

import numpy as np
import pytest

from matchmaker.search.beir import Dataset, TextRow
from matchmaker.search.document import Document
from matchmaker.search.e5_file import read_e5_file
from matchmaker.search.e5_tokenizer import build_tokenizer
from matchmaker.search.evaluate import evaluate
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.rankers import ranker_for
from matchmaker.search.trained import read_trained
from matchmaker.search.training.train import train
from matchmaker.search.training.tuning import Examples, Plan, Tuning, tune
from matchmaker.search.tuned import WORDS, TunedEncoder, save_layers
from tests.tiny_e5 import PIECES, tiny_weights

pytestmark = pytest.mark.slow

PLAN = Plan(epochs=3, rate=3e-3, needs=2, documents=4, slope=5.0, start=0.5)
# Ids of the tiny vocabulary: needs of one word each; an achievement of the same word is graded 3, of another one 0.
WORD_IDS = range(5, 11)
PAIRS = [(need, document, 3 * (need == document)) for need in range(6) for document in range(6)]
ROWS = [[0, word, word, 2] for word in WORD_IDS]
EXAMPLES = Examples(ROWS, [[0, 4, word, 2] for word in WORD_IDS], np.array(PAIRS, dtype=np.int64))


class Killed(Exception):
    """What stands for a kill: the first step of the second round never ends."""


def quiet(_what, _done, _total):
    """Progress that nobody watches."""


def kill(what, done, _total):
    if what.startswith("tuning the model, round 2") and done == 1:
        raise Killed


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("base")
    config = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=256,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=1,
        initializer_range=0.3,
    )
    import torch

    torch.manual_seed(0)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    build_tokenizer(read_e5_file(tiny_weights()).pieces).save(str(folder / "tokenizer.json"))
    return folder


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
    save_layers(model, tmp_path / "layers.safetensors")
    texts = [Document(0, "风电机组", "叶片。" * 200), Document(1, "棉花采摘", "")]
    kept, loaded = TunedEncoder(base, model), TunedEncoder.load(base, tmp_path / "layers.safetensors")
    assert loaded.encode(texts) == pytest.approx(kept.encode(texts), abs=5e-3)
    assert np.linalg.norm(loaded.encode(texts), axis=1) == pytest.approx([1.0, 1.0])


def test_training_with_tuning_adds_a_term_and_needs_its_layers(base, tmp_path):
    things = ("风电", "棉花", "叶片", "机组", "采摘")
    queries = {f"q{n}": TextRow(f"q{n}", f"{thing}{n}", "") for n, thing in enumerate(things * 4)}
    corpus = {f"d{n}": TextRow(f"d{n}", thing, "") for n, thing in enumerate(things)}
    qrels = {
        query: {f"d{n}": 3 if thing in row.title else n % 2 for n, thing in enumerate(things)}
        for query, row in queries.items()
    }
    data, encoder = Dataset(queries, corpus, qrels), HashingEncoder()
    tuning = Tuning(base, tmp_path / "rounds", PLAN)
    done = train(data, "train", encoder, tmp_path / "model", 0, quiet, tuning)
    found = read_trained(tmp_path / "model")
    tuned = TunedEncoder.load(base, found.layers)
    report = evaluate(data, "train", "judged", encoder, ranker_for(encoder, found.weights), quiet, tuned)
    score = report.predictions["q0", "d0"]
    assert sum(score.contributions) == pytest.approx(score.score, abs=1e-9)
    assert {"meaning_tuned", "history"} <= set(score.names)
    assert (report.ranker, (tmp_path / "rounds").exists()) == (done.ranker, False)
