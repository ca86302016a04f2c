"""A solution file (JSON) into a `Solution`, and back. Whether the timetable is right is for `check` to say."""

import json
import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from matchmaker.timetable.json_text import MOST_DIGITS, load, parse
from matchmaker.timetable.problem import Assignment, Solution
from matchmaker.timetable.reading import Reading
from matchmaker.timetable.wording import N_

STATUSES = ("optimal", "feasible", "infeasible", "stopped")
_MOST = 10**9
_DECIMALS = 12


def read_solution(path: Path) -> Solution:
    """Return the solution of a file.

    Raises:
        BadFile: It cannot be read, is no JSON, or has not the form of a solution.
    """
    return solution_of(load(path))


def parse_solution(data: bytes) -> Solution:
    """Return the solution that a file's bytes describe.

    Raises:
        BadFile: As `read_solution`.
    """
    return solution_of(parse(data))


def solution_of(data: Any) -> Solution:
    """Return the solution that JSON values (as `json_text.parse` gives them) describe.

    Raises:
        BadFile: It has not the form of a solution.
    """
    reading = Reading()
    required = ("assignments", "unscheduled", "value", "bound", "gaps", "status", "seconds")
    found = reading.record(data, "", required, ("conflict",))
    solution = Solution(
        assignments=tuple(
            _assignment(reading, each, place)
            for place, each in reading.items(found.get("assignments", []), "assignments")
        ),
        unscheduled=_names(reading, found, "unscheduled"),
        value=_number(reading, found, "value"),
        bound=_number(reading, found, "bound"),
        gaps=(reading.whole(found["gaps"], "gaps", 0, _MOST) if "gaps" in found else 0) or 0,
        status=_status(reading, found),
        seconds=float(_number(reading, found, "seconds")),
        conflict=_names(reading, found, "conflict"),
    )
    reading.close()
    return solution


def _assignment(reading: Reading, data: Any, place: str) -> Assignment:
    found = reading.record(data, place, ("meeting", "slot", "table"), ("interpreter",))
    names = {
        key: reading.name(found[key], f"{place}.{key}") if key in found else None for key in ("meeting", "interpreter")
    }
    slot, table = (
        reading.whole(found[key], f"{place}.{key}", -_MOST, _MOST) if key in found else None
        for key in ("slot", "table")
    )
    return Assignment(names["meeting"] or "", slot or 0, table or 0, names["interpreter"])


def _names(reading: Reading, found: dict[str, Any], key: str) -> tuple[str, ...]:
    names = (reading.name(each, place) for place, each in reading.items(found.get(key, []), key))
    return tuple(name for name in names if name is not None)


def _number(reading: Reading, found: dict[str, Any], key: str) -> Fraction:
    # A sum of many values may be greater than any one of them: sums have no upper limit of their own.
    value = found.get(key, 0)
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and value >= 0:
        return Fraction(value)
    return reading.number(value, key) or Fraction(0)


def _status(reading: Reading, found: dict[str, Any]) -> str:
    status = found.get("status", STATUSES[0])
    if status not in STATUSES:
        reading.fault("status", N_("应为以下之一：%(known)s。"), known=STATUSES)
    return str(status)


def solution_text(solution: Solution) -> str:
    """Return a solution as JSON, one assignment a line; values are exact wherever a decimal number can be."""
    parts = {
        "assignments": _lines(_packed(each) for each in solution.assignments),
        "unscheduled": json.dumps(solution.unscheduled, ensure_ascii=False),
        "value": decimal_text(solution.value),
        "bound": decimal_text(solution.bound, up=True),
        "gaps": str(solution.gaps),
        "status": json.dumps(solution.status),
        "seconds": json.dumps(round(solution.seconds, 3)),
    }
    if solution.conflict:
        parts["conflict"] = json.dumps(solution.conflict, ensure_ascii=False)
    return "{\n" + ",\n".join(f'  "{key}": {text}' for key, text in parts.items()) + "\n}\n"


def _packed(assignment: Assignment) -> dict[str, object]:
    row: dict[str, object] = {"meeting": assignment.meeting, "slot": assignment.slot, "table": assignment.table}
    if assignment.interpreter is not None:
        row["interpreter"] = assignment.interpreter
    return row


def _lines(rows: Any) -> str:
    lines = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
    return f"[\n{lines}\n  ]" if lines else "[]"


def decimal_text(number: Fraction, *, places: int = MOST_DIGITS, up: bool = False) -> str:
    """Return a number as JSON writes it: exact where so many decimal places hold it, else rounded (`up`: upwards)."""
    places = min(places, MOST_DIGITS if (number * 10**MOST_DIGITS).denominator == 1 else _DECIMALS)
    scaled = number * 10**places
    units = -(-scaled.numerator // scaled.denominator) if up else round(scaled)
    whole, part = divmod(units, 10**places)
    tail = f"{part:0{places}d}".rstrip("0")
    return f"{whole}.{tail}" if tail else str(whole)


def require_writable(path: Path) -> None:
    """Try whether a file can be written there, leaving nothing behind.

    Raises:
        OSError: It cannot.
    """
    if _is_special(path):
        return
    aside = _aside(path)
    aside.touch(exist_ok=True)
    aside.unlink()


def write_solution(path: Path, solution: Solution) -> None:
    """Write a solution aside and swap it in: whoever reads the file meets the old one or the new one, whole.

    Raises:
        OSError: It cannot be written.
    """
    if _is_special(path):
        path.write_text(solution_text(solution), encoding="utf-8")
        return
    aside = _aside(path)
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(solution_text(solution))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path.resolve())
    finally:
        aside.unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    return path.resolve().parent / f".matchmaker-{os.getpid()}.partial"


def _is_special(path: Path) -> bool:
    # A device or a pipe (/dev/stdout) is written to, never replaced.
    return path.exists() and not path.is_file() and not path.is_dir()
