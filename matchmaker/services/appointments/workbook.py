"""The timetable as a workbook: slot by table, meeting by meeting, person by person; nothing in it runs as a formula."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.formats import clock
from matchmaker.domain.language import N_, SOURCE
from matchmaker.domain.slots import slots_of
from matchmaker.services.appointments.loading import other_side
from matchmaker.services.appointments.printing import Gathering, helpers, times
from matchmaker.services.appointments.views import STATE_WORDS
from matchmaker.services.exports.cells import text_cell

CELL_MOST = 32_000
HEAD = Font(bold=True, color="FFFFFF")
FILL = PatternFill("solid", fgColor="0A5A6A")
WRAP = Alignment(wrap_text=True, vertical="top")

Translate = Callable[[str], str]
Row = Sequence[str | int]


def timetable_workbook(gathering: Gathering, translate: Translate) -> bytes:
    """Return an .xlsx with three sheets: the grid, the list of meetings, and every person's meetings.

    `translate` puts headings into the viewer's language.
    """
    book = Workbook(write_only=True)
    _sheet(book, translate(N_("时间表")), _grid_head(gathering, translate), _grid(gathering, translate), first=16)
    _sheet(book, translate(N_("洽谈清单")), [translate(head) for head in LIST_HEADS], _list(gathering, translate))
    _sheet(book, translate(N_("每人安排")), [translate(head) for head in PERSON_HEADS], _people(gathering, translate))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


LIST_HEADS = (
    N_("时间"),
    N_("桌号"),
    N_("房间"),
    N_("一方单位"),
    N_("一方姓名"),
    N_("另一方单位"),
    N_("另一方姓名"),
    N_("翻译和经纪人"),
    N_("状态"),
)
PERSON_HEADS = (
    N_("单位"),
    N_("姓名"),
    N_("职务"),
    N_("时间"),
    N_("桌号"),
    N_("对方单位"),
    N_("对方姓名"),
    N_("翻译和经纪人"),
)


def _grid_head(gathering: Gathering, translate: Translate) -> list[str]:
    return [translate(N_("时间")), *(_table_head(table.number, table.name) for table in gathering.event.tables)]


def _table_head(number: int, name: str) -> str:
    return f"{number} {name}".strip()


def _grid(gathering: Gathering, translate: Translate) -> list[Row]:
    """One row for each slot that the event has or a meeting stands in, one column for each table."""
    placed: dict[tuple[int, int | None], Appointment] = {(one.slot, one.table_id): one for one in gathering.meetings}
    begins = {slot.number: slot.starts_at for slot in slots_of(gathering.event)}
    begins |= {one.slot: one.starts_at for one in gathering.meetings}
    rows: list[Row] = []
    for slot in sorted(begins, key=lambda number: begins[number]):
        found = [placed.get((slot, table.id)) for table in gathering.event.tables]
        rows.append([clock(begins[slot], SOURCE), *(_cell(one) for one in found)])
    return rows


def _cell(meeting: Appointment | None) -> str:
    if meeting is None:
        return ""
    sides = f"{meeting.one.organization.name} × {meeting.other.organization.name}"
    return "\n".join(filter(None, (sides, helpers(meeting))))


def _list(gathering: Gathering, translate: Translate) -> list[Row]:
    return [
        (
            times(one),
            one.table.number if one.table else translate(N_("线上")),
            one.table.room if one.table else "",
            one.one.organization.name,
            one.one.name,
            one.other.organization.name,
            one.other.name,
            helpers(one),
            translate(STATE_WORDS[one.state]),
        )
        for one in gathering.meetings
    ]


def _people(gathering: Gathering, translate: Translate) -> list[Row]:
    rows: list[Row] = []
    for person in gathering.people:
        meetings = gathering.of(person)
        rows += [
            (
                person.organization.name,
                person.name,
                person.position,
                times(one),
                one.table.number if one.table else translate(N_("线上")),
                other_side(one, person).organization.name,
                other_side(one, person).name,
                helpers(one),
            )
            for one in meetings
        ] or [(person.organization.name, person.name, person.position)]
    return rows


def _sheet(book: Workbook, title: str, heads: Sequence[str], rows: Sequence[Row], first: int = 24) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for place in range(len(heads)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = first if place == 0 else 22
    sheet.append([_head(sheet, head) for head in heads])
    for row in rows:
        sheet.append([_value(sheet, value) for value in row])


def _head(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text_cell(text))
    cell.font, cell.fill = HEAD, FILL
    return cell


def _value(sheet: Any, value: str | int) -> Any:
    if isinstance(value, int):
        return value
    cell = WriteOnlyCell(sheet, text_cell(value)[:CELL_MOST])
    cell.data_type, cell.alignment = "s", WRAP
    return cell
