"""Candidates from both legs."""

import numpy as np
import pytest

from matchmaker.search.document import Document
from matchmaker.search.keywords import KeywordEntry, KeywordIndex
from matchmaker.search.recall import dense_leg, fused, keyword_leg, telling_words, union
from matchmaker.search.statistics import load_statistics
from matchmaker.search.vectors import VectorIndex


def unit(*numbers):
    rows = np.array([np.random.default_rng(number).standard_normal(8) for number in numbers], dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_inner_product_of_fused_vectors_orders_by_the_sum_of_all_four_cosines():
    titles, fulls = unit(1, 2, 3), unit(4, 5, 6)
    title, full = unit(7), unit(8)
    vectors, query = fused(titles, fulls), fused(title, full)[0]
    sums = (titles + fulls) @ (title + full)[0] / np.linalg.norm(titles + fulls, axis=1)
    assert np.argsort(vectors @ query).tolist() == np.argsort(sums).tolist()
    assert np.linalg.norm(vectors, axis=1).tolist() == pytest.approx([1, 1, 1], abs=1e-6)


def test_fused_opposite_vectors_are_no_numbers_gone_wrong():
    assert np.isfinite(fused(unit(1), -unit(1))).all()


def test_dense_leg_takes_the_best_over_partitions():
    one, other = VectorIndex(8), VectorIndex(8)
    one.upsert([1, 2], unit(1, 2))
    other.upsert([3, 4], unit(3, 4))
    assert dense_leg([one, other], unit(3)[0], 1) == [3]
    assert set(dense_leg([one, other], unit(3)[0])) == {1, 2, 3, 4}


def test_dense_leg_without_partitions_finds_nothing():
    assert dense_leg([], unit(1)[0]) == []


def test_keyword_leg_finds_by_words(tmp_path):
    index = KeywordIndex(tmp_path / "k")
    writer = index.writer()
    writer.replace(5, [KeywordEntry(5, "open", "need/open", ["除尘"], [])])
    writer.commit(1)
    writer.close()
    assert (keyword_leg(index, ["除尘", "滤管"], ["need/open"]), keyword_leg(index, [], ["need/open"])) == ([5], [])


def test_telling_words_are_the_title_then_the_rarest():
    shown = Document(1, "高温除尘", "陶瓷滤管除尘，处理烟气，处理成本低，钙钛矿")
    assert telling_words(shown, load_statistics(), 4)[:2] == ["高温", "除尘"]
    assert telling_words(shown, load_statistics(), 3)[2] in {"钙钛矿", "滤管"}


def test_union_names_each_once_in_order():
    assert union([3, 1], [2, 3], []) == [3, 1, 2]
