"""The file itself, read by another parser than the one that wrote it."""

import warnings
from datetime import UTC, datetime, timedelta

import pytest
import vobject

from matchmaker.services.calendars.writing import Entry, Person, invitation, write_calendar

START = datetime(2026, 12, 3, 2, 30, tzinfo=UTC)
LONG = "新疆维吾尔自治区乌鲁木齐市高新技术产业开发区装备制造与新能源领域科技成果供需对接会暨专场路演活动通知" * 3
HOSTILE = 'END:VEVENT\r\nBEGIN:VEVENT\nSUMMARY:假, 的; "会"\\n\x00\x0b'


def _entry(**values: object) -> Entry:
    whole = {
        "uid": "event-1@city.example",
        "sequence": 2,
        "changed_at": START - timedelta(days=3),
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "summary": "对接会",
        "status": "CONFIRMED",
    }
    return Entry(**{**whole, **values})


def _read(content: bytes) -> vobject.base.Component:
    return vobject.readOne(content.decode())


def test_entry_is_read_back_with_all_it_says() -> None:
    entry = _entry(location="会展中心, 三楼; 东厅", description="第一行\n第二行", url="https://city.example/events/1")
    event = _read(write_calendar([entry], method="PUBLISH")).vevent
    assert (event.uid.value, event.sequence.value, event.status.value) == ("event-1@city.example", "2", "CONFIRMED")
    assert (event.dtstart.value, event.dtend.value) == (START, START + timedelta(hours=2))
    assert event.dtstamp.value == event.last_modified.value == START - timedelta(days=3)
    assert (event.location.value, event.description.value) == ("会展中心, 三楼; 东厅", "第一行\n第二行")


@pytest.mark.parametrize("field", ["summary", "location", "description"])
def test_hostile_text_stays_text(field: str) -> None:
    content = write_calendar([_entry(**{field: HOSTILE})], method="PUBLISH", name=HOSTILE)
    calendar = _read(content)
    assert len(calendar.vevent_list) == 1
    assert content.count(b"BEGIN:VEVENT\r\n") == 1
    assert '假, 的; "会"\\n' in getattr(calendar.vevent, field).value
    assert all(byte >= 0x20 for byte in content.replace(b"\r\n", b""))


def test_long_chinese_lines_are_folded_at_75_octets_and_read_back_whole() -> None:
    content = write_calendar([_entry(summary=LONG, description=LONG)], method="PUBLISH", name=LONG)
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    event = _read(content).vevent
    assert (event.summary.value, event.description.value) == (LONG, LONG)


def test_feed_names_itself_and_how_often_to_come_back() -> None:
    calendar = _read(write_calendar([], method="PUBLISH", name="乌鲁木齐技术对接活动"))
    assert calendar.contents["name"][0].value == calendar.contents["x-wr-calname"][0].value == "乌鲁木齐技术对接活动"
    interval = calendar.contents["refresh-interval"][0]
    assert (interval.value, interval.params) == ("PT1H", {"VALUE": ["DURATION"]})
    assert calendar.method.value == "PUBLISH"
    assert "vevent" not in calendar.contents


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_invitation_names_organizer_and_attendee(method: str) -> None:
    organizer = Person('平台"; X=1\r\nATTENDEE:mailto:x@y.example', "platform@city.example")
    event = _read(invitation(_entry(), organizer, Person("阿丽娅", "alice@cast.example"), method)).vevent
    assert event.organizer.value == "mailto:platform@city.example"
    assert [each.value for each in event.contents["attendee"]] == ["mailto:alice@cast.example"]
    assert event.attendee.params["CN"] == ["阿丽娅"]
    assert event.attendee.params["RSVP"] == ["FALSE"]


def test_parser_has_nothing_to_complain_of() -> None:
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        calendar = _read(write_calendar([_entry(), _entry(uid="event-2@city.example")], method="PUBLISH", name="全部"))
        assert calendar.validate(raiseException=True)
    assert [str(each.message) for each in complaints] == []


def test_same_entries_give_the_same_bytes() -> None:
    assert write_calendar([_entry()], method="PUBLISH") == write_calendar([_entry()], method="PUBLISH")
