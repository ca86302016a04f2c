"""Reading JSON values into what is meant, collecting every fault with its place instead of stopping at the first."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from matchmaker.timetable.json_text import BadFile, Fault, Odd, Repeating
from matchmaker.timetable.wording import N_, Saying, Value, say

MOST_FAULTS = 40
MOST_COUNTED = 1_000  # then the rest of the file is not looked at
LONGEST_NAME = 200
GREATEST_VALUE = 1_000_000_000
LONGEST_SHOWN = 40
ROOT = say(N_("整个文件"))


class Reading:
    """One file's faults while it is read. Each reader returns None where the value cannot be used, and has said why."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._more = 0

    def fault(self, at: str, template: str, **values: Value) -> None:
        """Note what is wrong there; "" is the whole file.

        Raises:
            BadFile: It is the last that is counted.
        """
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(at or ROOT, Saying(template, values)))
        else:
            self._more += 1
        if len(self._faults) + self._more == MOST_COUNTED:
            raise BadFile(tuple(self._faults), self._more, is_cut=True)

    def close(self) -> None:
        """Raise what was noted.

        Raises:
            BadFile: Something was.
        """
        if self._faults:
            raise BadFile(tuple(self._faults), self._more)

    def record(self, data: Any, place: str, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Any]:
        """Return an object's values by key; a missing optional one, or null, is left out. Empty where it is none."""
        if not isinstance(data, dict):
            self.fault(place, N_("应为对象 {…}，现为 %(found)s。"), found=shown(data))
            return {}
        for key in [key for key in data if key not in required and key not in optional]:
            self._unknown(key, place, (*required, *optional))
        for key in data.repeated if isinstance(data, Repeating) else ():
            self.fault(place, N_("键 %(key)s 写了两次。"), key=shown(key))
        for key in required:
            if key not in data:
                self.fault(place, N_("缺少 %(key)s。"), key=key)
        return {key: value for key, value in data.items() if value is not None or key in required}

    def _unknown(self, key: str, place: str, known: Sequence[str]) -> None:
        near = get_close_matches(key, known, n=1)
        if near:
            self.fault(place, N_("没有 %(key)s 这个键，是否为 %(near)s？"), key=shown(key), near=near[0])
        else:
            self.fault(place, N_("没有 %(key)s 这个键；可用：%(known)s。"), key=shown(key), known=tuple(known))

    def items(self, data: Any, place: str) -> Iterator[tuple[str, Any]]:
        """Yield a list's values, each with its place."""
        if not isinstance(data, list):
            self.fault(place, N_("应为列表 […]，现为 %(found)s。"), found=shown(data))
            return
        for number, value in enumerate(data):
            yield f"{place}[{number}]", value

    def pair(self, data: Any, place: str) -> tuple[Any, Any] | None:
        """Return the two values of a list of two."""
        found = list(self.items(data, place))
        if isinstance(data, list) and len(found) != 2:
            self.fault(place, N_("应正好有 2 项，现有 %(count)s 项。"), count=len(found))
        return (found[0][1], found[1][1]) if len(found) == 2 else None

    def whole(self, data: Any, place: str, low: int, high: int) -> int | None:
        """Return a whole number from `low` to `high`."""
        if isinstance(data, Decimal) and data == data.to_integral_value():
            data = int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fault(place, N_("应为整数，现为 %(found)s。"), found=shown(data))
        elif not low <= data <= high:
            self.fault(
                place, N_("应在 %(low)s 至 %(high)s 之间，现为 %(found)s。"), low=low, high=high, found=shown(data)
            )
        else:
            return data
        return None

    def number(self, data: Any, place: str) -> Fraction | None:
        """Return a number from 0 to `GREATEST_VALUE`, exactly as it is written."""
        if not isinstance(data, int | Decimal) or isinstance(data, bool):
            self.fault(place, N_("应为数字，现为 %(found)s。"), found=shown(data))
        elif not 0 <= data <= GREATEST_VALUE:
            wanted = {"low": 0, "high": GREATEST_VALUE}
            self.fault(place, N_("应在 %(low)s 至 %(high)s 之间，现为 %(found)s。"), **wanted, found=shown(data))
        else:
            return Fraction(data)
        return None

    def flag(self, data: Any, place: str) -> bool:
        """Return true or false; 1 and "true" are neither."""
        if not isinstance(data, bool):
            self.fault(place, N_("应为 true 或 false，现为 %(found)s。"), found=shown(data))
        return data is True

    def name(self, data: Any, place: str) -> str | None:
        """Return an id or code: text that can be shown in one line."""
        if not isinstance(data, str):
            self.fault(place, N_("应为双引号中的文字，现为 %(found)s。"), found=shown(data))
        elif not data.strip() or len(data) > LONGEST_NAME or not data.isprintable():
            limit = LONGEST_NAME
            self.fault(place, N_("应为 1 至 %(limit)s 个可见字符，现为 %(found)s。"), limit=limit, found=shown(data))
        else:
            return data
        return None


def shown(value: Any) -> str:
    """Return a value as the file writes it, shortened."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = value.text if isinstance(value, Odd) else str(value) if isinstance(value, Decimal) else None
    if text is None:
        text = json.dumps(value[: LONGEST_SHOWN + 1] if isinstance(value, str) else value, ensure_ascii=False)
        text = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
