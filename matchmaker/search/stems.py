"""Words of English, Russian and Kazakh without their endings, so that a word is found in whatever form it stands.

English and Russian by the Snowball stemmers. There is none for Kazakh, whose endings follow one another in a fixed
order: those of case, person and number are taken off here, never those that make one word of another.
"""

import re
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

RULES = 1
"""Rises with any change of the rules below: other stems give other scores and need another keyword index."""

_LATIN = re.compile(r"[a-z]{3,}")
_CYRILLIC = re.compile(r"[\u0400-\u052f]{3,}")
_KAZAKH_LETTER = re.compile("[әғқңөұүһі]")
# A word of Kazakh letters only where Russian has them too, and this long, is mostly a word of both languages.
_LEAST_SHARED = 6
# From the end of a word to its stem, with how much must be left of it; of each group at most one ending is taken off,
# the longest that fits.
_KAZAKH_ENDINGS = (
    # cases, with that which is in a place or time: of, to, from, in, with, whom
    (
        3,
        "дағы дегі тағы тегі ндағы ндегі ның нің дың дің тың тің нан нен дан ден тан тен нда нде "
        "мен бен пен ды ді ты ті",
    ),
    (4, "да де та те ға ге қа ке на не ны ні"),
    # whose
    (3, "ларымыз леріміз ымыз іміз мыз міз ыңыз іңіз ын ін сын сін сы сі ы і"),
    # many
    (3, "лар лер дар дер тар тер"),
    # what remains of a stem before the endings above
    (3, "ы і"),
)
# Before an ending that begins with a vowel қ, к and п become ғ, г and б.
_HARDENED = str.maketrans("ғгб", "қкп")


def stem(word: str, *, is_kazakh: bool = False) -> str:
    """Return the stem of a normalised word of letters; anything else comes back as it is.

    `is_kazakh` says that a Cyrillic word stands in a Kazakh text.
    """
    if _LATIN.fullmatch(word):
        return _english(word)
    if not _CYRILLIC.fullmatch(word):
        return word
    word = word.replace("ё", "е")
    if is_kazakh or _KAZAKH_LETTER.search(word):
        word = _kazakh(word)
        is_shared = len(word) >= _LEAST_SHARED and not _KAZAKH_LETTER.search(word)
        return _russian(word) if is_shared else word
    return _russian(word)


def stems_version() -> str:
    """Return what changes whenever a word may get another stem."""
    return f"{version('snowballstemmer')}-{RULES}"


@lru_cache(maxsize=1 << 15)
def _english(word: str) -> str:
    return str(_stemmer("english").stemWord(word))


@lru_cache(maxsize=1 << 15)
def _russian(word: str) -> str:
    return str(_stemmer("russian").stemWord(word))


@lru_cache(maxsize=1 << 15)
def _kazakh(word: str) -> str:
    for least, endings in _ending_groups():
        fitting = (ending for ending in endings if word.endswith(ending) and len(word) - len(ending) >= least)
        word = word.removesuffix(next(fitting, ""))
    return word[:-1] + word[-1].translate(_HARDENED)


@cache
def _ending_groups() -> tuple[tuple[int, tuple[str, ...]], ...]:
    return tuple((least, tuple(sorted(group.split(), key=len, reverse=True))) for least, group in _KAZAKH_ENDINGS)


@cache
def _stemmer(language: str) -> Any:
    # By its class: the package's own door would prefer another library where that happens to be installed.
    from importlib import import_module

    module = import_module(f"snowballstemmer.{language}_stemmer")
    return getattr(module, f"{language.capitalize()}Stemmer")()
