"""Tables from text files: JSON lines, and comma-, semicolon- or tab-separated values in whatever encoding."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from itertools import chain
from typing import Any

import filetype

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.services.imports.tables import (
    MOST_BYTES,
    MOST_COLUMNS,
    IsHeader,
    Row,
    Source,
    Table,
    cells_of,
    header_of,
    read_header,
)

DELIMITERS = ",;\t|"
SAMPLE_CHARACTERS = 20_000
HEADER_WITHIN = 10
"""Rows among which the row of column names is looked for."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DAMAGED = "\ufffd"
_JSON_DEPTH = 50


def open_jsonl(source: Source, is_header: IsHeader) -> Table:
    """Read one JSON object a line."""
    lines = read_text(source).split("\n")
    return Table((), _json_rows(lines), sum(1 for line in lines if line.strip()))


def open_csv(source: Source, is_header: IsHeader) -> Table:
    """Read separated values; delimiter and encoding are found out."""
    text = read_text(source)
    # The limit is the process's own; a cell that is too long is told to its row, not to the whole file.
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text[:SAMPLE_CHARACTERS], is_header))
    numbered = _numbered(reader)
    head = [next(numbered, None) for _ in range(HEADER_WITHIN)]
    first = [row for row in head if row is not None]
    if not first:
        raise Invalid(N_("“%(name)s”里没有任何内容。"), name=source.name)
    place, columns = read_header(source, [tuple(values) for _, values in first], is_header)
    return Table(columns, _csv_rows(columns, chain(first[place + 1 :], numbered)), text.count("\n"))


def read_text(source: Source) -> str:
    """Return a text file's content: UTF-8 or UTF-16 by its mark, else UTF-8, else GB18030.

    Raises:
        Invalid: it is no text, or its encoding is damaged.
    """
    raw = source.path.read_bytes()
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    kind = None if encoding else filetype.guess(raw[:4096])
    if kind is not None or (encoding is None and _looks_binary(raw[:4096])):
        raise Invalid(N_("“%(name)s”的内容不是文本，请另存为 .csv（UTF-8）或 .xlsx 后再导入。"), name=source.name)
    text = _decode(raw, encoding or "utf-8", source.name)
    if not text.strip():
        raise Invalid(N_("“%(name)s”里没有任何内容。"), name=source.name)
    return text


def _looks_binary(head: bytes) -> bool:
    return head.count(0) > len(head) // 20


def _decode(raw: bytes, encoding: str, name: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
    if encoding == "utf-8" and not _mostly_utf8(raw):
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
    raise Invalid(N_("“%(name)s”第 %(line)d 行的文字编码有误，请另存为 UTF-8 后再导入。"), name=name, line=line)


def _mostly_utf8(raw: bytes) -> bool:
    """Whether this is UTF-8 with a few bytes broken: read as GB18030 it would become silent nonsense."""
    text = raw.decode("utf-8", errors="replace")
    damaged = text.count(_DAMAGED)
    return sum(1 for character in text if character > "\x7f") - damaged > 10 * damaged


def _json_rows(lines: list[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row:
    try:
        value: Any = json.loads(line, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        return Row(number, {}, Sentence(N_("这一行不是有效的 JSON。")))
    if not isinstance(value, dict):
        return Row(number, {}, Sentence(N_("这一行不是 JSON 对象。")))
    if len(value) > MOST_COLUMNS:
        return Row(number, {}, Sentence(N_("这一行的项目太多，最多 %(most)d 项。"), most=MOST_COLUMNS))
    return Row(number, {str(key).strip(): cell for key, cell in value.items()})


def _delimiter(sample: str, is_header: IsHeader) -> str:
    # The delimiter under which a line of column names appears; prose is full of commas and misleads counting.
    lines = sample.splitlines()[:HEADER_WITHIN]
    for line in lines:
        for delimiter in DELIMITERS:
            cells = next(csv.reader([line], delimiter=delimiter), [])
            if len(cells) > 1 and is_header(header_of(tuple(cells))):
                return delimiter
    try:
        return csv.Sniffer().sniff(sample, DELIMITERS).delimiter
    except csv.Error:
        return ","


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield (line on which the row begins, values) for every row that is not empty."""
    begins = 1
    for values in reader:
        if any(value.strip() for value in values):
            yield begins, values
        begins = reader.line_num + 1


def _csv_rows(columns: tuple[str, ...], numbered: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    for number, values in numbered:
        if any(value.strip() for value in values[len(columns) :]):
            fault = Sentence(N_("这一行有 %(count)d 格，比列名多：可能少了引号。"), count=len(values))
            yield Row(number, {}, fault)
        else:
            yield Row(number, cells_of(columns, tuple(values)))
