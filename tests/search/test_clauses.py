"""Sentences of four languages and of hand-numbered lists, whatever people write."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.search.clauses import HARD_LIMIT, MAX_CHARACTERS, clauses


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in clauses(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("叶片要防冰。停机损失很大！能否现场施工？", ["叶片要防冰。", "停机损失很大！", "能否现场施工？"]),
        ("附着力不低于5.5MPa；寿命三年以上；", ["附着力不低于5.5MPa；", "寿命三年以上；"]),
        ("一、背景说明如下所述\n二、技术要求如下所述", ["背景说明如下所述", "技术要求如下所述"]),
        ("1、防止叶片覆冰 2、适用低温环境", ["防止叶片覆冰", "适用低温环境"]),
        ("①现场喷涂施工；②运行中不停机（3）造价更低一些", ["现场喷涂施工；", "运行中不停机（3）造价更低一些"]),
        ("主要指标：1.附着力不低于5兆帕；2.寿命不短于三年", ["主要指标：1.附着力不低于5兆帕；", "寿命不短于三年"]),
        (
            "Нужна очистка вод, т.е. фильтр (см. рис. 3). Расход воды 3.5 л.",
            ["Нужна очистка вод, т.е. фильтр (см. рис. 3).", "Расход воды 3.5 л."],
        ),
        (
            "The yield, e.g. in Fig. 3, is 3.5 kg. The next step follows!",
            ["The yield, e.g. in Fig. 3, is 3.5 kg.", "The next step follows!"],
        ),
        (
            "Жабын аязда жарылмауы керек. Жұмысты далада орындау мүмкін.",
            ["Жабын аязда жарылмауы керек.", "Жұмысты далада орындау мүмкін."],
        ),
        ("- 防止叶片覆冰\n- 适用低温环境", ["防止叶片覆冰", "适用低温环境"]),
        ("短。也短。这一句话足够长了。", ["短。也短。这一句话足够长了。"]),
        ("防冰", ["防冰"]),
        ("", []),
        ("。。。\n\n——", []),
    ],
)
def test_clauses_of_text(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


def test_clauses_cut_a_long_sentence_at_its_commas() -> None:
    text = "，".join(f"第{number}部分讲的是节水灌溉与土壤盐分监测" for number in "一二三四五六") + "。"
    parts = cut(text)
    assert "，".join(parts) == text
    assert {20 < len(part) < 60 for part in parts} == {True}


def test_clauses_of_letters_without_end_are_bounded() -> None:
    assert {len(part) for part in cut("a" * 1200)} == {HARD_LIMIT}
    assert clauses("字" * (MAX_CHARACTERS + 500))[-1].end == MAX_CHARACTERS


@pytest.mark.parametrize("text", ["1、", "字，", ".", "a. ", "(", "е."])
def test_clauses_of_hostile_repetition_take_no_time(text: str) -> None:
    begun = time.perf_counter()
    clauses(text * MAX_CHARACTERS)
    assert time.perf_counter() - begun < 2


@given(st.text(alphabet="a.б。，1、（( \n①字", max_size=200))
def test_clauses_lie_apart_in_order_and_hold_every_letter(text: str) -> None:
    spans = clauses(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(span.start < span.end for span in spans)
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert {text[place] for place in range(len(text)) if place not in covered} <= set(".。，1、（( \n①")
