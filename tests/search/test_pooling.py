from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matchmaker.search.pooling import SLACK, Piece, Span, encode_pieces, split, unit_rows


def characters(text: str) -> list[Span]:
    return [(place, place + 1) for place in range(len(text))]


def pieces_of(text: str, window: int) -> list[str]:
    return [piece.text for piece in split(text, characters(text), window)]


def test_split_leaves_a_text_that_fits_alone() -> None:
    assert split("风电机组", characters("风电机组"), 4) == [Piece("风电机组", 4)]


def test_split_gives_an_empty_text_one_piece() -> None:
    assert split("", [], 4) == [Piece("", 1)]


def test_split_cuts_behind_the_last_sentence_in_the_later_half() -> None:
    assert pieces_of("一二。三四五。六，七八九十甲乙丙丁", 10 + SLACK) == ["一二。三四五。", "六，七八九十甲乙丙丁"]


def test_split_cuts_behind_a_clause_where_no_sentence_ends() -> None:
    assert pieces_of("一二三四五六七，八九十甲乙丙丁戊", 10 + SLACK) == ["一二三四五六七，", "八九十甲乙丙丁戊"]


def test_split_cuts_at_the_window_where_nothing_ends() -> None:
    assert pieces_of("一" * 25, 10 + SLACK) == ["一" * 10, "一" * 10, "一" * 5]


def test_split_takes_a_line_break_for_the_end_of_a_sentence() -> None:
    text = "abcdefg\n hijklmnop"
    spans = [span for span in characters(text) if not text[span[0]].isspace()]
    assert [piece.text for piece in split(text, spans, 9 + SLACK)] == ["abcdefg\n ", "hijklmnop"]


@pytest.mark.parametrize(("text", "first"), [("abcdef. ghijklmnop", "abcdef. "), ("abcdef3.5ghijklmno", "abcdef3.5g")])
def test_split_tells_a_full_stop_from_a_decimal_point(text: str, first: str) -> None:
    spans = [span for span in characters(text) if text[span[0]] != " "]
    assert split(text, spans, 10 + SLACK)[0].text == first


@settings(deadline=None)  # the machine may be busy
@given(st.text("一二。，a. \n", max_size=200), st.integers(SLACK + 1, 40))
def test_split_keeps_every_character_and_respects_the_window(text: str, window: int) -> None:
    found = split(text, characters(text), window)
    assert "".join(piece.text for piece in found) == text
    assert max(piece.tokens for piece in found) <= window
    assert sum(piece.tokens for piece in found) == max(len(text), 1)


def test_encode_pieces_weighs_by_tokens_and_renormalises() -> None:
    rows = {"a": [1.0, 0.0], "b": [0.0, 1.0], "c": [0.6, 0.8]}

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([rows[text] for text in texts], np.float32)

    found = encode_pieces([[Piece("a", 30), Piece("b", 40)], [Piece("c", 5)]], encode)
    assert found == pytest.approx(np.array([[0.6, 0.8], [0.6, 0.8]]), abs=1e-6)


def test_unit_rows_have_length_one_and_leave_zero_alone() -> None:
    assert unit_rows(np.array([[3, 4], [0, 0]], np.float32)).tolist() == [
        [pytest.approx(0.6), pytest.approx(0.8)],
        [0, 0],
    ]
