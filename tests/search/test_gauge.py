"""Gauges: another model's cosines come out as the ranker expects them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.search.aligned_encoder import parallel_texts
from matchmaker.search.document import Document
from matchmaker.search.features import Setting
from matchmaker.search.gauge import Gauge, measure_gauge, reference_titles
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.ranker import default_ranker
from matchmaker.search.rankers import keep_gauge, ranker_for, ranker_of
from matchmaker.search.scripts import main_script
from matchmaker.search.text import tokenize

NARROW, WIDE = Gauge(0.85, 0.015, 0.78), Gauge(0.3, 0.1, 0.2)
COSINES = st.floats(-1, 1)


class Renamed(HashingEncoder):
    """The hashing encoder under the name of the model that the ranker was set with."""

    model_id = default_ranker().model


class Translating(HashingEncoder):
    """The hashing encoder with an interpreter: the parallel sentences of some languages are read in Chinese."""

    def __init__(self, *languages):
        texts = parallel_texts()
        self._chinese = dict(pair for each in languages for pair in zip(texts[each], texts["zh"], strict=True))

    def encode_documents(self, texts):
        return super().encode_documents([self._chinese.get(text, text) for text in texts])


def convert(cosine, across=False, source=WIDE, target=NARROW):
    scripts = frozenset({"han", "cyrillic"} if across else {"cyrillic"})
    pairs = Setting(np.zeros(1), np.array([across]), (scripts,))
    return float(source.convert(np.array([cosine]), pairs, target)[0])


def test_unrelated_texts_of_one_model_become_unrelated_texts_of_the_other():
    found = [convert(0.3), convert(0.4), convert(0.2, across=True)]
    assert found == pytest.approx([0.85, 0.865, 0.78])


@given(COSINES, COSINES)
def test_converting_keeps_the_order(one, other):
    low, high = sorted((one, other))
    assert convert(low) <= convert(high)


@given(COSINES, st.booleans())
def test_converting_back_gives_the_same(cosine, across):
    there = convert(cosine, across)
    assert convert(there, across, NARROW, WIDE) == pytest.approx(cosine, abs=1e-9)


def test_reference_titles_hardly_share_words_and_come_in_several_scripts():
    han, other = reference_titles()
    words = [set(tokenize(title)) for title in han]
    sharing = sum(bool(one & two) for place, one in enumerate(words) for two in words[:place])
    pairs = len(han) * (len(han) - 1) / 2
    assert (len(han) >= 50, len(other) >= 20, sharing / pairs < 0.03) == (True, True, True)


def test_measured_gauge_of_the_hashing_encoder_is_near_nothing():
    found = measure_gauge(HashingEncoder())
    assert (abs(found.centre) < 0.05, abs(found.across) < 0.05, 0.03 < found.spread < 0.12) == (True, True, True)
    assert found.reads == ()


def test_model_reads_the_scripts_whose_sentences_lie_nearest_to_their_translations():
    assert measure_gauge(Translating("en", "ru", "kk")).reads == ("latin", "cyrillic")
    assert measure_gauge(Translating("en")).reads == ("latin",)
    assert measure_gauge(Translating("ru", "kk")).reads == ("cyrillic",)


def test_meaning_says_nothing_across_scripts_that_a_model_cannot_read():
    deaf = Gauge(0.3, 0.1, 0.2, ("latin",))
    found = [convert(0.9, across, deaf, NARROW) for across in (False, True)]
    assert found == [pytest.approx(0.94), pytest.approx(float("nan"), nan_ok=True)]


def test_pair_in_two_scripts_scores_the_same_whatever_it_says_where_no_script_but_chinese_is_read():
    encoder = HashingEncoder()
    ranker = ranker_for(encoder)

    def prepared(text):
        vector = encoder.encode_queries([text])[0]
        return ranker.prepare(Document(0, text), vector, vector)

    russian = [prepared(title) for title in reference_titles()[1] if main_script(title) == "cyrillic"]
    scores = ranker.score(prepared("风电机组叶片除冰"), russian)
    assert (len(scores) > 5, {score.score for score in scores}) == (True, {scores[0].score})


def test_gauge_is_needed_for_other_models_only(tmp_path):
    assert ranker_for(Renamed()) is default_ranker()
    keep_gauge(Renamed(), tmp_path)
    assert (list(tmp_path.iterdir()), ranker_of(Renamed.model_id, tmp_path) is default_ranker()) == ([], True)


def test_kept_gauge_serves_processes_without_an_encoder(tmp_path):
    folder = tmp_path / "gauges"
    before = ranker_of(HashingEncoder.model_id, folder)
    keep_gauge(HashingEncoder(), folder)
    keep_gauge(HashingEncoder(), folder)
    after = ranker_of(HashingEncoder.model_id, folder)
    assert (before.version, after.version) == (default_ranker().version, ranker_for(HashingEncoder()).version)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"centre": "x", "spread": 1, "across": 0, "reads": []}',
        pytest.param('{"centre": 0, "spread": 1, "across": 0}', id="of an older version"),
    ],
)
def test_damaged_gauge_is_measured_again(tmp_path, content):
    keep_gauge(HashingEncoder(), tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text(content)
    assert ranker_of(HashingEncoder.model_id, tmp_path).version == default_ranker().version
    keep_gauge(HashingEncoder(), tmp_path)
    assert ranker_of(HashingEncoder.model_id, tmp_path).version == ranker_for(HashingEncoder()).version


def test_gauge_of_a_model_that_tells_nothing_apart_is_bounded():
    assert Gauge.read({"centre": 1, "spread": 0, "across": 1}).spread > 0
