"""From text to words, in every script and for hostile text."""

import unicodedata
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.search.scripts import main_script
from matchmaker.search.text import (
    fold,
    frequencies,
    join_han,
    normalise,
    spans,
    stopwords,
    tokenize,
    vocabulary_version,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ＡＢＣ　１２", "abc 12"),
        ("  a \t\n b  ", "a b"),
        ("Ⅲ型 ㎏", "iii型 kg"),
        ("棉\u200b花", "棉花"),
        ("соль\u00adвой", "сольвой"),
        ("a\x00b", "a b"),
        ("e\u0301", "é"),
        ("\ud800", ""),
        ("", ""),
    ],
)
def test_normalise_makes_one_form(raw, expected):
    assert normalise(raw) == expected


@settings(deadline=None)
@given(st.text())
def test_normalise_is_stable(text):
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None)
@given(st.text())
def test_normalise_and_fold_agree(text):
    assert normalise(text) == fold(text).text


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_fold_agrees_with_nfkc_and_case_folding_but_for_spaces(text):
    def bare(text):
        return "".join(char for char in text if not char.isspace() and unicodedata.category(char)[0] not in "CZM")

    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    assert bare(unicodedata.normalize("NFD", normalise(text))) == bare(unicodedata.normalize("NFD", plain))


@settings(deadline=None)
@given(st.text())
def test_fold_places_lie_in_the_text_in_order(text):
    folded = fold(text)
    places = list(zip(folded.starts, folded.ends, strict=True))
    assert len(places) == len(folded.text)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("风电叶片前缘防护", {"风电", "叶片", "前缘", "叶片前缘", "防护"}),
        ("6061铝合金与316L不锈钢", {"6061", "合金", "铝合金", "316l", "不锈", "不锈钢"}),
        ("Хранение хлопка в Казахстане", {"хранен", "хлопк", "казахстан"}),
        ("ұлттық мақта зауытының", {"ұлттық", "мақта", "зауыт"}),
        ("LiDAR point-cloud denoising", {"lidar", "point", "cloud", "denois"}),
    ],
)
def test_tokenize_cuts_words_of_each_language(text, expected):
    assert set(tokenize(text)) == expected


@pytest.mark.parametrize(
    "text", ["", "　", "的和与及其", "，。！？", "3.5 45% 120 7", "a", "煤", "😀🎉", "\x00\x01", "研究一种新型技术方法"]
)
def test_tokenize_finds_no_word_where_nothing_is_said(text):
    assert tokenize(text) == []


def test_dictionary_keeps_technical_terms_whole():
    assert [word for word in ("煤制乙二醇", "揭榜挂帅", "采棉机", "维吾尔医药") if word not in tokenize(word)] == []


def test_spans_point_into_the_text_as_written():
    text = "高寒 ＰＥＭ 电解槽，棉\u200b花"
    assert [(word, text[start:end]) for word, start, end in spans(text) if word in {"pem", "棉花", "电解槽"}] == [
        ("pem", "ＰＥＭ"),
        ("电解槽", "电解槽"),
        ("棉花", "棉\u200b花"),
    ]


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="风电叶片防护 \n\x00éＡａ1.<>😀\u0301\u200bщғ", max_size=60))
def test_spans_stay_inside_and_fold_to_their_word(text):
    found = spans(text)
    assert [word for word, _, _ in found] == tokenize(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert [word for word, start, end in found if word[:-1] not in normalise(text[start:end])] == []


def test_long_runs_are_not_words():
    assert tokenize("x" * 65 + " " + "Ж" * 65) == []


def test_join_han_joins_words_that_a_source_prints_apart():
    assert join_han("锂离子 电池 用 PVDF 粘结剂 pilot scale") == "锂离子电池用PVDF粘结剂pilot scale"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("基于LiDAR与SLAM的巡检机器人", "han"),
        ("Ветроэнергетика", "cyrillic"),
        ("мақта өңдеу", "cyrillic"),
        ("Cotton 棉 processing", "latin"),
        ("123 😀", None),
        ("", None),
    ],
)
def test_main_script_is_that_of_most_of_the_text(text, expected):
    assert main_script(text) == expected


def test_stop_words_are_normalised_and_distinct_from_terms():
    assert {word for word in stopwords() if normalise(word) != word} == set()


def test_frequencies_are_those_of_the_dictionary_alone():
    assert (frequencies()["技术"] > 1000, "叶片前缘" in frequencies()) == (True, False)


def test_vocabulary_version_is_short_and_the_same_each_time():
    assert (len(vocabulary_version()), vocabulary_version()) == (8, vocabulary_version())


def test_cutting_raises_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tokenize("光伏组件") == ["光伏", "组件", "光伏组件"]
