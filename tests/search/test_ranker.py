"""The ranker: terms add up, more similar never scores less, grades and percentage say the same everywhere."""

import json
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.search.facets import FACETS
from matchmaker.search.features import MEANINGS, SIMILARITIES, WORDINGS, features
from matchmaker.search.ranker import BASE, Ranker, RankerError, Term, default_ranker
from matchmaker.search.statistics import load_statistics
from tests.prepared_listings import RANKER as HASHED
from tests.prepared_listings import prepared

NEED = prepared(
    "风电叶片前缘抗风沙磨蚀防护",
    "戈壁风场叶片前缘受沙粒冲蚀，需要低温下保持弹性的防护涂层。",
    field="energy",
    industry="44",
    region="650107",
    stage="pilot",
    money=Decimal(1_800_000),
    cooperation=frozenset({"joint"}),
)
NEAR = prepared(
    "聚氨酯叶片前缘防护漆",
    "双组分弹性防护涂层，耐沙粒冲蚀，低温不开裂。",
    field="materials",
    industry="44",
    region="650109",
    stage="mature",
    money=Decimal(800_000),
    cooperation=frozenset({"joint"}),
)
FAR = prepared("驼乳低温杀菌工艺", "保持乳铁蛋白活性的膜过滤除菌。", field="agriculture", industry="14", stage="lab")
BARE = prepared("聚氨酯防护漆")
FOREIGN = prepared("Покрытие лопастей", "Защита передней кромки лопасти от песка.")
ALL = [NEAR, FAR, BARE, FOREIGN]
RANKER = default_ranker()
SHIPPED = (files("matchmaker.search") / "weights.json").read_text(encoding="utf-8")


def contributions(score):
    return {term.name: term.contribution for term in score.terms}


@pytest.mark.parametrize("achievement", ALL)
def test_terms_add_up_exactly_to_the_score(achievement):
    score = RANKER.score(NEED, [achievement])[0]
    assert sum(term.contribution for term in score.terms) == score.score


def test_every_feature_is_a_term_and_the_base_comes_last():
    names = [term.name for term in RANKER.score(NEED, [NEAR])[0].terms]
    assert names == [*SIMILARITIES, *FACETS, BASE]


def test_scores_come_in_the_order_of_the_achievements_and_do_not_depend_on_each_other():
    together = RANKER.score(NEED, ALL)
    assert together == [RANKER.score(NEED, [each])[0] for each in ALL]
    assert RANKER.score(NEED, ALL[::-1]) == together[::-1]


def test_needs_scored_for_an_achievement_get_the_same_scores():
    needs = [NEED, prepared("棉花打包", "防火"), prepared("Защита лопастей", "песок")]
    for achievement in ALL:
        assert RANKER.score_needs(needs, achievement) == [RANKER.score(need, [achievement])[0] for need in needs]


def test_no_achievements_have_no_scores():
    assert (RANKER.score(NEED, []), RANKER.score_needs([], NEAR)) == ([], [])


def test_answer_scores_more_than_a_stranger():
    near, far = RANKER.score(NEED, [NEAR, FAR])
    assert near.score > far.score + 1


@pytest.mark.parametrize("name", FACETS)
def test_unknown_facet_adds_exactly_nothing(name):
    terms = {term.name: term for term in RANKER.score(NEED, [BARE])[0].terms}
    assert (terms[name].value, terms[name].contribution) == (None, 0.0)


def test_facets_that_agree_count_for_and_those_that_do_not_against():
    added = contributions(RANKER.score(NEED, [NEAR])[0])
    signs = {name: np.sign(added[name]) for name in FACETS}
    assert signs == {"field": -1, "industry": 1, "region": 1, "stage": 1, "budget": 1, "cooperation": 1}


def test_wording_says_nothing_across_scripts_and_meaning_counts_from_its_own_centre():
    terms = {term.name: term for term in RANKER.score(NEED, [FOREIGN])[0].terms}
    assert {terms[name].value for name in WORDINGS} == {None}
    rows = json.loads(SHIPPED)["similarities"]
    expected = [
        rows[name]["across"]["weight"] * (terms[name].value - rows[name]["across"]["centre"]) for name in MEANINGS
    ]
    assert [terms[name].contribution for name in MEANINGS] == pytest.approx(expected)


