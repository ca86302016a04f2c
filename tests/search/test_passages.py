"""Shared passages: found whatever their order, unmoved by small edits and signs, and never one over another."""

import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.search.passages import marked, shared_part, shared_passages

ONE = "戈壁风场叶片前缘受沙粒冲蚀严重，需要在低温下可靠附着的防护材料。单支叶片停机不超过一天。"
MOVED = "单支叶片停机不超过一天；戈壁风场叶片前缘受沙粒冲蚀严重，需要在低温下可靠附着的防护材料。"


def texts(one, other):
    return [(one[p.start : p.end], other[p.other_start : p.other_end]) for p in shared_passages(one, other)]


def test_a_text_shares_all_with_itself():
    assert texts(ONE, ONE) == [(ONE[:-1], ONE[:-1])]
    assert shared_part(ONE, ONE, shared_passages(ONE, ONE)) == 1.0


def test_moved_sentences_are_found_where_they_stand():
    first, second = "戈壁风场叶片前缘受沙粒冲蚀严重，需要在低温下可靠附着的防护材料", "单支叶片停机不超过一天"
    assert texts(ONE, MOVED) == [(first, first), (second, second)]
    assert shared_part(ONE, MOVED, shared_passages(ONE, MOVED)) == 1.0


def test_blanks_width_case_and_signs_do_not_part_a_passage():
    assert texts("采用ＡＢＣ型 催化剂，提高收率", "采用abc型催化剂提高收率！") == [
        ("采用ＡＢＣ型 催化剂，提高收率", "采用abc型催化剂提高收率")
    ]


def test_short_phrases_that_everybody_writes_are_no_passages():
    assert texts("希望提高产品质量，降低棉花含杂率", "希望提高产品质量？不，提高羊毛细度") == [
        ("希望提高产品质量", "希望提高产品质量")
    ]
    assert texts("提高产品质量和收率", "提高产品质量与速度") == []


def test_a_changed_word_parts_a_passage_in_two():
    other = ONE.replace("沙粒冲蚀", "风沙磨蚀")
    assert len(shared_passages(ONE, other)) == 2
    assert 0.85 < shared_part(ONE, other, shared_passages(ONE, other)) < 1


def test_marked_fragments_joined_are_the_text():
    ranges = [(passage.start, passage.end) for passage in shared_passages(ONE, MOVED)]
    assert "".join(fragment.text for fragment in marked(ONE, ranges)) == ONE
    assert [fragment.marked for fragment in marked(ONE, ranges)] == [True, False, True, False]


def test_nothing_is_shared_with_nothing():
    assert shared_passages("", ONE) == ()
    assert shared_part("", ONE, ()) == 0.0


@settings(max_examples=60)
@given(st.text("甲乙丙ab，。 ", max_size=120), st.text("甲乙丙ab，。 ", max_size=120))
def test_passages_are_equal_and_do_not_overlap(one, other):
    passages = shared_passages(one, other, least=3)
    ends = {"here": 0}
    for passage in passages:
        assert passage.start >= ends["here"]
        ends["here"] = passage.end
    there = sorted((passage.other_start, passage.other_end) for passage in passages)
    assert all(before[1] <= after[0] for before, after in pairwise(there))
    assert shared_part(one, other, passages) <= 1.0
    swapped = shared_passages(other, one, least=3)
    assert sum(p.length for p in swapped) > 0 or sum(p.length for p in passages) == 0


def test_repetition_is_compared_in_good_time():
    started = time.monotonic()
    shared_passages("低温除冰涂层" * 1000, "低温除冰涂层" * 900)
    shared_passages("涂" * 6000, "涂" * 6000)
    assert time.monotonic() - started < 5
