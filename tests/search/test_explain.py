"""Shared words and their places, in plain and hostile text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.search.explain import MAX_CHARACTERS, Fragment, mark, matched_words, snippet
from matchmaker.search.statistics import load_statistics

STATISTICS = load_statistics()
TEXTS = st.text(alphabet="风电叶片前缘防护涂层，。 \n\x00ＡａB1<>&😀\u0301\u200bщғ", max_size=80)


def marked(fragments):
    return [fragment.text for fragment in fragments if fragment.marked]


def joined(fragments):
    return "".join(fragment.text for fragment in fragments)


def test_matched_words_are_shared_most_telling_first_without_stop_words():
    found = matched_words("高温除尘技术研究，陶瓷滤管", "一种陶瓷滤管的高温除尘方法", STATISTICS)
    weights = [STATISTICS.word(word) for word in found]
    assert ({"高温", "除尘", "陶瓷", "滤管"} - set(found), weights == sorted(weights, reverse=True)) == (set(), True)
    assert {"技术", "研究", "方法", "一种"} & set(found) == set()


def test_matched_words_of_different_scripts_are_none():
    assert matched_words("除尘", "обеспыливание", STATISTICS) == []


def test_mark_shows_words_as_they_were_written():
    fragments = mark("采用ＰＥＭ电解槽，电解槽寿命长", ["pem", "电解槽"])
    assert (joined(fragments), marked(fragments)) == ("采用ＰＥＭ电解槽，电解槽寿命长", ["ＰＥＭ电解槽", "电解槽"])


def test_mark_joins_overlapping_words():
    assert marked(mark("锂离子电池", ["锂离子", "离子", "电池", "锂离子电池"])) == ["锂离子电池"]


def test_mark_keeps_markup_as_text():
    fragments = mark("<b>除尘</b>", ["除尘"])
    assert fragments == [Fragment("<b>", False), Fragment("除尘", True), Fragment("</b>", False)]


@pytest.mark.parametrize("words", [[], ["不在"], [""], ["\x00"]])
def test_mark_without_a_match_marks_nothing(words):
    assert mark("除尘", words) == [Fragment("除尘", False)]


def test_mark_of_an_empty_text_is_empty():
    assert mark("", ["除尘"]) == []


def test_huge_text_comes_back_whole():
    text = "高温除尘。" * 100_000
    fragments = mark(text, ["除尘"])
    assert (joined(fragments) == text, len(marked(fragments)) <= MAX_CHARACTERS // 5) == (True, True)


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS)
def test_fragments_always_join_to_the_text(one, other):
    words = matched_words(one, other, STATISTICS)
    assert [joined(mark(text, words)) for text in (one, other)] == [one, other]


@settings(deadline=None, max_examples=40)
@given(TEXTS)
def test_words_of_a_text_are_all_marked_in_it(text):
    words = matched_words(text, text, STATISTICS)
    assert bool(words) == bool(marked(mark(text, words)))


def test_snippet_shows_the_surroundings_of_the_first_mark():
    text = "甲" * 300 + "除尘" + "乙" * 300
    fragments = snippet(text, ["除尘"], 40)
    assert (marked(fragments), joined(fragments)[0], joined(fragments)[-1]) == (["除尘"], "…", "…")
    assert len(joined(fragments)) <= 42


def test_snippet_of_a_short_text_is_the_text():
    assert snippet("高温除尘", ["除尘"], 40) == [Fragment("高温", False), Fragment("除尘", True)]


@settings(deadline=None, max_examples=40)
@given(TEXTS, st.integers(1, 60))
def test_snippet_is_never_longer_than_asked(text, length):
    words = matched_words(text, text, STATISTICS)
    assert len(joined(snippet(text, words, length)).strip("…")) <= length
