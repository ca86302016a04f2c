"""Figures by language on a tiny invented data set."""

import pytest

from matchmaker.search.beir import Dataset, TextRow
from matchmaker.search.crosslingual import measure_language, table
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.ranker import default_ranker

TEXTS = {"1": ("насос ABC-200", "水泵 ABC-200"), "2": ("штуковина", "小玩意"), "3": ("плёнка LDPE", "LDPE 薄膜")}


@pytest.fixture(scope="module")
def figures():
    queries = {name: TextRow(name, russian, "") for name, (russian, _) in TEXTS.items()}
    corpus = {f"d{name}": TextRow(f"d{name}", chinese, "") for name, (_, chinese) in TEXTS.items()}
    data = Dataset(queries, corpus, {name: {f"d{name}": 1} for name in TEXTS})
    return measure_language(data, HashingEncoder(), default_ranker(), lambda *_said: None)


def test_keyword_leg_finds_what_shares_a_word(figures):
    assert (figures.language, figures.queries, figures.documents) == ("ru", 3, 3)
    assert figures.recall["keywords"] == (pytest.approx(2 / 3), pytest.approx(2 / 3))


def test_both_legs_together_lose_nothing_of_the_documents(figures):
    assert (figures.recall["meaning"][1], figures.recall["hybrid"][1], figures.best) == (
        1,
        1,
        figures.recall["hybrid"][0],
    )


def test_table_has_a_row_for_each_language(figures):
    lines = table([figures, figures])
    assert ([line.count("|") for line in lines], lines[2].startswith("| ru | 3 | 3 | ")) == ([10] * 4, True)
