"""Technical indicators, from rows of a form and from one line of running text."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from matchmaker.domain import codes
from matchmaker.domain.language import N_
from matchmaker.services.reading.text import Unreadable, as_text, clean, folded, line, means_nothing

NAME_MOST, VALUE_MOST, UPPER_MOST, UNIT_MOST = 100, 200, 60, 40
UNNAMED = "其他要求"

# What running text says; the code table knows the forms' own names for them.
_COMPARATORS = {
    "ge": ("≥", ">=", "=>", "⩾", "≧", "不低于", "不小于", "不少于", "大于等于", "大于或等于", "至少", "达到"),
    "le": (
        "≤",
        "<=",
        "=<",
        "⩽",
        "≦",
        "不高于",
        "不大于",
        "不超过",
        "不多于",
        "小于等于",
        "小于或等于",
        "至多",
        "控制在",
    ),
    "gt": (">", "大于", "高于", "超过", "优于"),
    "lt": ("<", "小于", "低于", "少于"),
    "eq": ("=", "等于", "为"),
}
_CODE_OF = {sign: code for code, signs in _COMPARATORS.items() for sign in signs}
_SIGN = "|".join(sorted(map(re.escape, _CODE_OF), key=len, reverse=True))
_NUMBER = r"[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?"
_ONE_NUMBER = re.compile(_NUMBER)
_PHRASE = re.compile(
    rf"(?P<name>.{{1,{NAME_MOST}}}?)[\s:：]*(?P<sign>{_SIGN})?[\s:：]*(?P<value>{_NUMBER})"
    rf"(?P<unit1>[^\d~～–—至到-]{{0,20}})(?:\s*(?:~|～|–|—|-|至|到)\s*(?P<upper>{_NUMBER}))?(?P<unit>\s*\D*)"
)
_LISTED = re.compile(r"^\s*(?:[（(]?\d{1,2}[)）、]|\d{1,2}\.(?!\d)|[①-⑳]|[-•·*])\s*")
# Letters, digits and signs of full width; punctuation that parts items keeps its width.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "（），：；"}
_ENDS = {"以上": "ge", "及以上": "ge", "以下": "le", "及以下": "le", "以内": "le"}
_STANDARD = re.compile(r"\b(?:GB|HG|NB|DL|JB|QB|DB\d*|ISO|IEC|ASTM|EN|YY|SH|NY)(?:/T)?\s*\d", re.IGNORECASE)
_ITEMS = re.compile(r"[;；\n]+")
_SUBITEMS = re.compile(r"[，、]|,(?!\d{3})")


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator: `value` is a plain number unless `comparator` is "text"; `upper` only with "between"."""

    name: str
    comparator: str
    value: str
    upper: str | None = None
    unit: str | None = None


def read_indicators(value: object, most: int) -> tuple[IndicatorRow, ...]:
    """Read rows {name, comparator, value, upper, unit}, or text such as "能耗≤45 kWh/t；效率 90~95 %".

    Empty rows are dropped. An item of a text without a number becomes a row of comparator "text".

    Raises:
        Unreadable: the sentence names the row (from 1) and what it lacks; or there are more than `most` rows.
    """
    rows = _from_rows(value) if isinstance(value, (list, tuple)) else _from_text(clean(as_text(value)))
    if len(rows) > most:
        raise Unreadable(N_("最多 %(most)d 项指标，现在有 %(count)d 项。"), most=most, count=len(rows))
    return rows


def as_dicts(rows: Iterable[IndicatorRow]) -> list[dict[str, str]]:
    """Return rows as a form holds them: text only."""
    return [{key: field or "" for key, field in asdict(row).items()} for row in rows]


def _from_rows(rows: Iterable[object]) -> tuple[IndicatorRow, ...]:
    found = []
    for place, row in enumerate(rows, start=1):
        cells = row if isinstance(row, Mapping) else {"name": row}
        read = _row(place, {name: line(cells.get(name)) for name in ("name", "comparator", "value", "upper", "unit")})
        if read is not None:
            found.append(read)
    return tuple(found)


