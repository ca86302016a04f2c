"""Shared words as people want to read them."""

from matchmaker.services.shared_words import telling


def test_telling_leaves_out_numbers_units_and_parts_of_longer_words() -> None:
    assert telling(["中尺度", "尺度", "4", "min", "料", "pm10", "叶片"], {"min"}) == ("中尺度", "叶片")


def test_telling_keeps_the_order_and_repeats_nothing() -> None:
    assert telling(["涂层", "叶片"]) == ("涂层", "叶片")
