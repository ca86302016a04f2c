"""Sparse texts: unit vectors, the same in every process, and their cosines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.search.document import Document
from matchmaker.search.prepared import overlaps, weigh
from matchmaker.search.ranker import default_ranker
from tests.prepared_listings import prepared

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


def flat(_word):
    return 2.0


def test_weigh_counts_a_repeated_word_less_each_time():
    once, thrice = weigh(["a", "b"], flat), weigh(["a", "b", "b", "b"], flat)
    ratio = float(thrice.weights.max() / thrice.weights.min())
    assert (float(once.weights[0]), ratio) == (pytest.approx(2**-0.5), pytest.approx(1 + np.log(3)))


def test_weigh_of_nothing_is_nothing():
    assert len(weigh([], flat).keys) == 0


def test_weigh_does_not_depend_on_the_process():
    assert weigh(["风电", "棉花"], flat).keys.tolist() == [217200392, 3087204767]


@given(WORDS, st.lists(WORDS, max_size=5))
def test_overlaps_equal_the_cosines_of_plain_counts(one, many):
    def plain(words):
        counts = {word: 1 + np.log(words.count(word)) for word in words}
        length = np.sqrt(sum(value**2 for value in counts.values())) or 1.0
        return {word: value / length for word, value in counts.items()}

    mine = plain(one)
    expected = [sum(value * mine.get(word, 0.0) for word, value in plain(other).items()) for other in many]
    found = overlaps(weigh(one, flat), [weigh(other, flat) for other in many])
    assert found.tolist() == pytest.approx(expected, abs=1e-6)


def test_depth_grows_with_what_a_text_says():
    depths = [prepared("风电"), prepared("风电叶片"), prepared("风电叶片", "前缘防护涂层材料耐磨")]
    assert [found.depth for found in depths] == sorted({found.depth for found in depths})


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=50), st.text(max_size=80))
def test_any_text_can_be_prepared(title, body):
    found = prepared(title, body)
    lengths = [
        float(np.linalg.norm(sparse.weights))
        for sparse in (found.title_words, found.full_words, found.title_grams, found.full_grams)
        if len(sparse.keys)
    ]
    assert [length for length in lengths if abs(length - 1) > 1e-5] == []


def test_huge_text_is_cut_for_words_only():
    blank = np.zeros(4, dtype=np.float32)
    huge, long = (Document(1, "题", "风电叶片" * count) for count in (250_000, 5_000))
    found, expected = (default_ranker().prepare(document, blank, blank) for document in (huge, long))
    assert (len(found.document.body), found.full_words.weights.tolist()) == (
        1_000_000,
        expected.full_words.weights.tolist(),
    )
