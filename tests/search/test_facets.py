"""Facets of a pair: what agrees, what does not, and what nobody said."""

from decimal import Decimal

import pytest

from matchmaker.search.document import Document
from matchmaker.search.facets import FACETS


def compare(name, need, achievement):
    facet = {"budget": "money"}.get(name, name)
    return FACETS[name](Document(1, "需求", **{facet: need}), Document(2, "成果", **{facet: achievement}))


@pytest.mark.parametrize(
    ("name", "need", "achievement", "expected"),
    [
        ("field", "energy", "energy", 1.0),
        ("field", "energy", "materials", -1.0),
        ("industry", "44", "44", 1.0),
        ("industry", "13", "43", 0.5),
        ("industry", "44", "46", 0.5),
        ("industry", "43", "44", -0.5),
        ("industry", "C", "26", 0.5),
        ("industry", "C", "C", 1.0),
        ("industry", "C", "01", -0.5),
        ("industry", "²", "01", -0.5),
        ("region", "650102", "650109", 1.0),
        ("region", "650100", "650107", 1.0),
        ("region", "650102", "654000", 0.5),
        ("region", "650000", "650000", 0.5),
        ("region", "650102", "110000", 0.0),
        ("region", "KZ", "KZ", 0.5),
        ("region", "KZ", "650100", 0.0),
        ("stage", "pilot", "mature", 1.0),
        ("stage", "pilot", "pilot", 1.0),
        ("stage", "pilot", "lab", -1.0),
        ("stage", "mature", "lab", -2.0),
        ("stage", "mature", "unheard", None),
        ("budget", Decimal(100), Decimal(100), 1.0),
        ("budget", Decimal(100), Decimal(0), 1.0),
        ("budget", Decimal(100), Decimal(150), 0.5),
        ("budget", Decimal(100), Decimal(300), -1.0),
        ("budget", Decimal(100), Decimal(10**12), -1.0),
        ("budget", Decimal(0), Decimal(10), None),
        ("cooperation", frozenset({"joint", "equity"}), frozenset({"equity"}), 1.0),
        ("cooperation", frozenset({"joint"}), frozenset({"equity"}), -1.0),
        ("cooperation", frozenset({"joint"}), frozenset(), None),
    ],
)
def test_facet_compares_need_with_achievement(name, need, achievement, expected):
    assert compare(name, need, achievement) == expected


@pytest.mark.parametrize("name", FACETS)
def test_facet_says_nothing_where_a_side_says_nothing(name):
    empty, full = (
        Document(1, "需求"),
        Document(2, "成果", "", "energy", "44", "650102", "pilot", Decimal(5), frozenset({"joint"})),
    )
    assert (FACETS[name](empty, full), FACETS[name](full, empty), FACETS[name](empty, empty)) == (None, None, None)
