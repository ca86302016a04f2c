"""What is written about an event: the form as typed, and reading it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import SLOT_MINUTES, EventKind
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import Organization, OrganizationKind
from matchmaker.services.reading.moments import read_moment
from matchmaker.services.reading.text import Unreadable, folded, line, prose, words

TITLE_MOST, SUMMARY_MOST, PLACE_MOST, ADDRESS_MOST, URL_MOST, CONTACT_MOST = 100, 10_000, 200, 300, 500, 200
CAPACITY_MOST, QUOTA_MOST, BREAK_MOST, NAMES_MOST = 100_000, 200, 120, 20
LONGEST_DAYS = 31
MEETING_KINDS = frozenset({EventKind.SESSION, EventKind.ROADSHOW})
"""Kinds of event at which people may meet one to one by slots."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An event as typed: numbers and moments are text (official time), lists of names separated by line or comma."""

    kind: str = EventKind.SESSION
    title: str = ""
    summary: str = ""
    fields: tuple[str, ...] = ()
    starts_at: str = ""
    ends_at: str = ""
    place: str = ""
    address: str = ""
    region: str = ""
    online_url: str = ""
    organizers: str = ""
    sponsors: str = ""
    branch_id: str = ""
    contact: str = ""
    capacity: str = ""
    needs_approval: bool = True
    registration_until: str = ""
    meetings_from: str = ""
    meetings_until: str = ""
    slot_minutes: str = ""
    break_minutes: str = ""
    wishes_until: str = ""
    wish_quota: str = ""


def branches(session: Session) -> list[Organization]:
    """Return the branches, by name."""
    kind = Organization.kind == OrganizationKind.BRANCH
    return list(session.scalars(sa.select(Organization).where(kind).order_by(Organization.name, Organization.id)))


def read_plan(session: Session, plan: Plan) -> dict[str, Any]:
    """Return the columns of an event that a plan means.

    Raises:
        Invalid: something is missing or cannot be read (`errors` names the field).
    """
    reading = _Reading(plan)
    values = {**_texts(reading), **_times(reading), **_meetings(reading), "branch_id": _branch(session, reading)}
    if reading.errors:
        raise Invalid(N_("还有 %(count)d 处需要修改。"), reading.errors, count=len(reading.errors))
    return values


@dataclass(slots=True)
class _Reading:
    plan: Plan
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, most: int, *, long: bool = False) -> str:
        text = (prose if long else line)(getattr(self.plan, name))
        if len(text) > most:
            self.errors[name] = Sentence(N_("最多 %(most)d 个字。"), most=most)
        return text

    def names(self, name: str) -> list[str]:
        try:
            return list(words(getattr(self.plan, name), NAMES_MOST))
        except Unreadable as fault:
            self.errors[name] = fault.sentence
            return []

    def moment(self, name: str) -> datetime | None:
        try:
            return read_moment(getattr(self.plan, name))
        except Unreadable as fault:
            self.errors[name] = fault.sentence
            return None

    def number(self, name: str, most: int, least: int = 1) -> int | None:
        text = folded(getattr(self.plan, name))
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most):
            self.errors[name] = Sentence(N_("请填写 %(least)d 到 %(most)d 之间的整数。"), least=least, most=most)
            return None
        return int(text)

    def code(self, name: str, table: str) -> str | None:
        value: str = getattr(self.plan, name)
        if value and value not in codes.table(table):
            self.errors[name] = N_("请从列表中选择。")
        return value or None


