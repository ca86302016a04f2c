"""Families of needs and what is held out."""

from matchmaker.search.beir import Dataset, TextRow
from matchmaker.search.training.judgements import families, fingerprint, hold_out

QUERIES = {
    "a": TextRow("a", "风机叶片", "耐磨"),
    "b": TextRow("b", "风机 叶片", "防冰"),
    "c": TextRow("c", "叶片防冰", "防冰"),
    "d": TextRow("d", "驼乳", ""),
    "e": TextRow("e", "棉花", ""),
}


def graded(needs=20, documents=10):
    queries = {f"q{n}": TextRow(f"q{n}", f"需求{n // 2}", f"正文{n // 2}") for n in range(needs)}
    corpus = {f"d{n}": TextRow(f"d{n}", f"成果{n}", "") for n in range(documents)}
    return Dataset(queries, corpus, {query: dict.fromkeys(corpus, 1) for query in queries})


def test_needs_of_equal_title_or_text_are_one_family_and_empty_texts_join_none():
    found = families(QUERIES)
    assert (found["a"] == found["b"] == found["c"], len(set(found.values()))) == (True, 3)


def test_hold_out_parts_families_and_pairs():
    data = graded()
    parts = hold_out(data, 0.2, 0)
    family = families(data.queries)
    kept = {family[query] for query in parts.learned}
    assert kept.isdisjoint(family[query] for query in parts.unseen)
    assert (len(parts.unseen), len(parts.learned), set(parts.seen) == set(parts.learned)) == (4, 16, True)
    assert all(parts.seen[query].keys().isdisjoint(parts.learned[query]) for query in parts.seen)
    assert sum(len(row) for part in (parts.learned, parts.seen, parts.unseen) for row in part.values()) == 200


def test_hold_out_follows_its_seed():
    data = graded()
    assert (hold_out(data, 0.2, 1) == hold_out(data, 0.2, 1), hold_out(data, 0.2, 1) == hold_out(data, 0.2, 2)) == (
        True,
        False,
    )


def test_fingerprint_changes_with_a_grade():
    data = graded(2, 2)
    other = Dataset(data.queries, data.corpus, {**data.qrels, "q0": {"d0": 1, "d1": 2}})
    assert fingerprint(data, data.qrels) != fingerprint(other, other.qrels)
