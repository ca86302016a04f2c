"""Cleaning of typed text: control characters out, line ends and blanks made regular, words split."""

import math
import re
import unicodedata
from decimal import Decimal

from matchmaker.domain.language import N_, Sentence

WORD_MOST = 60
"""Characters of one keyword or one patent number."""

# Cc control, Cf format (zero-width and direction marks), Cs lone surrogates, Co private use, Cn unassigned.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SEPARATORS = re.compile(r"[、，,;；|\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_EMOJI_JOINER = "\u200d"
_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "空", "n/a", "na", "nan", "null", "none"})


class Unreadable(ValueError):
    """A value cannot be read; `sentence` tells the person what is expected."""

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = Sentence(sentence, **values)
        super().__init__(self.sentence)


def as_text(value: object) -> str:
    """Return a form's value or a spreadsheet's cell as text: whole floats without their point, nothing as ""."""
    if isinstance(value, (list, tuple)):
        return "、".join(filter(None, (as_text(part) for part in value)))
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def clean(text: str) -> str:
    """Return `text` in composed form, with line feeds as its only control characters."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c for c in text if c in "\n" + _EMOJI_JOINER or unicodedata.category(c) not in _UNSEEN)


def line(value: object) -> str:
    """Return a value as one line without surrounding or repeated blanks."""
    return " ".join(clean(as_text(value)).split())


def prose(value: object) -> str:
    """Return a value as paragraphs: no blanks at line ends, at most one blank line in a row."""
    text = "\n".join(row.rstrip() for row in clean(as_text(value)).split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip()


def folded(value: object) -> str:
    """Return a value as one line of half-width lower-case characters, for numbers, days and codes."""
    return unicodedata.normalize("NFKC", line(value)).strip().casefold()


def means_nothing(text: str) -> bool:
    """Whether people write this into a cell to say that there is nothing to say."""
    return text.casefold() in _NOTHING


def within(text: str, most: int) -> str:
    """Return `text` where it has at most `most` characters.

    Raises:
        Unreadable: it is longer.
    """
    if len(text) > most:
        raise Unreadable(N_("最多 %(most)d 个字，现在有 %(count)d 个，请精简。"), most=most, count=len(text))
    return text


def words(value: object, most: int) -> tuple[str, ...]:
    """Split a value into words at 、，,;； and line ends, the same word once.

    Blanks separate Chinese words too; "deep learning" and "PLC 控制" stay one. What was split is split no further.

    Raises:
        Unreadable: more than `most` words, or one longer than WORD_MOST characters.
    """
    found = _unique([line(part) for part in _parts(value)])
    if len(found) > most:
        raise Unreadable(N_("最多 %(most)d 个，现在有 %(count)d 个，请删去一些。"), most=most, count=len(found))
    for word in found:
        if len(word) > WORD_MOST:
            raise Unreadable(N_("“%(word)s…”太长，请用顿号或逗号分开。"), word=word[:12])
    return found


def _parts(value: object) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in _parts(item)]
    return [word for part in _SEPARATORS.split(clean(as_text(value))) for word in _at_blanks(part)]


def _at_blanks(part: str) -> list[str]:
    blanks = part.split()
    return blanks if all(_CHINESE.search(word) for word in blanks) else [part]


def _unique(found: list[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for word in found:
        if not means_nothing(word):
            first.setdefault(word.casefold(), word)
    return tuple(first.values())
