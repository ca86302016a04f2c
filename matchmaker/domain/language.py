"""Visible text below the web floor: how it is marked, and how it is put into a person's language.

The marked text itself is the Chinese source. A text with values is a `Sentence`: a string in Chinese that remembers its
template, so that whoever reads it at last, on a page, in a mail, in a notice, can have it in another language.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from matchmaker.domain import formats
from matchmaker.domain.catalogues import message
from matchmaker.domain.errors import DomainError


class Language(StrEnum):
    """The languages of pages, mails and notices; what is stored of a person's choice."""

    CHINESE = "zh"
    ENGLISH = "en"
    RUSSIAN = "ru"


SOURCE = Language.CHINESE
# Each in its own language: whoever looks for it need not read another.
NAMES = {Language.CHINESE: "中文", Language.ENGLISH: "English", Language.RUSSIAN: "Русский"}


def N_(text: str) -> str:  # noqa: N802 - the gettext convention's own name
    """Return `text` unchanged: it only marks it for the message extractor."""
    return text


LIST_SEPARATOR = N_("、")


class Sentence(str):
    """A finished sentence that remembers its marked `template` and `values`, so that it can be translated later."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> "Sentence":
        """Fill the `%(name)s` places of `template`."""
        sentence = super().__new__(cls, template % values if values else template)
        sentence.template = template
        sentence.values = values
        return sentence


def joined(parts: Iterable[str], separator: str = "") -> Sentence:
    """Put texts one after another; each stays translatable by itself, and so does the separator."""
    values: dict[str, object] = {f"part{place}": part for place, part in enumerate(parts)}
    template = "%(separator)s".join(f"%({name})s" for name in values)
    return Sentence(template, **values, separator=separator)


def listed(parts: Iterable[str]) -> Sentence:
    """Put words into a list such as 甲、乙、丙."""
    return joined(parts, LIST_SEPARATOR)


def pack(value: object) -> object:
    """Return a sentence, or a value of one, as JSON can keep it."""
    if isinstance(value, Sentence):
        return {"template": value.template, "values": {name: pack(each) for name, each in value.values.items()}}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value if isinstance(value, int | float) else str(value)


def unpack(packed: Any) -> Any:
    """Return what was packed; a day or moment is one again, so that it is written as each language does."""
    if not isinstance(packed, dict):
        return packed
    if "template" in packed:
        template = packed["template"]
        return Sentence(template, **{name: unpack(value) for name, value in packed["values"].items()})
    return datetime.fromisoformat(packed["at"]) if "at" in packed else date.fromisoformat(packed["on"])


def read_language(text: object) -> Language | None:
    """Return the language that a stored or posted code means, or None."""
    return next((language for language in Language if language == text), None)


def translate(text: str | DomainError, language: Language | None) -> str:
    """Return marked text in a language, None for the source; `%` means something in a Sentence or an error only."""
    language = language or SOURCE
    if isinstance(text, DomainError):
        return _filled(text.sentence, text.values, language)
    if isinstance(text, Sentence):
        return _filled(text.template, text.values, language)
    return str(text) if language is SOURCE else message(text, language)


def _filled(template: str, values: dict[str, object], language: Language) -> str:
    text = translate(template, language)
    return text % {name: _value(value, language) for name, value in values.items()} if values else text


def _value(value: object, language: Language) -> object:
    if isinstance(value, str):
        return translate(value, language)
    if isinstance(value, datetime):
        return formats.moment(value, language)
    return formats.day(value, language) if isinstance(value, date) else value
