"""Stems: forms of one word meet, different words do not, and what is no word of letters stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.search.explain import as_written, mark, matched_words
from matchmaker.search.statistics import load_statistics
from matchmaker.search.stems import stem
from matchmaker.search.text import normalise, tokenize

ENGLISH = ("turbine turbines", "drying dried dry", "sensor sensors", "recycling recycled recycles")
RUSSIAN = (
    "ветрогенератор ветрогенератора ветрогенераторов ветрогенераторами",
    "хлопок хлопка хлопку",
    "станция станции станций станциями",
    "полёт полет полёта",
    "сточная сточных сточные сточными",
)
KAZAKH = (
    "жүйе жүйелер жүйесі жүйенің жүйелері жүйелерінің жүйеде жүйемен",
    "мұнай мұнайды мұнайдың мұнайдан мұнайға мұнаймен",
    "станция станциялар станциясы станцияларын станцияларының станциядан",
    "қалдық қалдықтар қалдықтарын қалдықты қалдығы",
    "мақта мақтаны мақтаның мақтасы мақтамен",
    "топырақ топырақтың топырақта топырағы",
    "әдіс әдістер әдістері әдіспен",
    "датчик датчиктер датчиктері датчикпен",
    "сорғы сорғылар сорғысы сорғының",
)


def stems_of(groups, is_kazakh=False):
    return [{stem(normalise(word), is_kazakh=is_kazakh) for word in group.split()} for group in groups]


def test_forms_of_an_english_word_meet():
    assert [len(found) for found in stems_of(ENGLISH)] == [1] * len(ENGLISH)


def test_forms_of_a_russian_word_meet_with_and_without_dots_on_the_letter():
    # The vowel of хлопок comes and goes: the stemmer keeps that form apart.
    assert [len(found) for found in stems_of(RUSSIAN)] == [1, 2, 1, 1, 1]


def test_forms_of_a_kazakh_word_meet():
    assert [len(found) for found in stems_of(KAZAKH, is_kazakh=True)] == [1] * len(KAZAKH)


def test_different_kazakh_words_stay_apart():
    firsts = [group.split()[0] for group in KAZAKH]
    assert len({stem(word, is_kazakh=True) for word in firsts}) == len(firsts)


def test_word_of_both_languages_has_one_stem():
    assert stem("станциялары", is_kazakh=True) == stem("станциями")


@pytest.mark.parametrize("word", ["", "风机", "316l", "м2", "a", "é", "x" * 64, "ко", "ұ"])
def test_what_is_no_word_of_letters_stays(word):
    assert stem(word) == word


@given(st.text(alphabet="абвдеилнрсты әғқңөұүі", max_size=20), st.booleans())
def test_stem_is_a_beginning_but_for_its_last_letter(word, is_kazakh):
    found = stem(word, is_kazakh=is_kazakh)
    assert (found[:-1], bool(found)) == (word[: max(0, len(found) - 1)], bool(word))


def test_texts_meet_in_any_form():
    assert set(tokenize("Очистка сточных вод")) & set(tokenize("сточной воды очисткой")) == set(
        tokenize("очистка сточных вод")
    )


def test_chinese_text_is_cut_as_before():
    assert tokenize("低温余热发电的PLC控制") == ["低温", "余热", "发电", "plc", "控制"]


def test_shared_words_are_shown_as_they_stand_in_the_text():
    one, other = "Лопасти ветрогенераторов, 低温", "Защита лопастей ветрогенератора 低温"
    words = matched_words(one, other, load_statistics())
    assert set(as_written(words, one)) == {"лопасти", "ветрогенераторов", "低温"}
    assert [fragment.text for fragment in mark(other, words) if fragment.marked] == [
        "лопастей ветрогенератора",
        "低温",
    ] or [fragment.text for fragment in mark(other, words) if fragment.marked] == [
        "лопастей",
        "ветрогенератора",
        "低温",
    ]