def test_vectors_that_are_still_missing_add_nothing():
    blank = np.full(4, np.nan, dtype=np.float32)
    one, other = (RANKER.prepare(side.document, blank, blank) for side in (NEED, NEAR))
    terms = {term.name: term for term in RANKER.score(one, [other])[0].terms}
    assert {(terms[name].value, terms[name].contribution) for name in MEANINGS} == {(None, 0.0)}


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(MEANINGS), st.floats(0, 1), st.floats(0, 1))
def test_score_never_falls_as_a_meaning_draws_nearer(name, one, other):
    low, high = sorted((one, other))
    assert _with_meaning(name, low).score <= _with_meaning(name, high).score


def _with_meaning(name, cosine):
    """Score a pair of plane vectors in which one of the four cosines is `cosine` and the others are fixed."""
    axis = np.eye(8, dtype=np.float32)
    leaning = np.array([cosine, np.sqrt(max(0.0, 1 - cosine**2)), 0, 0, 0, 0, 0, 0], dtype=np.float32)
    _, need_part, achievement_part = name.split("_")
    need = replace(NEED, title_vector=axis[3], full_vector=axis[4])
    achievement = replace(NEAR, title_vector=axis[5], full_vector=axis[6])
    need = replace(need, **{f"{need_part}_vector": axis[0]})
    achievement = replace(achievement, **{f"{achievement_part}_vector": leaning})
    return RANKER.score(need, [achievement])[0]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from("风电叶片前缘防护涂层沙粒冲蚀低温弹性驼乳杀菌活性工艺")), st.integers(0, 8))
def test_score_does_not_fall_as_shared_words_replace_strange_ones(words, shared):
    """Swapping strangers for the need's own title words, length held, cannot lower the titles' wording terms."""
    own = ["叶片", "前缘", "风沙", "防护", "风电"]
    strange = ["驼乳", "杀菌", "葡萄", "棉花", "煤焦油"]
    few, many = sorted((shared % 6, len(words) % 6))
    made = [prepared("，".join(own[:count] + strange[count:])) for count in (few, many)]
    values = features(NEED, made)["words_titles"]
    assert values[0] <= values[1] + 1e-6


@settings(deadline=None, max_examples=40)
@given(st.floats(-30, 30))
def test_grades_are_probabilities_and_agree_with_the_percentage(base):
    content = json.loads(SHIPPED)
    ranker = Ranker(json.dumps(content | {"base": base}), load_statistics())
    score = ranker.score(NEED, [BARE])[0]
    assert sum(score.grades) == pytest.approx(1)
    assert min(score.grades) >= 0
    assert score.probability == pytest.approx(score.grades[2] + score.grades[3])
    assert (score.grade >= 2) == (score.score >= 0) == (score.probability >= 0.5)


def test_share_measures_terms_by_the_largest():
    score = RANKER.score(NEED, [NEAR])[0]
    shares = {term.name: score.share(term) for term in score.terms}
    assert (max(abs(share) for share in shares.values()), shares[BASE]) == (1.0, 0.0)
    assert score.share(Term("x", None, 0.0)) == 0.0


def test_gauge_of_another_model_makes_its_cosines_comparable():
    near, far = HASHED.score(NEED, [NEAR, FAR])
    assert (near.grade >= 2, far.probability < 0.1) == (True, True)
    assert HASHED.version != RANKER.version


def test_version_changes_with_any_number():
    other = Ranker(json.dumps(json.loads(SHIPPED) | {"base": -3.0}), load_statistics())
    assert (other.version != RANKER.version, other.version.partition("-")[0]) == (True, "additive")


def test_weights_are_loaded_from_a_file(tmp_path):
    (tmp_path / "w.json").write_text(SHIPPED, encoding="utf-8")
    loaded = Ranker.load(tmp_path / "w.json")
    assert (loaded.version, loaded.model) == (RANKER.version, RANKER.model)


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"{}"])
def test_unusable_file_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "w.json").write_bytes(content)
    with pytest.raises(RankerError):
        Ranker.load(tmp_path / "w.json")
