"""The agenda of an event: its lines, and which of them are in each other's way."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import OCCUPYING, Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.events import AgendaItem, Event
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.permissions import Actor
from matchmaker.domain.slots import blocked, overlaps
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.events.planning import require_writable
from matchmaker.services.reading.moments import read_moment
from matchmaker.services.reading.text import Unreadable, line

MOST_ITEMS = 100
TITLE_MOST, ROOM_MOST, SPEAKER_MOST = 100, 100, 100


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One line as typed: moments are text in official time."""

    title: str = ""
    starts_at: str = ""
    ends_at: str = ""
    room: str = ""
    speaker: str = ""
    blocking: bool = True


def add_item(session: Session, actor: Actor, event: Event, typed: AgendaLine) -> AgendaItem:
    """Add a line to the agenda.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the event is over, or has MOST_ITEMS lines.
        Invalid: by field; a line lies within its event.
    """
    _require(session, actor, event)
    if len(event.agenda) >= MOST_ITEMS:
        raise Conflict(N_("议程最多 %(most)d 项。"), most=MOST_ITEMS)
    item = AgendaItem(**_read(event, typed))
    event.agenda.append(item)
    session.flush()
    _note(session, actor, event, "add_agenda_item", item)
    return item


def edit_item(session: Session, actor: Actor, event: Event, item_id: int, typed: AgendaLine) -> AgendaItem:
    """Change a line of the agenda.

    Raises:
        Forbidden, Conflict, Invalid: see `add_item`.
        NotFound: the event has no such line.
    """
    _require(session, actor, event)
    item = get_item(event, item_id)
    for name, value in _read(event, typed).items():
        setattr(item, name, value)
    session.flush()
    _note(session, actor, event, "edit_agenda_item", item)
    return item


def remove_item(session: Session, actor: Actor, event: Event, item_id: int) -> None:
    """Take a line off the agenda.

    Raises:
        Forbidden, Conflict: see `add_item`.
        NotFound: the event has no such line.
    """
    _require(session, actor, event)
    item = get_item(event, item_id)
    _note(session, actor, event, "remove_agenda_item", item)
    event.agenda.remove(item)
    session.flush()


def get_item(event: Event, item_id: int) -> AgendaItem:
    """Return a line of an event's agenda.

    Raises:
        NotFound: it has no such line.
    """
    found = next((item for item in event.agenda if item.id == item_id), None)
    if found is None:
        raise NotFound(N_("没有找到这一项议程，它可能已被删除。"))
    return found


def in_each_others_way(items: Sequence[AgendaItem]) -> tuple[tuple[AgendaItem, AgendaItem], ...]:
    """Return pairs of lines at the same time of which one leaves nobody free, or that share a room."""
    pairs = combinations(items, 2)
    return tuple((one, other) for one, other in pairs if _overlap(one, other) and _disturb(one, other))


def meetings_in_the_way(session: Session, event: Event) -> int:
    """Return how many meetings stand in slots that the agenda leaves to nobody."""
    slots = blocked(event)
    standing = Appointment.event_id == event.id, Appointment.state.in_(OCCUPYING), Appointment.slot.in_(slots)
    return session.scalar(sa.select(sa.func.count()).select_from(Appointment).where(*standing)) or 0


def _overlap(one: AgendaItem, other: AgendaItem) -> bool:
    return overlaps((one.starts_at, one.ends_at), (other.starts_at, other.ends_at))


def _disturb(one: AgendaItem, other: AgendaItem) -> bool:
    return one.blocking or other.blocking or (one.room != "" and one.room == other.room)


def _require(session: Session, actor: Actor, event: Event) -> None:
    require_runner(actor, event)
    lock_event(session, event)
    require_writable(event)


def _note(session: Session, actor: Actor, event: Event, action: str, item: AgendaItem) -> None:
    event.changed_at = utc_now()
    record(session, actor, action, "event", event.id, item_id=item.id, title=item.title)


@dataclass(slots=True)
class _Reading:
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, value: str, most: int) -> str:
        text = line(value)
        if len(text) > most:
            self.errors[name] = Sentence(N_("最多 %(most)d 个字。"), most=most)
        return text

    def moment(self, event: Event, name: str, value: str) -> datetime | None:
        try:
            moment = read_moment(value)
        except Unreadable as fault:
            self.errors[name] = fault.sentence
            return None
        if moment is None:
            self.errors[name] = N_("请填写日期和时间。")
        elif not event.starts_at <= moment <= event.ends_at:
            self.errors[name] = N_("请填写活动开始和结束之间的时间。")
        return moment


def _read(event: Event, typed: AgendaLine) -> dict[str, object]:
    reading = _Reading()
    title = reading.text("title", typed.title, TITLE_MOST)
    if not title:
        reading.errors["title"] = N_("请填写这一项的名称。")
    starts = reading.moment(event, "starts_at", typed.starts_at)
    ends = reading.moment(event, "ends_at", typed.ends_at)
    if starts and ends and ends <= starts:
        reading.errors["ends_at"] = N_("结束时间应晚于开始时间。")
    room, speaker = reading.text("room", typed.room, ROOM_MOST), reading.text("speaker", typed.speaker, SPEAKER_MOST)
    if reading.errors:
        raise Invalid(N_("还有 %(count)d 处需要修改。"), reading.errors, count=len(reading.errors))
    return {
        "title": title,
        "starts_at": starts,
        "ends_at": ends,
        "room": room,
        "speaker": speaker,
        "blocking": typed.blocking,
    }
