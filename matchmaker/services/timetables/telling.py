"""What people are told of their meetings: only those whose meetings changed, one notice each with all his changes."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.language import N_, Sentence, joined
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import Placement
from matchmaker.services.enclosures import EnclosureKind, enclose
from matchmaker.services.notices import tell
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.differences import Change, ChangeKind

_LINES = {
    ChangeKind.NEW: N_("新增：%(when)s，%(where)s，与%(who)s（%(organization)s）"),
    ChangeKind.MOVED: N_("改期：与%(who)s（%(organization)s），由 %(before)s 改为 %(when)s，%(where)s"),
    ChangeKind.RESEATED: N_("时间不变：%(when)s，与%(who)s（%(organization)s），现在是%(where)s"),
    ChangeKind.CANCELLED: N_("取消：%(before)s，与%(who)s（%(organization)s）"),
}
LINE_BREAK = "\n"


def tell_changes(session: Session, board: Board, by_person: Mapping[int, Sequence[Change]]) -> None:
    """Tell each person what changed for him. Whoever the desk entered without an account hears of it from the desk."""
    people = _people(session, by_person)
    for registration_id, found in by_person.items():
        person = people.get(registration_id)
        if person is None or person.user is None:
            continue
        ordered = sorted(found, key=lambda change: _slot(change))
        lines = [_line(board, people, person, change) for change in ordered]
        tell(
            session,
            person.user,
            topic=NoticeTopic.EVENT,
            title=_title(board, found),
            body=joined(lines, LINE_BREAK),
            path=f"/events/{board.event.id}/my-meetings",
            enclosures=[enclose(EnclosureKind.MEETINGS, person.id)],
        )


def where(board: Board, row: Appointment | Placement) -> str:
    """Return at which table, or that it is online."""
    table = next((table for table in board.tables if table.id == row.table_id), None)
    if table is None:
        return N_("线上")
    if table.name:
        return Sentence(N_("%(number)d 号桌（%(name)s）"), number=table.number, name=table.name)
    return Sentence(N_("%(number)d 号桌"), number=table.number)


def _title(board: Board, found: Sequence[Change]) -> Sentence:
    if all(change.kind is ChangeKind.NEW for change in found):
        return Sentence(N_("《%(event)s》：您有 %(count)d 场一对一洽谈"), event=board.event.title, count=len(found))
    return Sentence(N_("《%(event)s》：您的洽谈有 %(count)d 处变化"), event=board.event.title, count=len(found))


def _line(board: Board, people: Mapping[int, Registration], person: Registration, change: Change) -> Sentence:
    other = people[next(iter(set(change.pair) - {person.id}))]
    values: dict[str, object] = {"who": other.name, "organization": other.organization.name}
    if change.before is not None:
        values["before"] = change.before.starts_at
    if change.after is not None:
        values |= {"when": board.slots[change.after.slot].starts_at, "where": where(board, change.after)}
    return Sentence(_LINES[change.kind], **values)


def _people(session: Session, by_person: Mapping[int, Sequence[Change]]) -> dict[int, Registration]:
    """Everybody who is concerned; who has just withdrawn is no longer on the board."""
    rows = sa.select(Registration).where(Registration.id.in_(by_person.keys()))
    loaded = rows.options(joinedload(Registration.organization), joinedload(Registration.user))
    return {row.id: row for row in session.scalars(loaded)}


def _slot(change: Change) -> int:
    row = change.after or change.before
    return row.slot if row is not None else 0
