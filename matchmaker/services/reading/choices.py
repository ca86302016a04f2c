"""Codes of the code tables, from a form's choice or from what a spreadsheet says instead."""

import re

from matchmaker.domain import codes
from matchmaker.domain.codes import Code
from matchmaker.domain.language import N_
from matchmaker.services.reading.text import Unreadable, folded, line, means_nothing

_SHOWN = 20
_LEVEL = re.compile(r"(?:trl)?\s*([1-9])\s*级?")
_SIX_DIGITS = re.compile(r"\d{6}")


def read_code(table: str, value: object) -> str | None:
    """Return the code that `value` means in a code table: a code, a name or an alias; nothing gives None.

    An address gives the finest region it names, "TRL 5" the level 5. Industries are asked to the division.

    Raises:
        Unreadable: the table knows no such code or name.
    """
    text = line(value)
    if means_nothing(text) and codes.table(table).find(text) is None:
        return None
    code = codes.table(table).find(text) or _read_loosely(table, text)
    if code is None:
        raise Unreadable(N_("“%(value)s”不在可选范围内，请从列表中选择。"), value=text[:_SHOWN])
    if table == "industries" and codes.table(table).parent(code) is None:
        raise Unreadable(N_("“%(value)s”是行业门类，请选到下面的大类。"), value=text[:_SHOWN])
    return code


def _read_loosely(table: str, text: str) -> str | None:
    if len(text) > 200:
        return None
    if table == "trl":
        found = _LEVEL.fullmatch(folded(text))
        return found[1] if found else None
    if table == "regions":
        return codes.coarse_region(text) if _SIX_DIGITS.fullmatch(text) else _region_in(text)
    return None


def _region_in(address: str) -> str | None:
    named = [row for row in codes.table("regions") if _names(row, address)]
    tops = [row for row in named if row.parent is None]
    if len(tops) == 1:
        # 新市区 in an address of another province is not Urumqi's.
        named = [row for row in named if codes.table("regions").path(row.code)[0] is tops[0]]
    if not named or len(tops) > 1:
        return None
    finest = max(named, key=_depth)
    return finest.code if sum(_depth(row) == _depth(finest) for row in named) == 1 else None


def _depth(row: Code) -> int:
    return len(codes.table("regions").path(row.code))


def _names(row: Code, address: str) -> bool:
    return row.name in address or any(len(alias) > 1 and alias in address for alias in row.aliases)
