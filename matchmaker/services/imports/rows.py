"""From a row of a file to what it says of one listing, without looking into the database."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Visibility
from matchmaker.services.identifiers import comparable_name, read_credit_code, read_organization_name
from matchmaker.services.imports.columns import (
    CREDIT_CODE,
    EXTERNAL_ID,
    LAYERS,
    ORGANIZATION,
    Columns,
    choose_columns,
    find_columns,
)
from matchmaker.services.imports.layer_cells import read_layers
from matchmaker.services.imports.quality import Quality, quality_of
from matchmaker.services.imports.tables import Row
from matchmaker.services.reading import Unreadable, read_values
from matchmaker.services.reading.second_language import with_second_language
from matchmaker.services.reading.text import line, means_nothing, within

EXTERNAL_ID_MOST = 100
# What decides who may read a row, or whether it may be here at all, is never guessed.
_NEVER_GUESSED = frozenset({"title", "visibility", "secrecy"})
_VALUELESS = N_("这一格是公式，文件里没有存它的结果：请用 Excel 打开并保存一次，或粘贴为数值。")
_OUR_NAMES = frozenset({EXTERNAL_ID, ORGANIZATION, CREDIT_CODE, LAYERS})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: row number, the file's own name of the column, a sentence. `is_fatal` where the
    row was left out for it."""

    row: int
    column: str
    reason: str
    is_fatal: bool = True


@dataclass(frozen=True, slots=True)
class RowOptions:
    """How rows are read.

    `lenient` keeps rows that lack required fields other than a title and leaves unreadable fields empty; `join_tokens`
    takes the blanks out of titles whose words are parted by blanks; `visibility` and `source` stand where a row says
    nothing.
    """

    lenient: bool = False
    join_tokens: bool = False
    visibility: str = Visibility.PUBLIC
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says: typed `values` (see `Reading`), whose it is, and the id by which it is known again.

    `layers` are the fields that fewer people may read (name -> layer), `headings` the file's own names of our fields,
    for telling what is wrong.
    """

    number: int
    external_id: str
    organization: str | None
    credit_code: str | None
    values: Mapping[str, Any]
    layers: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    quality: Quality = field(default_factory=Quality)


@dataclass(slots=True)
class RowReader:
    """Reads rows of one file; remembers unknown columns (of all rows, where each row names its own).

    `chosen` says what headings mean where that was decided by hand (see `choose_columns`).
    """

    kind: str
    columns: tuple[str, ...]
    options: RowOptions
    chosen: Mapping[str, str] | None = None
    _by_headings: dict[tuple[str, ...], Columns] = field(default_factory=dict)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The headings that mean nothing to us, in the order in which they were met."""
        found = [name for columns in self._by_headings.values() for name in columns.unknown]
        return tuple(dict.fromkeys(found))

    def columns_of(self, row: Row) -> Columns:
        """Return the columns of a row."""
        headings = self.columns or tuple(row.cells)
        if headings not in self._by_headings:
            if len(self._by_headings) >= 1000:
                return self._find(headings)
            self._by_headings[headings] = self._find(headings)
        return self._by_headings[headings]

    def _find(self, headings: tuple[str, ...]) -> Columns:
        if self.chosen is None:
            return find_columns(self.kind, headings)
        return choose_columns(self.kind, headings, self.chosen)

    def read(self, row: Row) -> Entry | list[Problem]:
        """Return what a row says, or why it cannot be taken."""
        if row.fault is not None:
            return [Problem(row.number, "", row.fault)]
        columns = self.columns_of(row)
        raw = self._raw(row, columns)
        reading = read_values(self.kind, raw)
        problems = [self._problem(row, columns, name, reason) for name, reason in reading.errors.items()]
        for heading in row.valueless:
            if heading in columns.known:
                problems.append(self._problem(row, columns, columns.known[heading].name, Sentence(_VALUELESS)))
        identity: dict[str, str | None] = {}
        for name, reason in self._identify(raw, identity):
            problems.append(self._problem(row, columns, name, reason))
        layers: dict[str, str] = {}
        try:
            layers = read_layers(self.kind, raw.get(LAYERS))
        except Unreadable as fault:
            problems.append(self._problem(row, columns, LAYERS, fault.sentence))
        if not reading.values.get("title") and "title" not in reading.errors:
            problems.append(Problem(row.number, columns.heading("title"), Sentence(N_("请填写这一项。"))))
        if any(problem.is_fatal for problem in problems):
            return [problem for problem in problems if problem.is_fatal]
        values = with_second_language(reading.values)
        entry = self._entry(row.number, columns, values, layers, identity, problems)
        return replace(entry, quality=quality_of(self.kind, values, entry.organization))

    def _raw(self, row: Row, columns: Columns) -> dict[str, object]:
        raw: dict[str, object] = {}
        for heading, column in columns.known.items():
            cell = column.value(row.cells.get(heading))
            if raw.get(column.name) in (None, "", []):
                raw[column.name] = read_back(column.name, cell)
        if self.options.join_tokens and isinstance(raw.get("title"), str):
            raw["title"] = join_tokens(str(raw["title"]))
        if means_nothing(line(raw.get("visibility"))):
            raw["visibility"] = self.options.visibility
        if means_nothing(line(raw.get("source"))) and self.options.source:
            raw["source"] = self.options.source
        return raw

    def _problem(self, row: Row, columns: Columns, name: str, reason: str) -> Problem:
        is_fatal = not self.options.lenient or name in _NEVER_GUESSED or name in _OUR_NAMES
        return Problem(row.number, columns.heading(name), reason, is_fatal)

    def _identify(self, raw: Mapping[str, object], found: dict[str, str | None]) -> Iterator[tuple[str, str]]:
        readers = {EXTERNAL_ID: _external_id, ORGANIZATION: read_organization_name, CREDIT_CODE: read_credit_code}
        for name, read in readers.items():
            text = line(raw.get(name))
            if means_nothing(text):
                found[name] = None
                continue
            try:
                found[name] = read(text)
            except Unreadable as fault:
                yield name, fault.sentence

    @staticmethod
    def _entry(
        number: int,
        columns: Columns,
        values: Mapping[str, Any],
        layers: Mapping[str, str],
        identity: Mapping[str, str | None],
        notes: list[Problem],
    ) -> Entry:
        owner = identity[CREDIT_CODE] or identity[ORGANIZATION]
        external_id = identity[EXTERNAL_ID] or title_id(owner, values["title"])
        return Entry(
            number,
            external_id,
            identity[ORGANIZATION],
            identity[CREDIT_CODE],
            values,
            layers,
            columns.headings,
            tuple(notes),
        )


def title_id(owner: str | None, title: str) -> str:
    """Return the id of a row that has none of its own: the same title of the same owner is the same row."""
    text = f"{comparable_name(owner or '')}\n{comparable_name(title)}"
    return f"title:{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def read_back(name: str, cell: object) -> object:
    """Return the rows of indicators that an export wrote as JSON because no phrase says the same; else the cell."""
    if name != "indicators" or not isinstance(cell, str) or not cell.startswith('[{"'):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def join_tokens(title: str) -> str:
    """Take the blanks out of a title that was cut into words, save those between two words of Latin letters."""
    joined = ""
    for token in title.split():
        keeps_blank = bool(joined) and joined[-1].isascii() and token[0].isascii()
        joined += f" {token}" if keeps_blank else token
    return joined


def _external_id(text: str) -> str:
    return within(text, EXTERNAL_ID_MOST)
