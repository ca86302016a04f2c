"""Reading of e-mail addresses, phone numbers, credit codes and names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from matchmaker.services.identifiers import (
    comparable_name,
    read_credit_code,
    read_email,
    read_login,
    read_mobile,
    read_organization_name,
    read_person_name,
)
from matchmaker.services.reading.text import Unreadable

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BAD_INPUT = ["", " ", "x" * 1_000_000, "😀", "<script>alert(1)</script>", "' OR 1=1 --", "\x00", "1\n2", "\ud800"]


def _with_check_character(first_seventeen: str) -> str:
    return first_seventeen + uscc.calc_check_digit(first_seventeen)


def _texts(alphabet: str, length: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=length, max_size=length)


valid_codes = st.builds(
    lambda office, region, body: _with_check_character(office + region + body),
    _texts(ALPHABET, 2),
    _texts("0123456789", 6),
    _texts(ALPHABET, 9),
)


@given(valid_codes)
def test_credit_code_with_its_check_character_is_read(code: str) -> None:
    assert read_credit_code(code) == code


@given(valid_codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_credit_code_with_any_single_wrong_character_is_refused(code: str, place: int, character: str) -> None:
    if code[place] == character:
        return
    with pytest.raises(Unreadable):
        read_credit_code(code[:place] + character + code[place + 1 :])


@given(valid_codes, st.integers(8, 15))
def test_credit_code_with_two_neighbours_swapped_is_refused(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped == code:
        return
    with pytest.raises(Unreadable):
        read_credit_code(swapped)


@given(st.text())
def test_credit_code_of_any_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Unreadable, match="统一社会信用代码"):
        read_credit_code(text + "I")  # a letter that no code contains


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        # Published by their owners: Tsinghua University, Huawei Technologies, Peking University.
        ("12100000400000624D", "12100000400000624D"),
        (" 914403001922038216 ", "914403001922038216"),
        ("12100000400002259p", "12100000400002259P"),
        ("９１４４０３００１９２２０３８２１６", "914403001922038216"),
        ("9144 0300 1922 0382 16", "914403001922038216"),
    ],
)
def test_credit_code_of_a_known_organization_is_read(typed: str, read: str) -> None:
    assert read_credit_code(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Alice@Firm.Example", "alice@firm.example"),
        ("  alice@firm.example\n", "alice@firm.example"),
        ("alice@例子.公司", "alice@例子.公司"),
    ],
)
def test_email_is_read_in_one_form(typed: str, read: str) -> None:
    assert read_email(typed) == read


@pytest.mark.parametrize(
    "typed", [*BAD_INPUT, "alice", "alice@", "@firm.example", "a b@firm.example", "张三@firm.example"]
)
def test_email_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_email(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("139 0000-1111", "13900001111"),
        ("+86 13900001111", "13900001111"),
        ("0086-139-0000-1111", "13900001111"),
        ("１３９００００１１１１", "13900001111"),
        ("+7 (727) 250-12-34", "+77272501234"),
        ("007 727 250 1234", "+77272501234"),
    ],
)
def test_mobile_is_read_in_one_form(typed: str, read: str) -> None:
    assert read_mobile(typed) == read


@pytest.mark.parametrize("typed", [*BAD_INPUT, "1390000111", "12900001111", "+8612900001111", "+1", "88888888888"])
def test_mobile_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_mobile(typed)


@pytest.mark.parametrize("typed", BAD_INPUT)
def test_login_of_any_input_is_short_text(typed: str) -> None:
    assert len(read_login(typed)) <= 254


def test_login_is_read_as_it_is_stored() -> None:
    assert [read_login("Alice@Firm.Example"), read_login("+86 139 0000 1111")] == ["alice@firm.example", "13900001111"]


@pytest.mark.parametrize("read", [read_person_name, read_organization_name])
@pytest.mark.parametrize("typed", ["", " \t ", "\x00\x01", "长" * 201])
def test_name_that_is_empty_or_endless_is_refused(read: object, typed: str) -> None:
    with pytest.raises(Unreadable):
        read(typed)  # type: ignore[operator]


def test_name_is_one_line_without_control_characters() -> None:
    assert read_person_name(" 阿丽\x00娅\r\n Anna ") == "阿丽娅 Anna"


def test_names_of_one_organization_compare_equal() -> None:
    assert comparable_name("天山（新疆） 机械ＡＢ") == comparable_name("天山(新疆)机械ab")
