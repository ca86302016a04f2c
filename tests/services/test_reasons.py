"""Every term of the ranker has words, and the reasons still add up to the score."""

import numpy as np

from matchmaker.search.document import Document
from matchmaker.search.ranker import default_ranker
from matchmaker.services.reasons import reasons_of, strongest

VECTOR = np.ones(4, dtype=np.float32) / 2


def _terms() -> tuple[float, list[list[object]]]:
    ranker = default_ranker()
    facets = {"field": "energy", "industry": "44", "region": "650104", "cooperation": frozenset({"joint"})}
    need = Document(1, "风电叶片除冰", "低温结冰", stage="mature", money=None, **facets)  # type: ignore[arg-type]
    answer = Document(2, "叶片防冰涂层", "低温下不结冰", stage="pilot", **facets)  # type: ignore[arg-type]
    one, other = (ranker.prepare(document, VECTOR, VECTOR) for document in (need, answer))
    score = ranker.score(one, [other])[0]
    return score.score, [[term.name, term.value, term.contribution] for term in score.terms]


def test_reasons_name_and_explain_every_term_of_the_ranker() -> None:
    reasons = reasons_of([[name, value, 1.0] for name, value, _ in _terms()[1]])
    assert [reason.name for reason in reasons if reason.label == reason.name or not reason.explanation] == []


def test_reasons_add_up_to_the_score() -> None:
    score, terms = _terms()
    assert abs(sum(reason.contribution for reason in reasons_of(terms)) - score) < 1e-9


def test_reasons_come_largest_first_and_the_base_last() -> None:
    reasons = reasons_of([["base", None, -3.0], ["region", 0.0, 0.0], ["field", -1.0, -0.5], ["words_texts", 0.2, 1.0]])
    assert [(r.name, r.share) for r in reasons] == [("words_texts", 1.0), ("field", -0.5), ("base", -1.0)]


def test_reasons_say_what_a_facet_means() -> None:
    terms = [["field", -1.0, -1.0], ["stage", 1.0, 0.5], ["budget", 0.4, 0.2], ["words_texts", 0.2, 0.1]]
    assert [r.verdict for r in reasons_of(terms)] == ["领域不同", "达到期望阶段", "报价高于预算", ""]


def test_reasons_show_an_unknown_term_by_its_own_name() -> None:
    (reason,) = reasons_of([["cross_encoder", 0.9, 1.5]])
    assert (reason.label, reason.explanation, reason.verdict) == ("cross_encoder", "", "")


def test_strongest_lets_terms_of_one_family_speak_together() -> None:
    terms = [
        ["words_texts", 0.2, 0.5],
        ["characters_texts", 0.2, 0.4],
        ["stage", 1.0, 0.7],
        ["meaning_full_full", 0.9, 0.1],
    ]
    assert [(r.name, r.label) for r in strongest(reasons_of(terms), 2)] == [
        ("wording", "用词相近"),
        ("stage", "成熟程度"),
    ]


def test_strongest_holds_only_what_speaks_for_the_pair() -> None:
    reasons = reasons_of([["base", None, 2.0], ["field", -1.0, -1.0], ["words_texts", 0.2, 0.5], ["stage", 1.0, 0.7]])
    assert [reason.name for reason in strongest(reasons, 1)] == ["stage"]


def test_reading_that_was_not_made_says_so_and_speaks_for_no_pair() -> None:
    read, estimated = (reasons_of([["reading", value, 0.8]])[0] for value in (1.2, None))
    assert (read.label, read.verdict, estimated.verdict) == ("逐对细读", "", "尚未逐对细读，按其他理由估计")
    assert [len(strongest([reason], 3)) for reason in (read, estimated)] == [1, 0]
