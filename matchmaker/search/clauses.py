"""Sentences and clauses of a text in Chinese, English, Russian or Kazakh, and of lists that are numbered by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

MAX_CHARACTERS = 20_000
# In Chinese characters; a letter of another script counts as LETTER of one.
LETTER = 0.4
SHORT = 5
LONG = 60
LEAST_PART = 20
# A "sentence" without any mark is cut after so many characters.
HARD_LIMIT = 400
# How far back a bracket or an abbreviation is looked for.
NEAR = 16

_HAN = re.compile(r"[\u3400-\u9fff]")
_END = re.compile(r"[。！？；!?;…]+[\"'”’」』)）]*|[\r\n]+|(?<!\d)．|．(?!\d)")
_FULL_STOP = re.compile(r"\.(?=\s+[\"'“«(]?[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ0-9\u3400-\u9fff]|\s*$)", re.M)
# Words before a full stop that ends no sentence; a single letter never ends one either.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(«“])(?:[^\W\d_]|no|fig|eq|approx|etc|vs|dr|st|рис|табл|см|др|пр|гг|руб|тыс|млн|млрд|стр|ред|ж|б)$", re.I
)
_HAN_NUMBER = "[一二三四五六七八九十]{1,3}"
_NUMBER = rf"\d{{1,2}}[、)）]|\d{{1,2}}[.．](?!\d)|[(（](?:\d{{1,2}}|{_HAN_NUMBER})[)）]|[①-⑳]|{_HAN_NUMBER}、"
_ITEM = re.compile(rf"(?:(?<=[\s。；;：:，,！？.])|^)(?:{_NUMBER})\s*", re.M)
_LEAD = re.compile(rf"(?:[\s\-–—•·*●■□◆▪○。；;，,、.：:]|(?:{_NUMBER}))+")
_COMMA = re.compile(r"[，,：:]\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: `text[start:end]`."""

    start: int
    end: int


def clauses(text: str) -> list[Span]:
    """Cut a text into its sentences, long ones at their commas, fragments joined to what follows; in reading order.

    Numbers of lists, bullets and blanks are left out at the beginning of each. Of a text longer than MAX_CHARACTERS
    only the beginning is cut.
    """
    shown = text[:MAX_CHARACTERS]
    said = _Weights(shown)
    whole = [part for start, end in _sentences(shown) for part in _parts(shown, said, start, end)]
    return _joined(said, [trimmed for part in whole if (trimmed := _trimmed(shown, *part))])


class _Weights:
    """How much each stretch of a text says, in Chinese characters; summed once, so that hostile texts cost no more."""

    def __init__(self, text: str) -> None:
        self._sums = list(accumulate(map(_weight, text), initial=0.0))

    def of(self, start: int, end: int) -> float:
        """Return how much `text[start:end]` says."""
        return self._sums[end] - self._sums[start]


def _weight(character: str) -> float:
    if _HAN.match(character):
        return 1.0
    return LETTER if character.isalnum() else 0.0


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    cuts = {found.end() for found in _END.finditer(text)}
    cuts |= {found.end() for found in _FULL_STOP.finditer(text) if not _is_abbreviated(text, found.start())}
    cuts |= {found.start() for found in _ITEM.finditer(text) if not _is_inside(text, found.start())}
    start = 0
    for cut in (*sorted(cuts), len(text)):
        if cut > start:
            yield start, cut
            start = cut


def _is_abbreviated(text: str, stop: int) -> bool:
    return _ABBREVIATED.search(text[max(0, stop - NEAR) : stop]) is not None


def _is_inside(text: str, place: int) -> bool:
    """Whether what looks like the number of an item stands in brackets, or after a word such as Fig."""
    before = text[max(0, place - NEAR) : place].rstrip(" ")
    return max(before.rfind("("), before.rfind("（")) > max(before.rfind(")"), before.rfind("）")) or (
        before.endswith(".") and _is_abbreviated(before, len(before) - 1)
    )


def _parts(text: str, said: _Weights, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a long sentence at commas into parts that each say something."""
    if said.of(start, end) > LONG:
        begun = start
        for comma in _COMMA.finditer(text, start, end):
            if said.of(begun, comma.start()) >= LEAST_PART and said.of(comma.end(), end) >= SHORT:
                yield begun, comma.start()
                begun = comma.end()
        start = begun
    for place in range(start, end, HARD_LIMIT):
        yield place, min(place + HARD_LIMIT, end)


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """Leave out what begins a list's item and what stands around the words; None where nothing is left."""
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    end = start + len(text[start:end].rstrip())
    return Span(start, end) if any(map(str.isalnum, text[start:end])) else None


def _joined(said: _Weights, spans: list[Span]) -> list[Span]:
    """Join fragments with what follows them, the last one with what goes before."""
    joined: list[Span] = []
    open_from: int | None = None
    for span in spans:
        start = span.start if open_from is None else open_from
        if said.of(start, span.end) < SHORT:
            open_from = start
        else:
            joined.append(Span(start, span.end))
            open_from = None
    if open_from is not None:
        joined[-1:] = [Span(joined[-1].start if joined else open_from, spans[-1].end)]
    return joined
