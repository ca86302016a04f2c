"""Technical terms in four languages: a word of a query in one language finds texts in the others.

The list that comes with the package (`terms.csv`) was written for this project: terms of the city's industries in
Chinese, English and Russian, and in Kazakh where that is certain. A site changes it (see services/terms.py). Several
wordings in one language are parted by "|". Terms widen recall only; they never change a score.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from matchmaker.search.languages import LANGUAGES
from matchmaker.search.text import normalise, tokenize

MOST_TERMS = 20
"""Terms of one text that are looked for in other languages, those of its beginning first."""
MOST_CHARACTERS = 20_000
SEPARATOR = "|"
# Parts of a longer Chinese word stand in the index by themselves: the word as a whole may be part of a longer one.
_LONGEST_PART = 3

Phrase = tuple[str, ...]
"""Words as `tokenize` gives them, all of which a text must hold."""


@dataclass(frozen=True, slots=True)
class Term:
    """One concept: its wordings in each language, the preferred one first; `industry` is a code of ours."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    ru: tuple[str, ...]
    kk: tuple[str, ...]
    industry: str = ""

    def wordings(self, language: str) -> tuple[str, ...]:
        """Return the wordings in one of LANGUAGES."""
        found: tuple[str, ...] = getattr(self, language)
        return found


class TermList:
    """Finds terms in texts. Made once for a list (a tenth of a second), then used for any number of texts."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms = tuple(terms)
        # Chinese wordings by their first two characters, others by their first word; the longest first.
        self._chinese: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._worded: dict[str, list[tuple[Phrase, int, str]]] = defaultdict(list)
        for number, term in enumerate(self._terms):
            for language in LANGUAGES:
                for wording in term.wordings(language):
                    self._add(normalise(wording), number, language)
        for chinese in self._chinese.values():
            chinese.sort(key=lambda found: -len(found[0]))
        for worded in self._worded.values():
            worded.sort(key=lambda found: -len(found[0]))

    def __len__(self) -> int:
        """How many terms there are."""
        return len(self._terms)

    def expand(self, text: str, most: int = MOST_TERMS) -> list[tuple[Phrase, ...]]:
        """Return for each term of `text` its wordings in the languages in which the text does not say it, as phrases.

        At most `most` terms, in the order in which the text says them, Chinese ones first.
        """
        said: dict[int, set[str]] = defaultdict(set)
        for number, language in self._find(text[:MOST_CHARACTERS]):
            said[number].add(language)
        phrases = (self._phrases(number, languages) for number, languages in said.items())
        return [found for found in phrases if found][:most]

    def said(self, text: str) -> list[Term]:
        """Return the terms that `text` says in any language, each once, in the order of their first wording."""
        numbers = (number for number, _ in self._find(text[:MOST_CHARACTERS]))
        return [self._terms[number] for number in dict.fromkeys(numbers)]

    def counterparts(self, text: str, other: str) -> list[str]:
        """Return the words of `other` by which it says in another language what `text` says, as `tokenize` does."""
        held = set(tokenize(other[:MOST_CHARACTERS]))
        found = (phrase for phrases in self.expand(text) for phrase in phrases if held.issuperset(phrase))
        return list(dict.fromkeys(word for phrase in found for word in phrase))

    def _add(self, wording: str, number: int, language: str) -> None:
        if len(wording) > 1 and language == "zh" and not wording.isascii():
            self._chinese[wording[:2]].append((wording, number))
        elif words := tuple(tokenize(wording)):
            self._worded[words[0]].append((words, number, language))

    def _find(self, text: str) -> Iterator[tuple[int, str]]:
        folded = normalise(text)
        place = 0
        while place < len(folded) - 1:
            fitting = (
                found
                for found in self._chinese.get(folded[place : place + 2], ())
                if folded.startswith(found[0], place)
            )
            wording, number = next(fitting, ("", -1))
            if wording:
                yield number, "zh"
            place += len(wording) or 1
        words = tokenize(text)
        for start, word in enumerate(words):
            for phrase, number, language in self._worded.get(word, ()):
                if tuple(words[start : start + len(phrase)]) == phrase:
                    yield number, language

    def _phrases(self, number: int, languages: set[str]) -> tuple[Phrase, ...]:
        term = self._terms[number]
        wordings = (
            wording for language in LANGUAGES if language not in languages for wording in term.wordings(language)
        )
        return tuple(dict.fromkeys(phrase for wording in wordings if (phrase := _phrase(wording))))


def _phrase(wording: str) -> Phrase:
    words = list(dict.fromkeys(tokenize(wording)))
    if wording.isascii() or not any("\u3400" <= character <= "\u9fff" for character in wording):
        return tuple(words)
    parts = [word for word in words if len(word) <= _LONGEST_PART]
    return tuple(parts or words)


def read_wordings(cell: str) -> tuple[str, ...]:
    """Return the wordings of a cell, each once, without blanks around them."""
    return tuple(dict.fromkeys(part for part in (" ".join(each.split()) for each in cell.split(SEPARATOR)) if part))


@cache
def shipped_terms() -> tuple[Term, ...]:
    """Return the list that comes with the package."""
    rows = csv.DictReader((files("matchmaker.search") / "terms.csv").read_text(encoding="utf-8").splitlines())
    return tuple(
        Term(
            zh=read_wordings(row["zh"]),
            en=read_wordings(row["en"]),
            ru=read_wordings(row["ru"]),
            kk=read_wordings(row["kk"]),
            industry=row["industry"],
        )
        for row in rows
    )


@cache
def shipped_list() -> TermList:
    """Return the package's list, ready to find terms."""
    return TermList(shipped_terms())
