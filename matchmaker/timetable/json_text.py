"""From a file's bytes to JSON values: how large and how deep it may be, and where exactly it is broken.

Numbers are exact: whole ones int, others Decimal. What no number of ours can be (NaN, 1e999999) is an `Odd`, so that
whoever reads the value can name its place.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from matchmaker.timetable.wording import N_, Saying, say

LIMIT = 5_000_000  # bytes; a session of 300 parties with 1,300 meetings takes 150,000
DEEPEST = 50
MOST_DIGITS = 40
_DEPTH = re.compile(r'"(?:\\.|[^"\\])*"|[\[{]|[\]}]', re.DOTALL)

# The parser's own words -> ours
_BROKEN = {
    "Expecting value": N_("此处缺少一个值。"),
    "Expecting ',' delimiter": N_("此处缺少逗号，或前面多了一个引号。"),
    "Expecting ':' delimiter": N_("键后面缺少冒号。"),
    "Expecting property name enclosed in double quotes": N_("此处应为双引号中的键，最后一项后面不能有逗号。"),
    "Illegal trailing comma before end of object": N_("此处应为双引号中的键，最后一项后面不能有逗号。"),
    "Unterminated string starting at": N_("从此处开始的文字没有结束的引号。"),
    "Invalid control character at": N_("文字中不能直接换行或写控制字符。"),
    "Extra data": N_("内容到此已经结束，后面不应再有文字。"),
}
_OTHERWISE = N_("此处不是正确的 JSON。")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: a path such as `meetings[17].parties[1]`, or a line and column, or the whole file."""

    place: str | Saying
    saying: Saying

    def __str__(self) -> str:
        """Return place and sentence in Chinese."""
        return str(say(N_("%(place)s：%(fault)s"), place=str(self.place), fault=self.saying))


class BadFile(Exception):
    """A file that cannot be used; `faults` are the first, `more` counts the others, `is_cut`: those that were read."""

    def __init__(self, faults: tuple[Fault, ...], more: int = 0, *, is_cut: bool = False) -> None:
        self.faults = faults
        self.more = more
        self.is_cut = is_cut
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass(frozen=True)
class Odd:
    """A number that is none (NaN), or larger or finer than any that is meant."""

    text: str


class Repeating(dict[str, Any]):
    """An object that holds a key twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(key for key, _value in pairs)
        self.repeated = tuple(key for key in self if times[key] > 1)


def load(path: Path) -> Any:
    """Return the values of a JSON file, of which never more than `LIMIT` bytes are read.

    Raises:
        BadFile: It cannot be read, is too large, is not UTF-8, or is not JSON.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise _bad(say(N_("文件无法读取：%(reason)s。"), reason=why(error))) from error
    return parse(data)


def why(error: OSError) -> Saying:
    """Return why a file could not be read or written; what is rare is said as the system says it."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return say(N_("文件或文件夹不存在"))
    if isinstance(error, PermissionError):
        return say(N_("没有权限"))
    if isinstance(error, IsADirectoryError):
        return say(N_("这是一个文件夹"))
    return say("%(error)s", error=error.strerror or type(error).__name__)


def parse(data: bytes) -> Any:
    """Return the values of JSON text; a byte order mark is passed over.

    Raises:
        BadFile: As `load`.
    """
    if len(data) > LIMIT:
        raise _bad(say(N_("文件超过 %(limit)s MB，未读取。"), limit=LIMIT // 1_000_000))
    text = _text(data)
    if not text.strip():
        raise _bad(say(N_("文件是空的。")))
    try:
        return json.loads(text, object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=Odd)
    except json.JSONDecodeError as error:
        raise _bad(say(_BROKEN.get(error.msg, _OTHERWISE)), _at(error.lineno, error.colno)) from error
    except RecursionError as error:
        raise _bad(say(N_("嵌套太深。")), _too_deep(text)) from error


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start)
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1)
        fault = say(N_("文件不是 UTF-8 编码的文本，请用 UTF-8 另存后再试。"))
        raise _bad(fault, _at(line + 1, column + 1)) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeating(pairs)


def _int(text: str) -> int | Odd:
    return int(text) if len(text) <= MOST_DIGITS else Odd(text)


def _float(text: str) -> Decimal | Odd:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Odd(text)
    exponent = number.as_tuple().exponent
    fits = isinstance(exponent, int) and exponent >= -MOST_DIGITS and abs(number.adjusted()) <= MOST_DIGITS
    return number if fits else Odd(text)


def _too_deep(text: str) -> Saying:
    depth = 0
    for found in _DEPTH.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > DEEPEST:
            break
    place = found.start()
    return _at(text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place))


def _at(line: int, column: int) -> Saying:
    return say(N_("第 %(line)s 行第 %(column)s 列"), line=line, column=column)


def _bad(saying: Saying, place: Saying | None = None) -> BadFile:
    return BadFile((Fault(place or say(N_("整个文件")), saying),))
