"""Sketches: what they estimate lies near what is so, and they are the same on every machine."""

import random

import numpy as np

from matchmaker.search.sketches import PLACES, contained, sketch, stacked

WORDS = [chr(code) for code in range(0x4E00, 0x4E00 + 400)]


def text(seed, length=600):
    chooser = random.Random(seed)
    return "".join(chooser.choice(WORDS) for _ in range(length))


def estimate(one, *others):
    made = [sketch(other) for other in others]
    sizes = np.array([other.size for other in made])
    return list(contained(sketch(one), sizes, stacked([other.to_bytes() for other in made])))


def test_equal_texts_are_contained_and_others_are_not():
    assert estimate(text(1), text(1), text(2)) == [1.0, 0.0]


def test_signs_width_and_case_do_not_count():
    assert estimate("采用ＡＢＣ型 催化剂，提高收率", "采用abc型催化剂提高收率！") == [1.0]


def test_half_a_text_is_estimated_as_half():
    half = text(1)[:300] + text(3)[:300]
    [found] = estimate(text(1), half)
    assert 0.35 < found < 0.65


def test_a_short_text_within_a_long_one_is_contained():
    [found] = estimate(text(1, 2000), text(1, 2000)[700:1000])
    assert found > 0.6


def test_a_text_shorter_than_a_run_is_contained_in_nothing():
    assert sketch("短").size == 0
    assert estimate("短", text(1)) == [0.0]
    assert estimate(text(1), "短") == [0.0]
    assert list(contained(sketch(text(1)), np.array([]), np.empty((0, PLACES), dtype=np.uint32))) == []


def test_a_sketch_is_the_same_everywhere():
    # Stored ones are compared with those of later days: a change needs another METHOD.
    assert sketch("风电叶片低温除冰涂层").places[:3].tolist() == [182165154, 249447004, 1365642599]
