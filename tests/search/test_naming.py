"""Names of groups: telling words, known terms, nothing that only one text of several says."""

from matchmaker.search.naming import NamedText, name_groups
from matchmaker.search.terms import Term, TermList

LITHIUM = Term(zh=("锂电池",), en=("lithium battery",), ru=("литиевый аккумулятор",), kk=())
TERMS = TermList([LITHIUM])
TEXTS = [
    NamedText("锂电池低温放电衰减", "电池在低温下容量下降。"),
    NamedText("锂电池热失控预警", "电池包温度升高时预警。"),
    NamedText("棉花采摘机器人", "识别棉花并采摘。"),
    NamedText("棉花病虫害识别", "用图像识别棉花病虫害。"),
]


def said(words):
    return [word.wordings["zh"] for word in words]


def test_groups_are_named_by_what_several_titles_say():
    battery, cotton = name_groups(TEXTS, [0, 0, 1, 1], TERMS)
    assert (said(battery)[0], said(cotton)[0]) == ("锂电池", "棉花")


def test_words_of_one_text_do_not_name_a_group_that_shares_some():
    _, cotton = name_groups(TEXTS, [0, 0, 1, 1], TERMS)
    assert {"采摘", "病虫害"} & set(said(cotton)) == set()


def test_known_terms_bring_their_wordings_and_who_says_them():
    battery, _ = name_groups(TEXTS, [0, 0, 1, 1], TERMS)
    assert (dict(battery[0].wordings), battery[0].holders) == (
        {"zh": "锂电池", "en": "lithium battery", "ru": "литиевый аккумулятор"},
        (0, 1),
    )


def test_a_text_of_another_language_is_named_by_the_same_term():
    texts = [NamedText("Lithium battery safety", "Thermal runaway."), TEXTS[0]]
    assert said(name_groups(texts, [0, 0], TERMS)[0])[:1] == ["锂电池"]


def test_foreign_words_are_spelled_as_written():
    texts = [NamedText("ADAS开发", ""), NamedText("商用车ADAS", "")]
    assert said(name_groups(texts, [0, 0], TERMS)[0]) == ["ADAS"]


def test_nothing_to_name_gives_no_names():
    assert (name_groups([], [], TERMS), name_groups([NamedText("", "")], [0], TERMS)) == ([], [()])
