"""The organiser's table of registrations as a file: .xlsx or .csv, nothing that runs when it is opened."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import spans
from matchmaker.domain.states import STATE_NAMES
from matchmaker.services.events.attendees import AttendeeFilter, all_attendees
from matchmaker.services.exports.cells import Cell, text_cell
from matchmaker.services.exports.writers import WRITERS, ExportColumn

FORMATS = ("xlsx", "csv")
_TIME = "%Y-%m-%d %H:%M"


def _moment(value: object) -> str:
    return value.astimezone(CITY_ZONE).strftime(_TIME) if value is not None else ""  # type: ignore[attr-defined]


def _absences(row: Registration) -> str:
    return "; ".join(f"{_moment(start)} – {_moment(end)}" for start, end in spans(row.absences))


def _languages(row: Registration) -> str:
    return "、".join(codes.table("languages").name(code) for code in row.languages)


# Name, heading, width in characters, what stands there.
COLUMNS: tuple[tuple[str, str, int, Callable[[Registration], Cell]], ...] = (
    ("id", N_("编号"), 8, lambda row: row.id),
    ("organization", N_("单位"), 30, lambda row: text_cell(row.organization.name)),
    ("name", N_("姓名"), 12, lambda row: text_cell(row.name)),
    ("position", N_("职务"), 16, lambda row: text_cell(row.position)),
    ("phone", N_("电话"), 18, lambda row: text_cell(row.phone)),
    ("state", N_("状态"), 12, lambda row: STATE_NAMES[row.state]),
    ("interpreter", N_("需要翻译"), 10, lambda row: "" if row.speaks_chinese else N_("是")),
    ("languages", N_("会说的语言"), 16, _languages),
    ("arrives_at", N_("到达"), 17, lambda row: _moment(row.arrives_at)),
    ("departs_at", N_("离开"), 17, lambda row: _moment(row.departs_at)),
    ("absences", N_("不在场的时间"), 36, _absences),
    ("max_meetings", N_("最多洽谈场数"), 12, lambda row: row.max_meetings),
    ("checked_in_at", N_("签到时间"), 17, lambda row: _moment(row.checked_in_at)),
    ("registered_at", N_("报名时间"), 17, lambda row: _moment(row.registered_at)),
    ("note", N_("备注"), 36, lambda row: text_cell(row.note)),
)


def attendee_file(session: Session, actor: Actor, event: Event, wanted: AttendeeFilter, kind: str) -> bytes:
    """Return the registrations that a filter leaves, as a file of a kind of FORMATS; the journal notes who took it.

    Raises:
        Forbidden: the actor does not run the event.
    """
    rows = all_attendees(session, actor, event, wanted)
    columns = tuple(ExportColumn(name, heading, width) for name, heading, width, _cell in COLUMNS)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "attendees"
        with WRITERS[kind](path, columns, N_("报名名单")) as writer:
            for row in rows:
                writer.write([cell(row) for *_names, cell in COLUMNS], {})
        written = path.read_bytes()
    record(session, actor, "export", "event", event.id, rows=len(rows))
    return written
