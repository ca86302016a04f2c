"""What is printed: every meeting on its card and on both sheets, and nothing that a spreadsheet would run."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.events import AgendaItem, EventStaff
from matchmaker.services.appointments.cancelling import cancel_appointment
from matchmaker.services.appointments.printing import gather, meeting_sheets
from matchmaker.services.appointments.workbook import timetable_workbook
from matchmaker.services.documents import day_sheets_pdf, door_list_pdf, table_cards_pdf
from tests.appointments import make_meeting
from tests.cast import Cast
from tests.events import make_registration


@pytest.fixture
def meeting(session: Session, cast: Cast) -> Appointment:
    starts = (utc_now() + timedelta(days=7)).replace(hour=2, minute=0, second=0, microsecond=0)
    meeting = make_meeting(session, cast, starts_at=starts, ends_at=starts + timedelta(hours=4))
    nurlan = EventStaff(event_id=meeting.event_id, duty="interpreter", name="努尔兰", languages=["kk"])
    lunch = {"title": "午餐", "starts_at": starts + timedelta(hours=2), "ends_at": starts + timedelta(hours=3)}
    session.add_all((nurlan, AgendaItem(event_id=meeting.event_id, **lunch)))
    make_registration(session, meeting.event, cast.mallory, checked_in_at=starts)
    make_registration(session, meeting.event, cast.peter, state="waitlisted")
    session.flush()
    meeting.interpreter_id = nurlan.id
    session.flush()
    session.expire_all()
    return meeting


def test_sheets_hold_each_meeting_at_its_table_and_with_both_persons(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    sheets = meeting_sheets(gather(session, cast.carol.actor, meeting.event_id))
    assert [(card.number, [line.time for line in card.lines]) for card in sheets.cards] == [
        (1, ["10:00–10:30"]),
        (2, []),
    ]
    assert sheets.cards[0].lines[0].helpers == "翻译 努尔兰（哈萨克文）"
    days = {day.person: [(line.place, line.what) for line in day.lines] for day in sheets.days}
    assert days == {
        cast.alice.name: [("1 号桌", cast.bob.organization_name), ("", "午餐")],
        cast.bob.name: [("1 号桌", cast.alice.organization_name), ("", "午餐")],
        cast.mallory.name: [("", "午餐")],
    }
    assert {line.name: (line.meetings, line.came) for line in sheets.door} == {
        cast.alice.name: ("1 场", ""),
        cast.bob.name: ("1 场", ""),
        cast.mallory.name: ("", "10:00"),
    }


def test_cancelled_meeting_is_not_printed(session: Session, cast: Cast, meeting: Appointment) -> None:
    cancel_appointment(session, cast.alice.actor, meeting.id, reason="临时出差")
    sheets = meeting_sheets(gather(session, cast.carol.actor, meeting.event_id))
    assert [card.lines for card in sheets.cards] == [(), ()]


def test_only_who_runs_the_event_prints(session: Session, cast: Cast, meeting: Appointment) -> None:
    with pytest.raises(Forbidden):
        gather(session, cast.alice.actor, meeting.event_id)


def test_pdf_has_a_card_for_each_table_and_a_sheet_for_each_person(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    meeting.one.name = "#let 阿丽娅 $x$ *" + "长" * 60
    sheets = meeting_sheets(gather(session, cast.carol.actor, meeting.event_id))
    cards, days, door = (
        PdfReader(io.BytesIO(write(sheets))).pages for write in (table_cards_pdf, day_sheets_pdf, door_list_pdf)
    )
    assert (len(cards), len(days), len(door)) == (2, 3, 1)
    assert "#let 阿丽娅 $x$ *" in cards[0].extract_text().replace("\n", "")
    assert round(float(cards[0].mediabox.width) / 72 * 25.4) == 210


def test_workbook_has_grid_list_and_persons_and_runs_nothing(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    meeting.one.name = "=HYPERLINK(1)"
    book = load_workbook(
        io.BytesIO(timetable_workbook(gather(session, cast.carol.actor, meeting.event_id), lambda text: text))
    )
    assert book.sheetnames == ["时间表", "洽谈清单", "每人安排"]
    grid = [[cell.value for cell in row] for row in book["时间表"].iter_rows()]
    names = f"{cast.alice.organization_name} × {cast.bob.organization_name}"
    assert (grid[0], grid[1][0], len(grid)) == (["时间", "1", "2"], "10:00", 9)
    assert str(grid[1][1]).split("\n")[0] == names
    cells = [cell for row in book["洽谈清单"].iter_rows(min_row=2) for cell in row]
    assert [(cell.value, cell.data_type) for cell in cells if "HYPERLINK" in str(cell.value)] == [
        ("'=HYPERLINK(1)", "s")
    ]
