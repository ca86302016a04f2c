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


# Russian of Latin letters alone. A text with a word left once these names and file endings are out is English.
NAMES = re.compile(r"\b(matchmaker|Excel|Word|FAISS|SHA-256|nDCG@10|MAE|PDF|RSS|DOI|Alt)\b|\.(xlsx|docx|pptx|pdf)\b")
# Names of downloads: written in Latin letters, which every disk and mail program keeps, but in Russian words.
DOWNLOADS = {
    "谢绝原因-%(name)s-%(year)s年第%(n)s季度",
    "技术需求导入模板",
    "科技成果导入模板",
    "匹配-%(day)s.xlsx",
    "征集进度_%(title)s.xlsx",
    "报名名单_%(title)s",
    "路演节目单_%(title)s.pdf",
    "路演演示模板.pptx",
    "路演结果_%(title)s.pdf",
}


def test_russian_is_written_in_cyrillic() -> None:
    left = [
        (text, string)
        for text, string in _pairs(read(Language("ru")))
        if text not in DOWNLOADS
        and not re.search("[а-яё]", string, re.IGNORECASE)
        and re.search("[A-Za-z]{2,}", NAMES.sub("", PLACE.sub("", string)))
    ]
    assert left == []


def test_russian_names_of_downloads_are_not_the_english_ones() -> None:
    english, russian = (dict(_pairs(read(Language(name)))) for name in ("en", "ru"))
    assert [text for text in DOWNLOADS if russian[text] == english[text]] == []
