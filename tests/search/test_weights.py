"""Weights files: read, or refused with a reason."""

import json
from importlib.resources import files

import numpy as np
import pytest

from matchmaker.search.facets import FACETS
from matchmaker.search.features import SIMILARITIES, Setting
from matchmaker.search.weights import RankerError, Similarity, read_weights

SHIPPED = (files("matchmaker.search") / "weights.json").read_text(encoding="utf-8")


def changed(**parts):
    return json.dumps(json.loads(SHIPPED) | parts)


def test_shipped_weights_name_every_feature_and_their_origin():
    weights = read_weights(SHIPPED)
    assert (set(weights.similarities), set(weights.facets)) == (set(SIMILARITIES), set(FACETS))
    assert "CCF BDCI 2019" in json.loads(SHIPPED)["provenance"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not a ranker's weights"),
        ("[]", "not a ranker's weights"),
        ("{}", "not a ranker's weights"),
        (changed(base="much"), "not a ranker's weights"),
        (changed(similarities=[1]), "not a ranker's weights"),
        (changed(thresholds={"1": -1, "2": 0}), "not a ranker's weights"),
        (changed(thresholds={"1": 1, "2": 0, "3": 2}), "must rise"),
        (changed(thresholds={"1": 1, "2": 2, "3": 3}), "must be 0"),
        (changed(similarities={"words_texts": {"weight": -1, "centre": 0}}), "must not count against"),
    ],
)
def test_unusable_weights_are_refused(content, reason):
    with pytest.raises(RankerError, match=reason):
        read_weights(content)


def test_similarity_counts_from_what_unrelated_texts_of_that_depth_share():
    rule = Similarity(weight=10.0, centre=0.8, slope=0.02, across_weight=5.0, across_centre=0.7)
    chinese, apart = frozenset({"han"}), frozenset({"han", "latin"})
    setting = Setting(np.array([0.0, 5.0, 5.0]), np.array([False, False, True]), (chinese, chinese, apart))
    assert rule.contributions(np.array([0.8, 0.95, 0.9]), setting).tolist() == pytest.approx([0.0, 0.5, 1.0])


def test_similarity_without_weight_across_scripts_says_nothing_there():
    setting = Setting(np.zeros(1), np.array([True]), (frozenset({"han", "latin"}),))
    assert Similarity(weight=3.0, centre=0.1).contributions(np.array([0.9]), setting).tolist() == [0.0]
