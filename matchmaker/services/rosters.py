"""Rosters: many inventors at once, from pasted lines or a table; a bad line keeps nobody else out."""

import csv
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_edit_organization
from matchmaker.services.identifiers import comparable_name
from matchmaker.services.inventors import SAME_ADDRESS, SAME_NAME, InventorDetails, add_inventor, require_keeper
from matchmaker.services.reading.text import line
from matchmaker.services.sub_units import SubUnitDetails, add_sub_unit, sub_unit_choices

MOST_LINES = 2000
MOST_CHARACTERS = 400_000
COLUMNS = {
    "name": ("姓名", "发明人", "name"),
    "title": ("职称", "职务", "职称或职务", "title"),
    "sub_unit": ("部门", "学院", "院系", "研究所", "单位部门", "department"),
    "research": ("研究方向", "方向", "research"),
    "field": ("技术领域", "领域", "field"),
    "email": ("邮箱", "电子邮箱", "email", "e-mail"),
}
SEPARATORS = (",", "，", ";", "；")
_Line = tuple[int, str, list[str]]
ORDER = ("name", "title", "sub_unit", "research", "email")
"""What the columns mean where no heading says so."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was not taken: its number from 1, its text, and why."""

    number: int
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RosterReport:
    """How many were added, how many were known already, which sub-units were made, and what was not taken."""

    added: int
    known: int
    sub_units: tuple[str, ...]
    bad: tuple[BadLine, ...]


def add_roster(
    session: Session,
    actor: Actor,
    organization: Organization,
    text: str,
    *,
    consented: bool = False,
    create_sub_units: bool = False,
) -> RosterReport:
    """Add the inventors of a roster: a line for each, its cells apart by tabs, commas or semicolons.

    A first line of headings says what the columns are (see COLUMNS), else they are those of ORDER. Somebody who is
    there already, by e-mail address or by name and sub-unit, is counted and left as he is.

    Raises:
        Forbidden: the actor is no member of the organization.
        Invalid: nothing typed, or too much (field `text`).
    """
    require_keeper(actor, organization)
    rows = _rows(text)
    columns, rows = _columns(rows)
    places = _SubUnits(session, actor, organization, create=create_sub_units)
    added = known = 0
    bad: list[BadLine] = []
    for number, raw, cells in rows:
        values = dict(zip(columns, cells, strict=False))
        try:
            details = _details(values, places.find(values.get("sub_unit", "")), consented)
            add_inventor(session, actor, organization, details)
            added += 1
        except Invalid as error:
            if _is_known(error):
                known += 1
            else:
                sentence = next(iter(error.errors.values()), error.sentence)
                bad.append(BadLine(number, raw, sentence))
    return RosterReport(added, known, tuple(places.made), tuple(bad))


class _SubUnits:
    """Sub-units by name, made where that was asked for and is allowed."""

    def __init__(self, session: Session, actor: Actor, organization: Organization, *, create: bool) -> None:
        self._session, self._actor, self._organization = session, actor, organization
        self._create = create and can_edit_organization(actor, organization)
        self.made: list[str] = []
        self._ids: dict[str, int] = {}
        for number, path in sub_unit_choices(session, organization.id):
            # A path names one sub-unit for certain; its last part does so where it is the only one.
            self._ids.setdefault(comparable_name(path.rpartition(" / ")[2]), number)
            self._ids[comparable_name(path)] = number

    def find(self, name: str) -> int | None:
        key = comparable_name(name)
        if not key:
            return None
        if key not in self._ids:
            if not self._create:
                raise Invalid(Sentence(N_("没有部门“%(name)s”，请先登记这个部门。"), name=line(name)[:40]))
            made = add_sub_unit(self._session, self._actor, self._organization, SubUnitDetails(name))
            self._ids[key] = made.id
            self.made.append(made.name)
        return self._ids[key]


def _details(values: dict[str, str], sub_unit_id: int | None, consented: bool) -> InventorDetails:
    field = values.get("field", "")
    code = codes.table("contract_fields").find(field) if field else None
    if field and code is None:
        raise Invalid(Sentence(N_("不认识的技术领域“%(field)s”。"), field=field[:40]))
    return InventorDetails(
        name=values.get("name", ""),
        title=values.get("title", ""),
        sub_unit_id=sub_unit_id,
        fields=(code,) if code else (),
        research=values.get("research", ""),
        email=values.get("email", ""),
        consented=consented,
    )


def _rows(text: str) -> list[_Line]:
    if len(text) > MOST_CHARACTERS:
        raise Invalid(N_("名单太长，请分几次添加。"), {"text": N_("名单太长，请分几次添加。")})
    lines = [(number, row) for number, row in enumerate(text.replace("\r\n", "\n").split("\n"), 1) if _says(row)]
    if not lines:
        raise Invalid(N_("请粘贴名单，或选择文件。"), {"text": N_("每行一位发明人。")})
    if len(lines) > MOST_LINES:
        sentence = Sentence(N_("一次最多 %(most)d 人，请分几次添加。"), most=MOST_LINES)
        raise Invalid(sentence, {"text": sentence})
    return [(number, row.strip("\r"), _cells(row)) for number, row in lines]


def _says(row: str) -> bool:
    return bool(row.strip(" \t\r,，;；"))


def _cells(row: str) -> list[str]:
    separator = "\t" if "\t" in row else max(SEPARATORS, key=row.count)
    try:
        cells = next(csv.reader([row], delimiter=separator), [])
    except csv.Error:
        cells = row.split(separator)
    return [line(cell) for cell in cells]


def _columns(rows: list[_Line]) -> tuple[tuple[str, ...], list[_Line]]:
    heading = [next((name for name, known in COLUMNS.items() if cell.casefold() in known), "") for cell in rows[0][2]]
    return (tuple(heading), rows[1:]) if "name" in heading else (ORDER, rows)


def _is_known(error: Invalid) -> bool:
    return any(sentence in {SAME_ADDRESS, SAME_NAME} for sentence in error.errors.values())
