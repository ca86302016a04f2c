"""Hashing of passwords, and the rules a new one must meet."""

import pytest

from matchmaker.domain.errors import Invalid
from matchmaker.services.passwords import check_new_password, hash_password, is_outdated, verify_password
from tests.cast import CHEAP, PASSWORD


def test_password_is_verified_by_its_hash_only() -> None:
    hashed = hash_password(PASSWORD, CHEAP)
    assert (verify_password(hashed, PASSWORD, CHEAP), verify_password(hashed, PASSWORD + " ", CHEAP)) == (True, False)


def test_password_hash_is_argon2id_with_its_own_salt() -> None:
    first, second = hash_password(PASSWORD, CHEAP), hash_password(PASSWORD, CHEAP)
    assert (first.startswith("$argon2id$"), first == second) == (True, False)


def test_password_typed_composed_or_decomposed_is_the_same() -> None:
    assert verify_password(hash_password("caf\u00e9 au lait", CHEAP), "cafe\u0301 au lait", CHEAP)


@pytest.mark.parametrize("typed", ["", PASSWORD, "x" * 1_000_000, "\x00", "😀" * 20])
def test_password_of_nobody_is_never_right(typed: str) -> None:
    assert not verify_password(None, typed, CHEAP)


def test_password_with_a_broken_hash_is_never_right() -> None:
    assert not verify_password("not a hash", PASSWORD, CHEAP)


def test_hash_of_other_parameters_is_outdated() -> None:
    cheap = hash_password(PASSWORD, CHEAP)
    assert (is_outdated(cheap), is_outdated(cheap, CHEAP)) == (True, False)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "密码至少需要 10 个字符，可以用几个词连成一句。"),
        ("九个汉字也是太短的", "密码至少需要 10 个字符，可以用几个词连成一句。"),
        ("x1y2z3" * 40, "密码最多 200 个字符。"),
        ("aaaaaaaaaaaa", "这个密码太常见，容易被猜中。"),
        ("Password2026!", "这个密码太常见，容易被猜中。"),
        ("alice.w-2026", "密码不能包含您的姓名、邮箱或手机号。"),
        ("13900001111!x", "密码不能包含您的姓名、邮箱或手机号。"),
        ("我是阿丽娅请让我进来吧", "密码不能包含您的姓名、邮箱或手机号。"),
    ],
)
def test_new_password_too_easy_to_guess_is_refused(password: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_new_password(password, ["阿丽娅", "alice.w@firm.example", "13900001111"])
    assert refused.value.errors == {"password": reason}


@pytest.mark.parametrize("password", [PASSWORD, "十个汉字的一句话也可以", "correct horse battery staple"])
def test_new_password_of_some_length_is_accepted(password: str) -> None:
    check_new_password(password, ["阿丽娅", None, "a@b.example", ""])
