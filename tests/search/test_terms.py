"""Terms: found in any form, said in the other languages, and hostile text is no harm."""

import csv
from importlib.resources import files

import pytest

from matchmaker.search.keywords import KeywordEntry, KeywordIndex
from matchmaker.search.terms import MOST_TERMS, Term, TermList, read_wordings, shipped_terms
from matchmaker.search.text import tokenize

TERMS = TermList(
    (
        Term(("风力发电机", "风电机组"), ("wind turbine",), ("ветрогенератор",), ("жел генераторы",)),
        Term(("滴灌",), ("drip irrigation",), ("капельное орошение",), ()),
        Term(("铜", "铜矿"), ("copper",), ("медь",), ()),
        Term(("PLC",), ("programmable logic controller",), (), ()),
    )
)


def said(text):
    return [{" ".join(phrase) for phrase in phrases} for phrases in TERMS.expand(text)]


def test_shipped_list_is_long_and_each_term_has_three_languages():
    terms = shipped_terms()
    assert (len(terms) >= 500, [term.zh for term in terms if not (term.zh and term.en and term.ru)]) == (True, [])


def test_shipped_list_names_each_chinese_wording_once():
    wordings = [wording for term in shipped_terms() for wording in term.zh]
    assert len(wordings) == len(set(wordings))


def test_shipped_file_holds_no_more_than_its_columns():
    rows = csv.reader((files("matchmaker.search") / "terms.csv").read_text(encoding="utf-8").splitlines())
    assert {len(row) for row in rows} == {5}


@pytest.mark.parametrize(
    "text", ["ветрогенераторы", "Ветрогенераторов парк", "wind turbines", "WIND TURBINE", "жел генераторының"]
)
def test_any_form_of_a_term_is_said_in_chinese(text):
    assert "风力 发电 电机 发电机" in said(text)[0] or "风力 发电" in said(text)[0]


def test_chinese_term_is_said_in_the_other_languages_only():
    assert said("大型风电机组叶片") == [
        {" ".join(tokenize(word)) for word in ("wind turbine", "ветрогенератор", "жел генераторы")}
    ]


def test_wordings_of_the_language_of_the_text_are_not_looked_for():
    assert said("风力发电机（wind turbine）") == [{"ветрогенератор", " ".join(tokenize("жел генераторы"))}]


def test_one_character_counts_in_no_chinese_word():
    assert (said("青铜器"), said("铜矿石")) == ([], [{"copper", "мед"}])


def test_mixed_scripts_find_terms_of_each():
    assert len(said("капельное орошение с PLC для 铜矿")) == 3


@pytest.mark.parametrize("text", ["", " ", "\x00", "😀", "1234", "\ud800"])
def test_text_without_terms_is_not_widened(text):
    assert TERMS.expand(text) == []


def test_huge_text_is_widened_by_so_many_terms():
    many = TermList(Term((f"术语{number:03}号",), (f"term{number}x",), (), ()) for number in range(100))
    assert len(many.expand("，".join(f"术语{number:03}号" for number in range(100)) * 500)) == MOST_TERMS


def test_counterparts_are_the_words_of_the_other_text():
    assert set(TERMS.counterparts("ветрогенераторы", "高原风力发电机组设计")) == {
        "风力",
        "发电",
        "电机",
        "发电机",
    } & set(tokenize("高原风力发电机组设计"))


def test_wordings_of_a_cell_are_parted_and_named_once():
    assert read_wordings(" wind  turbine |ветряк||wind turbine") == ("wind turbine", "ветряк")


def test_keyword_index_wants_all_words_of_one_wording(tmp_path):
    index = KeywordIndex(tmp_path / "keywords")
    writer = index.writer()
    titles = {1: "капельное орошение хлопка", 2: "орошение садов", 3: "ремонт насосов"}
    for number, title in titles.items():
        writer.replace(number, [KeywordEntry(number, "open", "need/open", tokenize(title), ())])
    writer.commit(1)
    writer.close()
    index.reload()
    assert [hit.id for hit in index.search(["滴灌"], ["need/open"], 9, TERMS.expand("滴灌"))] == [1]
    assert [hit.id for hit in index.search(["насос"], ["need/open"], 9, TERMS.expand("滴灌"))] == [3, 1] or [
        hit.id for hit in index.search(["насос"], ["need/open"], 9, TERMS.expand("滴灌"))
    ] == [1, 3]
