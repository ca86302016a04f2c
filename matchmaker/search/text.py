"""From text to words: normalisation, and jieba's search-mode cutting with our dictionary of technical terms."""

import logging
import re
import unicodedata
import warnings
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

_SPACES = re.compile(r"\s+")
# A token worth indexing holds at least one letter or digit of any script.
_WORD = re.compile(r"\w")
_SPACED_HAN = re.compile(r"(?<=[\u3400-\u9fff]) +| +(?=[\u3400-\u9fff])")
# What jieba cuts itself, and words of every other script.
_RUN = re.compile(r"(?P<jieba>[\u3400-\u9fff\x00-\x7f]+)|(?P<other>[^\W\u3400-\u9fff\x00-\x7f]+)")
_HAN = re.compile(r"[\u3400-\u9fff]")
# Longer "words" are hostile input or encoded data, not language.
MAX_WORD = 64
DICTIONARY_FREQUENCY = 20_000


def normalise(text: str) -> str:
    """Return `text` in one form: NFKC, lower case, runs of spaces as one, control characters gone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(" " if unicodedata.category(char) in {"Cc", "Cf", "Zs"} else char for char in folded)
    return _SPACES.sub(" ", kept).strip()


def join_han(text: str) -> str:
    """Return `text` without the spaces beside Chinese characters: some sources print words apart."""
    return _SPACED_HAN.sub("", text)


def tokenize(text: str) -> list[str]:
    """Return the words of `text` in order, long ones also in their parts (search mode), without stop words."""
    return [word for word, _, _ in spans(text)]


def spans(text: str) -> list[tuple[str, int, int]]:
    """Return (word, start, end) with places in `normalise(text)`; search mode, without stop words."""
    return [span for span in _cut(normalise(text)) if _says_something(span[0])]


def _cut(text: str) -> Iterator[tuple[str, int, int]]:
    # jieba knows Chinese and ASCII and would cut Russian or Kazakh into letters: those words are taken whole.
    for run in _RUN.finditer(text):
        if run.lastgroup == "other":
            yield run.group(), run.start(), run.end()
        else:
            for word, start, end in _cutter().tokenize(run.group(), mode="search"):
                yield word, run.start() + start, run.start() + end


def _says_something(word: str) -> bool:
    return len(word) <= MAX_WORD and word not in stopwords() and not _is_lone(word) and bool(_WORD.search(word))


def _is_lone(word: str) -> bool:
    # One Chinese character or one letter says too little to match by.
    return len(word) == 1 and (bool(_HAN.match(word)) or word.isalpha())


@cache
def stopwords() -> frozenset[str]:
    """Words of grammar and of the trade's boilerplate, which every listing uses."""
    return frozenset(_lines("stopwords.txt"))


def _lines(name: str) -> list[str]:
    return (files("matchmaker.search") / name).read_text(encoding="utf-8").split("\n")


@cache
def _cutter() -> Any:
    with warnings.catch_warnings():
        # jieba 0.42 still asks setuptools where it lies, and holds escapes that Python now warns about.
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    cutter.initialize()
    for term in _lines("dictionary.txt"):
        if term:
            cutter.add_word(normalise(term), DICTIONARY_FREQUENCY)
    return cutter
