"""From text to words: normalisation, jieba's search-mode cutting with our dictionary of technical terms, and stems of
words of other languages."""

import hashlib
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from matchmaker.search.languages import detect_language
from matchmaker.search.stems import stem, stems_version

# One character and the combining marks after it, of which hostile text may pile up thousands.
_MARK = "[\\u0300-\\u036f\\u0483-\\u0489\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\u3099\\u309a\\ufe20-\\ufe2f]"
_MARKS = re.compile(_MARK)
_CLUSTER = re.compile(f".{_MARK}{{0,8}}", re.S)
_SPACES = re.compile(" +")
# Control characters, separators and halves of characters part words; format characters (soft hyphens) do not show.
_BLANK = frozenset({"Cc", "Cs", "Zs", "Zl", "Zp"})
_UNSEEN = "Cf"
# A token worth indexing holds at least one letter or digit of any script.
_WORD = re.compile(r"\w")
_SPACED_HAN = re.compile(r"(?<=[\u3400-\u9fff]) +| +(?=[\u3400-\u9fff])")
# What jieba cuts itself, and words of every other script.
_RUN = re.compile(r"(?P<jieba>[\u3400-\u9fff\x00-\x7f]+)|(?P<other>[^\W\u3400-\u9fff\x00-\x7f]+)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
# A bare amount says nothing without its unit; four digits and more may be an alloy's or a model's number.
_AMOUNT = re.compile(r"\d{1,3}%?|\d*[.,]\d+%?")
# Longer "words" are hostile input or encoded data, not language.
MAX_WORD = 64
DICTIONARY_FREQUENCY = 20_000


def normalise(text: str) -> str:
    """Return `text` in one form: NFKC, lower case, runs of spaces and control characters as one space, no format
    characters."""
    if _MARKS.search(text):
        return fold(text).text
    # Without combining marks each character stands for itself, which is eight times faster.
    return _SPACES.sub(" ", text.translate(_FOLDS)).strip(" ")


@dataclass(frozen=True, slots=True)
class Folded:
    """A normalised text; character i of it was made from `raw[starts[i]:ends[i]]`."""

    text: str
    starts: list[int]
    ends: list[int]


def fold(text: str) -> Folded:
    """Normalise `text` and remember where each character came from."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    # A letter is normalised together with the marks that combine with it; nothing else changes its neighbour.
    for cluster in _CLUSTER.finditer(text):
        for piece in _fold_cluster(cluster.group()):
            if piece == " " and (not pieces or pieces[-1] == " "):
                continue
            pieces.append(piece)
            starts.append(cluster.start())
            ends.append(cluster.end())
    if pieces and pieces[-1] == " ":
        del pieces[-1], starts[-1], ends[-1]
    return Folded("".join(pieces), starts, ends)


@lru_cache(maxsize=1 << 15)
def _fold_cluster(cluster: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
    kinds = ((char, unicodedata.category(char)) for char in folded)
    return "".join(" " if char.isspace() or kind in _BLANK else char for char, kind in kinds if kind != _UNSEEN)


class _Folds(dict[int, str]):
    """What each character folds to, by its code, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = _fold_cluster(chr(code))
        return self[code]


_FOLDS = _Folds()


def join_han(text: str) -> str:
    """Return `text` without the spaces beside Chinese characters: some sources print words apart."""
    return _SPACED_HAN.sub("", text)


def tokenize(text: str) -> list[str]:
    """Return the words of `text` in order, long Chinese ones also in their parts (search mode), others as their stems
    (see stems.py), without stop words."""
    return [word for word, _, _ in _words(normalise(text))]


def pieces(text: str) -> list[str]:
    """Cut `text` as it was written into words and what stands between them: joined, the pieces are the text again."""
    found: list[str] = []
    place = 0
    for run in _RUN.finditer(text):
        found.extend(text[place : run.start()])
        found.extend((run.group(),) if run.lastgroup == "other" else _cutter().cut(run.group()))
        place = run.end()
    found.extend(text[place:])
    return found


def spans(text: str) -> list[tuple[str, int, int]]:
    """Return (word, start, end) of each word of `tokenize`, with its places in `text` as it was written."""
    folded = fold(text)
    return [(word, folded.starts[start], folded.ends[end - 1]) for word, start, end in _words(folded.text)]


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    is_kazakh = bool(_CYRILLIC.search(text)) and detect_language(text) == "kk"
    for word, start, end in _cut(text):
        if _says_something(word):
            yield stem(word, is_kazakh=is_kazakh), start, end


def _cut(text: str) -> Iterator[tuple[str, int, int]]:
    # jieba knows Chinese and ASCII and would cut Russian or Kazakh into letters: those words are taken whole.
    for run in _RUN.finditer(text):
        if run.lastgroup == "other":
            yield run.group(), run.start(), run.end()
        else:
            for word, start, end in _cutter().tokenize(run.group(), mode="search"):
                yield word, run.start() + start, run.start() + end


def _says_something(word: str) -> bool:
    if len(word) > MAX_WORD or word in stopwords() or not _WORD.search(word):
        return False
    return not (_is_lone(word) or _AMOUNT.fullmatch(word))


def _is_lone(word: str) -> bool:
    # One Chinese character or one letter says too little to match by.
    return len(word) == 1 and (bool(_HAN.match(word)) or word.isalpha())


@cache
def stopwords() -> frozenset[str]:
    """Words of grammar and of the trade's boilerplate, which every listing uses."""
    return frozenset(_lines("stopwords.txt"))


@cache
def vocabulary_version() -> str:
    """Return a short hash of what makes words of a text: other words give other scores and another keyword index."""
    content = "\n".join((*_lines("dictionary.txt"), *sorted(stopwords()), stems_version()))
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def _lines(name: str) -> list[str]:
    return (files("matchmaker.search") / name).read_text(encoding="utf-8").split("\n")


@cache
def frequencies() -> dict[str, int]:
    """Return how often each word of jieba's dictionary occurs in what it was made from; our own terms are not in it."""
    return {word: count for word, count in _dictionary().items() if count}


@cache
def _dictionary() -> dict[str, int]:
    # Read without jieba's cache, which lies in the temporary folder where another user may have put one of his own.
    jieba = _jieba()
    words, _ = jieba.Tokenizer().gen_pfdict(jieba.Tokenizer().get_dict_file())
    return dict(words)


@cache
def _cutter() -> Any:
    cutter = _jieba().Tokenizer()
    cutter.FREQ = dict(_dictionary())
    cutter.total = sum(cutter.FREQ.values())
    cutter.initialized = True
    for term in _lines("dictionary.txt"):
        if term:
            cutter.add_word(normalise(term), DICTIONARY_FREQUENCY)
    return cutter


@cache
def _jieba() -> Any:
    with warnings.catch_warnings():
        # jieba 0.42 still asks setuptools where it lies, and holds escapes that Python now warns about.
        warnings.filterwarnings("ignore", message=".*pkg_resources.*")
        warnings.filterwarnings("ignore", message=".*invalid escape sequence.*")
        import jieba
    return jieba
