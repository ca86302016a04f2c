"""The catalogues: everything that is marked is translated, into every language, with the same places for values."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from matchmaker.domain.language import SOURCE, Language
from scripts.translations import LANGUAGES, extract, missing, read

# Chinese characters and Chinese punctuation: neither belongs into another language.
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
PLACE = re.compile(r"%\(\w+\)[a-z]|%%|%(?!\()")


@pytest.fixture(scope="module")
def marked() -> Catalog:
    """Return every marked text of the project."""
    return extract()


def _pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Yield (text, translation); of a text with a number, one for each form."""
    for message in catalogue:
        if message.id and not message.fuzzy:
            yield from _forms(message)


def _forms(message: Message) -> Iterator[tuple[str, str]]:
    strings = (message.string,) if isinstance(message.string, str) else message.string
    text = message.id if isinstance(message.id, str) else message.id[0]
    yield from ((text, string) for string in strings if string)


def _edges(text: str) -> tuple[str, str]:
    """Return the line breaks around a text: parts of mails are put one after another."""
    return text[: len(text) - len(text.lstrip("\n"))], text[len(text.rstrip("\n")) :]


def test_every_language_but_the_source_has_a_catalogue() -> None:
    assert set(LANGUAGES) == set(Language) - {SOURCE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_marked_text_is_translated(marked: Catalog, language: Language) -> None:
    catalogue = read(language)
    unknown = [
        str(message.id) for message in marked if message.id and catalogue.get(message.id, message.context) is None
    ]
    assert unknown + missing(catalogue) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_places_of_their_texts(language: Language) -> None:
    pairs = list(_pairs(read(language)))
    assert [pair for pair in pairs if sorted(PLACE.findall(pair[0])) != sorted(PLACE.findall(pair[1]))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_hold_nothing_chinese(language: Language) -> None:
    assert [pair for pair in _pairs(read(language)) if CHINESE.search(pair[1])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_line_breaks_of_their_texts(language: Language) -> None:
    assert [pair for pair in _pairs(read(language)) if _edges(pair[0]) != _edges(pair[1])] == []


# Names of files and of measures; a text that looks English beside them was never translated.
LATIN = {"nDCG@10", "SHA-256", "Alt"}
WORD = re.compile(r"[A-Za-z]{3,}")


def test_russian_is_written_in_cyrillic() -> None:
    """A text that has the same words in English is a name; any other without a Cyrillic letter is English left over."""
    english = {(m.id if isinstance(m.id, str) else tuple(m.id), m.context): m.string for m in read(Language("en"))}
    left = [
        message.id
        for message in read(Language("ru"))
        if isinstance(message.id, str)
        and message.id
        and not re.search("[а-яё]", str(message.string), re.IGNORECASE)
        and " " in PLACE.sub("", str(message.string)).strip()
        and len([word for word in WORD.findall(PLACE.sub("", str(message.string))) if word not in LATIN]) > 1
        and message.string == english.get((message.id, message.context))
    ]
    assert left == []