def _row(place: int, cells: dict[str, str]) -> IndicatorRow | None:
    if not any(cells[name] for name in ("name", "value", "upper", "unit")):
        return None
    comparator = _comparator(cells["comparator"])
    if comparator is None:
        raise Unreadable(N_("第 %(row)d 项：请从列表中选择比较方式。"), row=place)
    if not cells["name"]:
        raise Unreadable(N_("第 %(row)d 项：请填写指标名称。"), row=place)
    if not cells["value"]:
        raise Unreadable(N_("第 %(row)d 项“%(name)s”：请填写数值。"), row=place, name=cells["name"][:20])
    _check_lengths(place, cells)
    value, upper = cells["value"], None
    if comparator != "text":
        value = _number(place, cells["value"])
    if comparator == "between":
        upper = _number(place, cells["upper"])
        if float(value) > float(upper):
            raise Unreadable(N_("第 %(row)d 项：区间的下限大于上限。"), row=place)
    return IndicatorRow(cells["name"], comparator, value, upper, cells["unit"] or None)


def _comparator(text: str) -> str | None:
    sign = folded(text) or "ge"
    return codes.table("comparators").find(sign) or _CODE_OF.get(sign)


def _check_lengths(place: int, cells: dict[str, str]) -> None:
    limits = {"name": NAME_MOST, "value": VALUE_MOST, "upper": UPPER_MOST, "unit": UNIT_MOST}
    for name, most in limits.items():
        if len(cells[name]) > most:
            raise Unreadable(N_("第 %(row)d 项：内容太长，最多 %(most)d 个字。"), row=place, most=most)


def _number(place: int, text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not _ONE_NUMBER.fullmatch(text) or len(text) > UPPER_MOST:
        raise Unreadable(
            N_("第 %(row)d 项：“%(value)s”不是数字；如果是文字要求，请把比较方式改为“描述”。"),
            row=place,
            value=text[:20],
        )
    return text.replace(",", "").replace("−", "-").removeprefix("+")


def _from_text(text: str) -> tuple[IndicatorRow, ...]:
    parts = _ITEMS.split(text.translate(_HALF_WIDTH))
    items = [item for part in parts for item in _split(part)]
    return tuple(_phrase(item) for item in items if not means_nothing(item))


def _split(part: str) -> list[str]:
    # "能耗≤45 kWh/t，效率≥90 %" is two indicators; "耐热、耐蚀" is one description.
    pieces = [line(_LISTED.sub("", piece)) for piece in _SUBITEMS.split(part)]
    if len(pieces) > 1 and all(len(piece) <= 300 and _PHRASE.fullmatch(piece) for piece in pieces if piece):
        return pieces
    return [line(_LISTED.sub("", part))]


def _phrase(item: str) -> IndicatorRow:
    found = _PHRASE.fullmatch(item) if len(item) <= 300 and not _STANDARD.search(item) else None
    if found is None or (found["upper"] is None and _has_digit(found["unit"])):
        return _description(item)
    unit = (found["unit1"] + found["unit"]).strip()
    comparator = _CODE_OF.get(found["sign"] or "", "eq")
    for end, code in _ENDS.items():
        if unit.endswith(end):
            unit, comparator = unit.removesuffix(end).removesuffix("及").strip(), code
    if found["upper"] is not None:
        comparator = "between"
    if len(unit) > UNIT_MOST:
        return _description(item)
    cells = {"name": found["name"].strip(" :："), "value": found["value"], "upper": found["upper"] or "", "unit": unit}
    return _row(1, {**cells, "comparator": comparator}) or _description(item)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _description(item: str) -> IndicatorRow:
    name, colon, value = item.replace(":", "：", 1).partition("：")
    if not colon or not value.strip() or not 0 < len(name.strip()) <= NAME_MOST:
        name, value = UNNAMED, item
    if len(value) > VALUE_MOST:
        raise Unreadable(N_("指标“%(name)s…”太长，请用分号分成几项。"), name=item[:15])
    return IndicatorRow(name.strip(), "text", value.strip())
