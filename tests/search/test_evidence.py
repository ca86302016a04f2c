"""What answers what by words alone, as without a model; the real model is judged on the labelled cases."""

import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from matchmaker.config import load_settings
from matchmaker.search.encoder import load_encoder
from matchmaker.search.evidence import ANSWERS, CERTAIN, Answering
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.manifest import is_whole

BENCH = Path(__file__).parents[2] / "scripts" / "bench_evidence.py"
NEED = ("覆冰附着强度要低，冰层自行脱落", "希望承担方负责三年的跟踪维护")
SAID = ("团队现有博士六人", "低温下冰层附着强度低，靠自重脱落", "获得省级科技进步奖")


def likelihoods(need: tuple[str, ...], said: tuple[str, ...]) -> np.ndarray:
    answering = Answering(HashingEncoder())
    return answering.likelihoods(answering.prepare(need), answering.prepare(said))


def test_shared_words_answer_and_others_do_not() -> None:
    found = likelihoods(NEED, SAID)
    assert found.shape == (2, 3)
    assert (found > CERTAIN).tolist() == [[False, True, False], [False, False, False]]
    assert float(found[1].max()) < ANSWERS


def test_a_likelihood_depends_on_its_two_sentences_only() -> None:
    assert likelihoods(NEED, SAID)[0, 1] == likelihoods(NEED[:1], SAID[1:2])[0, 0]


@pytest.mark.parametrize("text", ["", " ", "\ud800", "🙂", "ا" * 5000, "字" * 5000, "123 456"])
def test_odd_sentences_answer_nothing(text: str) -> None:
    found = likelihoods((text,), SAID)
    assert np.isfinite(found).all()
    assert float(found.max()) < ANSWERS


def test_nothing_is_compared_where_a_side_is_empty() -> None:
    assert (likelihoods((), SAID).shape, likelihoods(NEED, ()).shape) == ((0, 3), (2, 0))


class CountingEncoder:
    """A model for the test: it counts what it encodes."""

    model_id, dimension = "counting", HashingEncoder.dimension

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit rows."""
        self.encoded += texts
        return HashingEncoder().encode_queries(texts)

    encode_documents = encode_queries


def test_stored_vectors_are_not_made_again() -> None:
    encoder = CountingEncoder()
    answering = Answering(encoder)
    known = {NEED[0]: HashingEncoder().encode_queries(NEED[:1])[0]}
    assert np.array_equal(answering.prepare(NEED, known).vectors, answering.prepare(NEED).vectors)
    assert [encoder.encoded.count(text) for text in NEED] == [1, 2]


def test_labelled_cases_are_many_and_of_four_languages() -> None:
    cases = json.loads(BENCH.with_name("evidence_cases.json").read_text(encoding="utf-8"))
    assert sum(len(case["answers"]) for case in cases) >= 60
    assert all(part in case["achievement"] for case in cases for _, said in case["answers"] for part in said)


@pytest.mark.model
@pytest.mark.xdist_group("default_model")
def test_the_model_finds_most_answers_and_hardly_any_between_strangers() -> None:
    directory = load_settings().indexes / "model"
    if not is_whole(directory):
        pytest.skip("the embedding model is not prepared: run `.venv/bin/matchmaker prepare-model`")
    bench = _bench()
    answering, cases = Answering(load_encoder("default", directory, "auto")), bench.read_cases()
    sides = [(answering.prepare(case.need), answering.prepare(case.achievement)) for case in cases]
    found = bench.judge(cases, lambda i, j: answering.likelihoods(sides[i][0], sides[j][1]))
    assert found.right / found.shown > 0.8
    assert found.right / found.labelled > 0.5
    assert (found.unrelated < 0.012, found.unrelated_texts < 0.03) == (True, True)


def _bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_evidence", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
