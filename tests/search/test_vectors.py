"""The flat index: exact neighbours, one listing at a time, whatever was removed before."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.search.vectors import SnapshotError, VectorIndex

DIMENSION = 8


def rows(*numbers):
    made = np.array([np.random.default_rng(number).standard_normal(DIMENSION) for number in numbers], dtype=np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def found(index, query, k=10):
    return [hit.id for hit in index.search(query, k)[0]]


def test_search_returns_the_nearest_first_with_inner_products():
    index = VectorIndex(DIMENSION)
    index.upsert([7, 8, 9], np.eye(3, DIMENSION, dtype=np.float32))
    query = np.array([[0.8, 0.6, 0, 0, 0, 0, 0, 0]], dtype=np.float32)
    assert [(hit.id, round(hit.score, 5)) for hit in index.search(query, 2)[0]] == [(7, 0.8), (8, 0.6)]


def test_search_for_more_than_there_is_returns_what_there_is():
    index = VectorIndex(DIMENSION)
    index.upsert([5], rows(5))
    assert found(index, rows(5), 100) == [5]


def test_search_of_an_empty_index_finds_nothing():
    assert VectorIndex(DIMENSION).search(rows(1, 2), 5) == [[], []]


def test_search_for_none_finds_nothing():
    index = VectorIndex(DIMENSION)
    index.upsert([1], rows(1))
    assert index.search(rows(1), 0) == [[]]


def test_search_with_numbers_that_are_none_finds_nothing():
    index = VectorIndex(DIMENSION)
    index.upsert([1, 2], rows(1, 2))
    assert index.search(np.full((1, DIMENSION), np.nan, dtype=np.float32), 2) == [[]]


def test_upsert_replaces_and_takes_the_last_of_a_repeated_id():
    index = VectorIndex(DIMENSION)
    index.upsert([1, 2, 2], rows(1, 2, 3))
    index.upsert([1], rows(4))
    assert (len(index), found(index, rows(4), 1), found(index, rows(3), 1)) == (2, [1], [2])


def test_upsert_refuses_another_dimension():
    with pytest.raises(ValueError, match="reshape"):
        VectorIndex(DIMENSION).upsert([1], np.ones((1, 3), dtype=np.float32))


def test_ids_beyond_32_bits_are_kept():
    index = VectorIndex(DIMENSION)
    index.upsert([2**62], rows(1))
    assert found(index, rows(1)) == [2**62]


CHANGES = st.lists(st.tuples(st.sampled_from(["upsert", "remove"]), st.integers(0, 6)), max_size=40)


@settings(deadline=None, max_examples=60)
@given(CHANGES)
def test_index_equals_a_plain_dictionary_after_any_changes(changes):
    index, expected = VectorIndex(DIMENSION), {}
    for place, (what, number) in enumerate(changes):
        if what == "upsert":
            expected[number] = rows(place)[0]
            index.upsert([number], rows(place))
        else:
            expected.pop(number, None)
            index.remove([number, number + 100])
    query = rows(1000)
    best = sorted(expected, key=lambda number: -float(expected[number] @ query[0]))
    assert (found(index, query), len(index), {n for n in range(7) if n in index}) == (best, len(best), set(expected))


def test_threads_may_search_while_one_writes():
    index = VectorIndex(DIMENSION)
    index.upsert([0], rows(0))
    done, wrong = threading.Event(), []

    def search():
        while not done.is_set():
            hits = index.search(rows(0), 3)[0]
            if not hits or hits[0].id != 0:
                wrong.append(hits)

    readers = [threading.Thread(target=search) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 400):
        index.upsert([number], rows(number))
        if number % 3 == 0:
            index.remove([number - 1])
    done.set()
    for reader in readers:
        reader.join()
    assert (wrong, len(index)) == ([], 400 - 133)


def test_saved_index_loads_with_its_last_change(tmp_path):
    index = VectorIndex(DIMENSION)
    index.upsert([3, 4, 5], rows(3, 4, 5))
    index.remove([3])
    index.save(tmp_path / "v", "some-model", 41)
    loaded, last_change = VectorIndex.load(tmp_path / "v", "some-model")
    assert (last_change, len(loaded), loaded.search(rows(5), 2)) == (41, 2, index.search(rows(5), 2))


def test_loaded_index_takes_changes(tmp_path):
    index = VectorIndex(DIMENSION)
    index.upsert([1, 2], rows(1, 2))
    index.save(tmp_path / "v", "m", 1)
    loaded, _ = VectorIndex.load(tmp_path / "v", "m")
    loaded.remove([1])
    loaded.upsert([2, 9], rows(7, 9))
    assert (found(loaded, rows(9)), found(loaded, rows(7))[0], len(loaded)) == ([9, 2], 2, 2)


def test_empty_index_is_saved_and_loaded(tmp_path):
    VectorIndex(DIMENSION).save(tmp_path / "v", "m", 0)
    loaded, last_change = VectorIndex.load(tmp_path / "v", "m")
    assert (len(loaded), last_change, loaded.search(rows(1), 3)) == (0, 0, [[]])


def test_loading_refuses_another_model(tmp_path):
    VectorIndex(DIMENSION).save(tmp_path / "v", "one", 0)
    with pytest.raises(SnapshotError, match="made with one, not two"):
        VectorIndex.load(tmp_path / "v", "two")
