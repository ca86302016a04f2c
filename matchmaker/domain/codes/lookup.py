"""Reading and looking up code tables."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

# `regions` has no file of its own: it joins these, in this order.
REGION_FILES = ("provinces", "xinjiang_prefectures", "urumqi_districts", "countries")

TABLES = (
    "achievement_attributes",
    "achievement_forms",
    "achievement_levels",
    "achievement_stages",
    "close_reasons",
    "comparators",
    "contract_deductions",
    "contract_fields",
    "contract_goals",
    "contract_ip",
    "contract_kinds",
    "contract_payments",
    "contract_plans",
    "contract_returns",
    "cooperation_modes",
    "deal_losses",
    "decline_reasons",
    "document_kinds",
    "hightech_fields",
    "indicator_onces",
    "indicator_units",
    "industries",
    "ip_ownership",
    "languages",
    "organization_kinds",
    "organization_sizes",
    "plan_actions",
    "return_reasons",
    "secrecy",
    "suspension_reasons",
    "term_industries",
    "trl",
    "verification_refusals",
    "visibilities",
    *REGION_FILES,
    "regions",
)

_LONGEST_TEXT = 100
_LARGEST_NUMBER = 999_999


@dataclass(frozen=True, slots=True)
class Code:
    """One row: the code that is stored, the Chinese name that is shown, and the code above it, if any."""

    code: str
    name: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CodeTable:
    """The rows of one table in the order in which they are offered. No look-up raises, whatever it is given."""

    title: str
    codes: tuple[Code, ...]
    _by_code: Mapping[str, Code]
    _by_text: Mapping[str, Code]

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, code: object) -> bool:
        return self.get(code) is not None

    def get(self, code: object) -> Code | None:
        """Return the row of `code`, or None. A number is read as its digits (TRL levels are stored as numbers)."""
        text = _text(code)
        return self._by_code.get(text) if text is not None else None

    def name(self, code: object) -> str:
        """Return the Chinese name; an unknown code names itself, and what is no code at all is empty."""
        row = self.get(code)
        if row is not None:
            return row.name
        return _text(code) or ""

    def parent(self, code: object) -> str | None:
        """Return the code above `code`, or None at the top and for an unknown one."""
        row = self.get(code)
        return row.parent if row is not None else None

    def children(self, code: str | None) -> tuple[Code, ...]:
        """Return the rows directly below `code`; below None stand the top rows."""
        return tuple(row for row in self.codes if row.parent == code)

    def path(self, code: object) -> tuple[Code, ...]:
        """Return the rows from the top down to `code`, empty for an unknown one."""
        rows: list[Code] = []
        row = self.get(code)
        while row is not None:
            rows.append(row)
            row = self.get(row.parent)
        return tuple(reversed(rows))

    def choices(self) -> list[tuple[str, str]]:
        """Return (code, name) of every row, for a form's list."""
        return [(row.code, row.name) for row in self.codes]

    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return (name of a top row, choices directly below it), for a grouped list such as the industries'."""
        return [(top.name, [(row.code, row.name) for row in self.children(top.code)]) for top in self.children(None)]

    def find(self, text: object) -> str | None:
        """Return the code that a spreadsheet's cell means: a code, a whole Chinese name or an alias; else None.

        Width, case and surrounding blanks do not count, nor does the leading zero that a spreadsheet drops from 01.
        A name that stands on two levels (教育 is section P and division 83) means the lower one.
        """
        key = _key(text)
        row = self._by_text.get(key)
        if row is None and key.isdecimal():
            row = self._by_text.get(f"0{key}")
        return row.code if row is not None else None


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_NUMBER:
        return str(value)
    return value if isinstance(value, str) else None


def _key(value: object) -> str:
    text = _text(value) or ""
    return unicodedata.normalize("NFKC", text).strip().casefold() if len(text) <= _LONGEST_TEXT else ""


def _index_texts(codes: Iterable[Code]) -> dict[str, Code]:
    texts: dict[str, Code] = {}
    rows = sorted(codes, key=lambda row: row.parent is not None)
    for row in rows:
        for text in (*row.aliases, row.name):
            texts[_key(text)] = row
    # Codes last: whatever the names are, a code means itself.
    texts.update({_key(row.code): row for row in rows})
    return texts


def _read(name: str) -> tuple[Code, ...]:
    text = resources.files("matchmaker.domain.codes").joinpath(f"{name}.csv").read_text("utf-8")
    return tuple(
        Code(
            row["code"],
            row["name"],
            row.get("parent") or None,
            tuple(alias for alias in (row.get("aliases") or "").split(";") if alias),
        )
        for row in csv.DictReader(text.splitlines())
    )


def _read_regions() -> tuple[Code, ...]:
    rows = [row for name in REGION_FILES for row in _read(name)]
    below: dict[str | None, list[Code]] = {}
    for row in rows:
        below.setdefault(row.parent, []).append(row)

    def descend(parent: str | None) -> Iterator[Code]:
        for row in below.get(parent, ()):
            yield row
            yield from descend(row.code)

    return tuple(descend(None))


@cache
def table(name: str) -> CodeTable:
    """Return the code table `name`, read once.

    Raises:
        KeyError: there is no such table.
    """
    if name not in TABLES:
        raise KeyError(f"no code table is called {name!r}")
    codes = _read_regions() if name == "regions" else _read(name)
    return CodeTable(name, codes, {row.code: row for row in codes}, _index_texts(codes))
