"""Groups of meaning: stable, and each vector in exactly one."""

import numpy as np
import pytest

from matchmaker.search.clusters import FEWEST_FOR_NEIGHBOURS, centred, group, spread


def towards(*directions):
    vectors = np.array(directions, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


PAIRS = towards((1, 0, 0), (0, 1, 0), (1, 0.1, 0), (0, 1, 0.1), (0, 0, 1))


def test_group_joins_what_lies_near_and_leaves_the_rest_alone():
    assert group(PAIRS, 0.5).tolist() == [0, 1, 0, 1, 2]


@pytest.mark.parametrize(("distance", "groups"), [(0.001, 5), (0.5, 3), (2.0, 1)])
def test_a_larger_distance_makes_fewer_groups(distance, groups):
    assert len(set(group(PAIRS, distance).tolist())) == groups


@pytest.mark.parametrize("count", [0, 1])
def test_group_of_hardly_anything_is_that(count):
    assert group(PAIRS[:count], 0.5).tolist() == [0] * count


def test_centred_vectors_forget_what_all_texts_share():
    shared = towards((9, 1, 0), (9, -1, 0), (9, 0, 1), (9, 0, -1))
    vectors = centred(shared, shared, shared, shared)
    assert vectors @ vectors.T == pytest.approx(
        np.array([[1, -1, 0, 0], [-1, 1, 0, 0], [0, 0, 1, -1], [0, 0, -1, 1]]), abs=1e-3
    )


def overlaps(places, sizes):
    far = np.linalg.norm(places[:, None] - places[None, :], axis=2)
    return int((far < sizes[:, None] + sizes[None, :] - np.diag(2 * sizes)).sum() - 0)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_circles_of_a_map_do_not_overlap_and_lie_where_they_lay(count):
    rng = np.random.default_rng(0)
    vectors, labels = rng.normal(size=(count, 8)).astype(np.float32), np.arange(count)
    sizes = np.sqrt(np.arange(1.0, count + 1))
    places = spread(vectors, labels, sizes)
    assert (overlaps(places, sizes), places.tolist()) == (0, spread(vectors, labels, sizes).tolist())


@pytest.mark.slow
def test_map_of_many_groups_keeps_neighbours_together():
    rng = np.random.default_rng(0)
    count = FEWEST_FOR_NEIGHBOURS * 2
    base = rng.normal(size=(2, 16))
    vectors = (np.repeat(base, count // 2, axis=0) + rng.normal(size=(count, 16)) * 0.2).astype(np.float32)
    sizes = np.ones(count)
    places = spread(vectors, np.arange(count), sizes)
    near = np.argsort(np.linalg.norm(places[:, None] - places[None, :], axis=2), axis=1)[:, 1]
    half = np.arange(count) < count // 2
    assert (int((half[near] == half).sum()), overlaps(places, sizes)) == (count, 0)
