"""A problem file (JSON) into a `Problem`. What it may hold is in the README; every fault is told with its place."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from matchmaker.timetable.json_text import load, parse
from matchmaker.timetable.problem import Broker, Fixed, Interpreter, Meeting, Party, Problem
from matchmaker.timetable.reading import Reading
from matchmaker.timetable.wording import N_

MOST_SLOTS = 1_000
MOST_TABLES = 10_000
MOST_MEETINGS_OF_A_PARTY = 1_000_000


def read_problem(path: Path) -> Problem:
    """Return the problem of a file.

    Raises:
        BadFile: It cannot be read, is no JSON, or says something that cannot be; some dozens of faults at once.
    """
    return problem_of(load(path))


def parse_problem(data: bytes) -> Problem:
    """Return the problem that a file's bytes describe.

    Raises:
        BadFile: As `read_problem`.
    """
    return problem_of(parse(data))


def problem_of(data: Any) -> Problem:
    """Return the problem that JSON values (as `json_text.parse` gives them) describe.

    Raises:
        BadFile: Something in it cannot be.
    """
    reader = _ProblemReader()
    problem = reader.problem(data)
    reader.reading.close()
    return problem


class _ProblemReader:
    def __init__(self) -> None:
        self.reading = Reading()
        # Unknown while they are wrong themselves: then nothing is compared with them.
        self.slots: int | None = None
        self.tables: int | None = None
        self.parties: dict[str, str] = {}
        self.brokers: dict[str, str] = {}
        self.languages: set[str] = set()

    def problem(self, data: Any) -> Problem:
        optional = ("interpreters", "brokers", "vetoes", "closed")
        found = self.reading.record(data, "", ("slots", "tables", "parties", "meetings"), optional)
        if "slots" in found:
            self.slots = self.reading.whole(found["slots"], "slots", 0, MOST_SLOTS)
        if "tables" in found:
            self.tables = self.reading.whole(found["tables"], "tables", 0, MOST_TABLES)
        # Parties, interpreters and brokers first: meetings and vetoes name them.
        parties = tuple(self._party(each, place) for place, each in self._list(found, "parties"))
        interpreters = tuple(self._interpreters(found))
        brokers = tuple(self._broker(each, place) for place, each in self._list(found, "brokers"))
        return Problem(
            slots=self.slots or 0,
            tables=self.tables or 0,
            parties=parties,
            meetings=tuple(self._meetings(found)),
            interpreters=interpreters,
            brokers=brokers,
            vetoes=frozenset(self._vetoes(found)),
            closed=frozenset(self._closed(found)),
        )

    def _list(self, found: Mapping[str, Any], key: str) -> Iterable[tuple[str, Any]]:
        return self.reading.items(found[key], key) if key in found else ()

    def _party(self, data: Any, place: str) -> Party:
        found = self.reading.record(data, place, ("id",), ("unavailable", "max_meetings"))
        most = None
        if "max_meetings" in found:
            most = self.reading.whole(found["max_meetings"], f"{place}.max_meetings", 0, MOST_MEETINGS_OF_A_PARTY)
        return Party(self._id(found, place, self.parties), self._unavailable(found, place), most)

    def _interpreters(self, found: Mapping[str, Any]) -> Iterable[Interpreter]:
        seen: dict[str, str] = {}
        for place, each in self._list(found, "interpreters"):
            row = self.reading.record(each, place, ("id", "languages"), ("unavailable",))
            spoken = frozenset(self._names(row, "languages", place))
            self.languages |= spoken
            yield Interpreter(self._id(row, place, seen), spoken, self._unavailable(row, place))

    def _broker(self, data: Any, place: str) -> Broker:
        found = self.reading.record(data, place, ("id",), ("unavailable",))
        return Broker(self._id(found, place, self.brokers), self._unavailable(found, place))

    def _meetings(self, found: Mapping[str, Any]) -> Iterable[Meeting]:
        seen: dict[str, str] = {}
        optional = ("must", "fixed", "language", "broker")
        for place, each in self._list(found, "meetings"):
            row = self.reading.record(each, place, ("id", "parties", "value"), optional)
            yield Meeting(
                id=self._id(row, place, seen),
                parties=self._pair(row["parties"], f"{place}.parties") if "parties" in row else ("", ""),
                value=self._value(row, place),
                must="must" in row and self.reading.flag(row["must"], f"{place}.must"),
                fixed=self._fixed(row["fixed"], f"{place}.fixed") if "fixed" in row else None,
                language=self._language(row["language"], f"{place}.language") if "language" in row else None,
                broker=self._named_broker(row["broker"], f"{place}.broker") if "broker" in row else None,
            )

    def _value(self, row: Mapping[str, Any], place: str) -> Fraction:
        value = self.reading.number(row["value"], f"{place}.value") if "value" in row else None
        return Fraction(0) if value is None else value

    def _fixed(self, data: Any, place: str) -> Fixed | None:
        found = self.reading.record(data, place, ("slot",), ("table",))
        slot = self._slot(found["slot"], f"{place}.slot") if "slot" in found else None
        table = self._table(found["table"], f"{place}.table") if "table" in found else None
        return None if slot is None else Fixed(slot, table)

    def _language(self, data: Any, place: str) -> str | None:
        language = self.reading.name(data, place)
        if language is not None and language not in self.languages:
            self.reading.fault(place, N_("没有一位翻译会 %(language)s。"), language=language)
        return language

    def _named_broker(self, data: Any, place: str) -> str | None:
        broker = self.reading.name(data, place)
        if broker is not None and broker not in self.brokers:
            self.reading.fault(place, N_("没有编号为 %(id)s 的经纪人。"), id=broker)
        return broker

    def _vetoes(self, found: Mapping[str, Any]) -> Iterable[frozenset[str]]:
        for place, each in self._list(found, "vetoes"):
            yield frozenset(self._pair(each, place))

    def _closed(self, found: Mapping[str, Any]) -> Iterable[tuple[int, int]]:
        for place, each in self._list(found, "closed"):
            row = self.reading.record(each, place, ("table",), ("slot",))
            table = self._table(row["table"], f"{place}.table") if "table" in row else None
            slot = self._slot(row["slot"], f"{place}.slot") if "slot" in row else None
            if table is not None:
                yield from ((each, table) for each in (range(self.slots or 0) if slot is None else (slot,)))

    def _pair(self, data: Any, place: str) -> tuple[str, str]:
        pair = self.reading.pair(data, place)
        if pair is None:
            return "", ""
        one, other = (self._known_party(each, f"{place}[{number}]") for number, each in enumerate(pair))
        if one is not None and one == other:
            self.reading.fault(place, N_("两项是同一方 %(id)s。"), id=one)
        return one or "", other or ""

    def _known_party(self, data: Any, place: str) -> str | None:
        party = self.reading.name(data, place)
        if party is not None and party not in self.parties:
            self.reading.fault(place, N_("没有编号为 %(id)s 的参与方。"), id=party)
        return party

    def _id(self, found: Mapping[str, Any], place: str, seen: dict[str, str]) -> str:
        if "id" not in found:
            return ""
        name = self.reading.name(found["id"], f"{place}.id")
        if name is None:
            return ""
        if name in seen:
            self.reading.fault(f"{place}.id", N_("编号 %(id)s 已在 %(place)s 用过。"), id=name, place=seen[name])
        seen.setdefault(name, place)
        return name

    def _names(self, found: Mapping[str, Any], key: str, place: str) -> Iterable[str]:
        for at, each in self.reading.items(found[key], f"{place}.{key}") if key in found else ():
            name = self.reading.name(each, at)
            if name is not None:
                yield name

    def _unavailable(self, found: Mapping[str, Any], place: str) -> frozenset[int]:
        if "unavailable" not in found:
            return frozenset()
        slots = (self._slot(each, at) for at, each in self.reading.items(found["unavailable"], f"{place}.unavailable"))
        return frozenset(slot for slot in slots if slot is not None)

    def _slot(self, data: Any, place: str) -> int | None:
        return self._counted(data, place, self.slots, N_("没有时段 %(number)s：共 %(count)s 个，从 0 数起。"))

    def _table(self, data: Any, place: str) -> int | None:
        return self._counted(data, place, self.tables, N_("没有 %(number)s 号桌：共 %(count)s 张，从 0 数起。"))

    def _counted(self, data: Any, place: str, count: int | None, template: str) -> int | None:
        number = self.reading.whole(data, place, -(10**9), 10**9)
        if number is not None and count is not None and not 0 <= number < count:
            self.reading.fault(place, template, number=number, count=count)
            return None
        return number