def _texts(reading: _Reading) -> dict[str, Any]:
    plan = reading.plan
    title = reading.text("title", TITLE_MOST)
    if not title:
        reading.errors["title"] = N_("请填写活动名称。")
    if plan.kind not in set(EventKind):
        reading.errors["kind"] = N_("请从列表中选择。")
    if any(code not in codes.table("contract_fields") for code in plan.fields):
        reading.errors["fields"] = N_("请从列表中选择。")
    return {
        "kind": plan.kind,
        "title": title,
        "summary": reading.text("summary", SUMMARY_MOST, long=True),
        "fields": list(dict.fromkeys(plan.fields)),
        "place": reading.text("place", PLACE_MOST),
        "address": reading.text("address", ADDRESS_MOST),
        "region": reading.code("region", "regions"),
        "online_url": _url(reading),
        "organizers": reading.names("organizers"),
        "sponsors": reading.names("sponsors"),
        "contact": reading.text("contact", CONTACT_MOST),
        "capacity": reading.number("capacity", CAPACITY_MOST),
        "needs_approval": plan.needs_approval,
    }


def _url(reading: _Reading) -> str | None:
    text = reading.text("online_url", URL_MOST)
    if not text:
        return None
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address or " " in text:
        reading.errors["online_url"] = N_("请填写完整的网址，以 https:// 开头。")
    return text


def _times(reading: _Reading) -> dict[str, Any]:
    starts, ends = reading.moment("starts_at"), reading.moment("ends_at")
    until = reading.moment("registration_until")
    for name, moment in (("starts_at", starts), ("ends_at", ends)):
        if moment is None:
            reading.errors.setdefault(name, N_("请填写日期和时间。"))
    if starts and ends and ends <= starts:
        reading.errors["ends_at"] = N_("结束时间应晚于开始时间。")
    elif starts and ends and (ends - starts).days > LONGEST_DAYS:
        reading.errors["ends_at"] = Sentence(N_("一场活动最长 %(days)d 天，请检查日期。"), days=LONGEST_DAYS)
    if until and ends and until > ends:
        reading.errors["registration_until"] = N_("报名截止时间不能晚于活动结束。")
    return {"starts_at": starts, "ends_at": ends, "registration_until": until}


def _meetings(reading: _Reading) -> dict[str, Any]:
    """Read what concerns one-to-one meetings; an event of a kind without them has none of it."""
    nothing = dict.fromkeys(("meetings_from", "meetings_until", "slot_minutes", "wishes_until", "wish_quota"))
    if reading.plan.kind not in MEETING_KINDS:
        return {**nothing, "break_minutes": 0}
    begins, ends = reading.moment("meetings_from"), reading.moment("meetings_until")
    length = reading.number("slot_minutes", max(SLOT_MINUTES))
    if length is not None and length not in SLOT_MINUTES:
        reading.errors["slot_minutes"] = N_("请从列表中选择。")
    if length is None and reading.plan.kind == EventKind.SESSION:
        reading.errors.setdefault("slot_minutes", N_("请选择每场洽谈的时长。"))
    if begins and ends and ends <= begins:
        reading.errors["meetings_until"] = N_("结束时间应晚于开始时间。")
    _require_inside(reading, {"meetings_from": begins, "meetings_until": ends})
    wishes = reading.moment("wishes_until")
    over = reading.moment("ends_at")
    if wishes and over and wishes > over:
        reading.errors["wishes_until"] = N_("意向截止时间不能晚于活动结束。")
    return {
        "meetings_from": begins,
        "meetings_until": ends,
        "slot_minutes": length,
        "break_minutes": reading.number("break_minutes", BREAK_MOST, 0) or 0,
        "wishes_until": wishes,
        "wish_quota": reading.number("wish_quota", QUOTA_MOST),
    }


def _require_inside(reading: _Reading, moments: Mapping[str, datetime | None]) -> None:
    starts, ends = reading.moment("starts_at"), reading.moment("ends_at")
    for name, moment in moments.items():
        if moment and starts and ends and not starts <= moment <= ends:
            reading.errors[name] = N_("请填写活动开始和结束之间的时间。")


def _branch(session: Session, reading: _Reading) -> int | None:
    typed = reading.plan.branch_id
    if not typed:
        return None
    found = next((branch.id for branch in branches(session) if str(branch.id) == typed), None)
    if found is None:
        reading.errors["branch_id"] = N_("请从列表中选择。")
    return found
