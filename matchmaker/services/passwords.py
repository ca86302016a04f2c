"""Passwords: hashing with argon2id, and the rules a new one must meet. Knows nothing of the database."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_

# The second recommended option of RFC 9106, section 4 (64 MiB, 3 passes): the library's own default, written out so
# that a new release of it does not change what is stored unnoticed.
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)

SHORTEST = 10
# Beyond any password that is typed; without a limit a request of a megabyte would be hashed.
LONGEST = 200
FEWEST_DIFFERENT = 5
COMMON = ("password", "qwertyuiop", "1234567890", "0123456789", "9876543210", "woaini", "iloveyou", "abcdefghij")
SHORTEST_PART = 4


def hash_password(password: str, hasher: PasswordHasher = HASHER) -> str:
    """Return the argon2id hash of `password`, with its parameters and salt."""
    return hasher.hash(_normalise(password))


def verify_password(password_hash: str | None, password: str, hasher: PasswordHasher = HASHER) -> bool:
    """Whether `password` belongs to the hash.

    Without a hash (no such user, or one who never set a password) the same work is done in vain, so that the time
    an answer takes does not tell who has an account.
    """
    if len(password) > LONGEST:
        return False
    try:
        hasher.verify(_nobodys_hash(hasher) if password_hash is None else password_hash, _normalise(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str, hasher: PasswordHasher = HASHER) -> bool:
    """Whether the hash was made with other parameters than today's and should be made anew at the next log-in."""
    return hasher.check_needs_rehash(password_hash)


def check_new_password(password: str, personal: Iterable[str | None] = ()) -> None:
    """Refuse a password that is too easy to guess; `personal` are texts that it must not contain (name, e-mail).

    Raises:
        Invalid: with a sentence saying which rule is broken, under the field `password`.
    """
    sentence = _complaint(unicodedata.normalize("NFC", password), personal)
    if sentence:
        raise Invalid(sentence, {"password": sentence})


def _complaint(password: str, personal: Iterable[str | None]) -> str | None:
    lowered = password.casefold()
    if len(password) < SHORTEST:
        return N_("密码至少需要 10 个字符，可以用几个词连成一句。")
    if len(password) > LONGEST:
        return N_("密码最多 200 个字符。")
    if len(set(lowered)) < FEWEST_DIFFERENT or lowered.startswith(COMMON):
        return N_("这个密码太常见，容易被猜中。")
    if any(part in lowered for text in personal for part in _parts(text)):
        return N_("密码不能包含您的姓名、邮箱或手机号。")
    return None


def _parts(text: str | None) -> list[str]:
    """Return what is recognisable of a name, an e-mail address (its local part) or a number."""
    local = (text or "").casefold().partition("@")[0].strip()
    shortest = SHORTEST_PART if local.isascii() else 2
    return [local] if len(local) >= shortest else []


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    return hasher.hash("")


def _normalise(password: str) -> bytes:
    # The same character typed on two keyboards may arrive composed or decomposed (RFC 8265, section 4.2.2).
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
