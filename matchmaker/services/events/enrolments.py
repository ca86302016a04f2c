"""What somebody writes about his coming to an event: the form as typed, and reading it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.slots import slots_of
from matchmaker.services.reading.moments import read_moment
from matchmaker.services.reading.text import Unreadable, folded, line, prose

NAME_MOST, POSITION_MOST, PHONE_MOST, NOTE_MOST = 80, 80, 40, 500
ABSENCES_MOST = 5
SPOKEN = "zh"
"""What everybody speaks but those who need an interpreter."""
_PHONE = re.compile(r"[0-9+()\- ]{5,40}")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A registration as typed: moments are text in official time, `absences` pairs of them."""

    name: str = ""
    position: str = ""
    phone: str = ""
    note: str = ""
    languages: tuple[str, ...] = ()
    needs_interpreter: bool = False
    arrives_at: str = ""
    departs_at: str = ""
    absences: tuple[tuple[str, str], ...] = ()
    max_meetings: str = ""


def read_enrolment(event: Event, enrolment: Enrolment, *, at_desk: bool = False) -> dict[str, Any]:
    """Return the columns of a registration that were typed; the desk may do without a telephone number.

    Raises:
        Invalid: something is missing or cannot be read (`errors` names the field; an absence's is `absences`).
    """
    reading = _Reading(event, enrolment)
    values = {
        "name": reading.text("name", NAME_MOST, N_("请填写姓名。")),
        "position": reading.text("position", POSITION_MOST),
        "phone": reading.phone(required=not at_desk),
        "note": reading.note(),
        "languages": reading.languages(),
        "speaks_chinese": not enrolment.needs_interpreter,
        **reading.stay(),
        "absences": read_absences(event, enrolment.absences, reading.errors),
        "max_meetings": reading.most_meetings(),
    }
    if reading.errors:
        raise Invalid(N_("还有 %(count)d 处需要修改。"), reading.errors, count=len(reading.errors))
    return values


def read_absences(event: Event, typed: tuple[tuple[str, str], ...], errors: dict[str, str]) -> list[list[str]]:
    """Return absences as they are stored, [[start, end], ...]; note in `errors` what is wrong with one."""
    found: list[list[str]] = []
    for pair in typed:
        if not any(text.strip() for text in pair):
            continue
        try:
            start, end = (read_moment(text) for text in pair)
        except Unreadable as fault:
            errors["absences"] = fault.sentence
            continue
        if start is None or end is None or end <= start:
            errors["absences"] = N_("请写明从什么时候到什么时候不在，结束晚于开始。")
        elif end <= event.starts_at or start >= event.ends_at:
            errors["absences"] = N_("请填写活动期间的时间。")
        else:
            found.append([start.isoformat(), end.isoformat()])
    if len(found) > ABSENCES_MOST:
        errors["absences"] = Sentence(N_("最多填写 %(most)d 段时间。"), most=ABSENCES_MOST)
    return found


@dataclass(slots=True)
class _Reading:
    event: Event
    typed: Enrolment
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, most: int, missing: str = "") -> str:
        text = line(getattr(self.typed, name))
        if len(text) > most:
            self.errors[name] = Sentence(N_("最多 %(most)d 个字。"), most=most)
        if not text and missing:
            self.errors[name] = missing
        return text

    def phone(self, *, required: bool) -> str:
        text = line(self.typed.phone)
        if (text or required) and not _PHONE.fullmatch(text):
            self.errors["phone"] = N_("请填写能联系到本人的电话。")
        return text

    def note(self) -> str:
        text = prose(self.typed.note)
        if len(text) > NOTE_MOST:
            self.errors["note"] = Sentence(N_("最多 %(most)d 个字。"), most=NOTE_MOST)
        return text

    def languages(self) -> list[str]:
        chosen = list(dict.fromkeys(self.typed.languages))
        if any(code == SPOKEN or code not in codes.table("languages") for code in chosen):
            self.errors["languages"] = N_("请从列表中选择。")
        if self.typed.needs_interpreter and not chosen:
            self.errors["languages"] = N_("请选择会说的语言，以便安排翻译。")
        return chosen

    def stay(self) -> dict[str, datetime | None]:
        """Read when he is there; his arrival and departure lie within the event."""
        arrives, departs = self._moment("arrives_at"), self._moment("departs_at")
        if arrives and departs and departs <= arrives:
            self.errors["departs_at"] = N_("离开时间应晚于到达时间。")
        return {"arrives_at": arrives, "departs_at": departs}

    def _moment(self, name: str) -> datetime | None:
        try:
            moment = read_moment(getattr(self.typed, name))
        except Unreadable as fault:
            self.errors[name] = fault.sentence
            return None
        if moment and not self.event.starts_at <= moment <= self.event.ends_at:
            self.errors[name] = N_("请填写活动开始和结束之间的时间。")
        return moment

    def most_meetings(self) -> int | None:
        text = folded(self.typed.max_meetings)
        if not text:
            return None
        most = max(1, len(slots_of(self.event)))
        if not (text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= most):
            self.errors["max_meetings"] = Sentence(N_("请填写 %(least)d 到 %(most)d 之间的整数。"), least=1, most=most)
            return None
        return int(text)
