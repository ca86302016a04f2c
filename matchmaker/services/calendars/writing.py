"""Writing iCalendar (RFC 5545, RFC 7986): entries of plain data become the file that a phone reads.

All moments are written in UTC, so no file needs a time zone of its own. An entry is stamped with its last change, not
with the moment of writing: the same entries give the same bytes, and a reader who has them is told so.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import icalendar

from matchmaker.domain.days import CITY_ZONE

PRODUCT = "-//matchmaker//events//ZH"
REFRESH = timedelta(hours=1)
ZONE = "Asia/Shanghai"
SUMMARY_LONGEST = 200
# Text may hold no control characters but line breaks and tabs (RFC 5545, 3.3.11); a name no quotation marks either.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks or is asked, as a calendar knows people: by address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a calendar. `status` is CONFIRMED, TENTATIVE or CANCELLED; `sequence` grows with each change.

    One that `is_whole_day` is written as the city's day on which it begins, not as moments, and keeps nobody busy.
    """

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    status: str
    location: str = ""
    description: str = ""
    url: str = ""
    online_url: str = ""
    organizer: Person | None = None
    attendee: Person | None = None
    is_whole_day: bool = False


def write_calendar(entries: Iterable[Entry], *, method: str, name: str = "") -> bytes:
    """Return the file of some entries; with a `name` it is a feed that readers fetch again every hour."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        _add_feed(calendar, one_line(name))
    for entry in entries:
        calendar.add_component(_component(entry))
    return bytes(calendar.to_ical())


def invitation(entry: Entry, organizer: Person, attendee: Person, method: str) -> bytes:
    """Return the file of a mail that asks somebody to an entry (REQUEST) or calls it off (CANCEL), RFC 5546."""
    return write_calendar([replace(entry, organizer=organizer, attendee=attendee)], method=method)


def one_line(text: str) -> str:
    """Return a text on one line, without what no calendar can hold."""
    return _UNWRITABLE.sub("", " ".join(text.split()))


def _add_feed(calendar: icalendar.Calendar, name: str) -> None:
    # Each of name and interval twice: phones know the older spelling, the standard has the newer one.
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")


def _component(entry: Entry) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    for name, moment in (("dtstamp", entry.changed_at), ("last-modified", entry.changed_at)):
        event.add(name, _moment(moment))
    for name, moment in (("dtstart", entry.starts_at), ("dtend", max(entry.ends_at, entry.starts_at))):
        event.add(name, moment.astimezone(CITY_ZONE).date() if entry.is_whole_day else _moment(moment))
    event.add("summary", one_line(entry.summary)[:SUMMARY_LONGEST])
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT" if entry.is_whole_day or entry.status == "CANCELLED" else "OPAQUE")
    for name, text in (("location", one_line(entry.location)), ("description", _lines(entry.description))):
        if text:
            event.add(name, text)
    if entry.url:
        event.add("url", entry.url)
    if entry.online_url:
        event.add("conference", entry.online_url, parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
    if entry.organizer is not None:
        event.add("organizer", _address(entry.organizer))
    if entry.attendee is not None:
        asked = _address(entry.attendee)
        asked.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE", "CUTYPE": "INDIVIDUAL"}
        event.add("attendee", asked)
    return event


def _moment(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _address(person: Person) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = one_line(person.name).replace('"', "")
    return address


def _lines(text: str) -> str:
    return _UNWRITABLE.sub("", "\n".join(text.splitlines())).strip()
