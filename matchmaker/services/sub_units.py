"""Sub-units: the schools and institutes of an organization, kept by its owners, named by its listings."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.inventors import Inventor
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_edit_listing, can_edit_organization
from matchmaker.domain.sub_units import SubUnit
from matchmaker.services.identifiers import comparable_name, read_email
from matchmaker.services.reading.text import Unreadable, line, within

NAME_LONGEST = 100
MOST_SUB_UNITS = 300
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class SubUnitDetails:
    """What a form says of a sub-unit, as typed; `parent_id` is None at the top."""

    name: str
    parent_id: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


@dataclass(frozen=True, slots=True)
class SubUnitView:
    """A sub-unit in its tree: `depth` 0 at the top and 1 below; `path` is its name after its parent's."""

    id: int
    name: str
    path: str
    depth: int
    parent_id: int | None
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None
    listings: int
    inventors: int


def list_sub_units(session: Session, organization_id: int) -> tuple[SubUnitView, ...]:
    """Return the tree of an organization in the order in which it is shown, with all its listings counted.

    For the organization's own pages: contacts and counts are not everybody's.
    """
    rows = _rows(session, organization_id)
    listings = _counts(session, Listing.sub_unit_id, Listing.organization_id == organization_id)
    kept = Inventor.organization_id == organization_id, Inventor.deleted_at.is_(None)
    inventors = _counts(session, Inventor.sub_unit_id, *kept)
    names = {row.id: row.name for row in rows}
    return tuple(
        SubUnitView(
            id=row.id,
            name=row.name,
            path=_path(names, row),
            depth=0 if row.parent_id is None else 1,
            parent_id=row.parent_id,
            contact_name=row.contact_name,
            contact_phone=row.contact_phone,
            contact_email=row.contact_email,
            listings=listings.get(row.id, 0),
            inventors=inventors.get(row.id, 0),
        )
        for row in _tree(rows)
    )


def sub_unit_choices(session: Session, organization_id: int) -> list[tuple[int, str]]:
    """Return (id, name after its parent's) of an organization's sub-units, for a form's list."""
    rows = _rows(session, organization_id)
    names = {row.id: row.name for row in rows}
    return [(row.id, _path(names, row)) for row in _tree(rows)]


def with_children(session: Session, organization_id: int, sub_unit_id: int) -> list[int]:
    """Return the ids of a sub-unit and of those below it; none where it is not the organization's."""
    rows = _rows(session, organization_id)
    return [row.id for row in rows if sub_unit_id in {row.id, row.parent_id}]


def get_sub_unit(session: Session, organization_id: int, sub_unit_id: int) -> SubUnit:
    """Return a sub-unit of an organization.

    Raises:
        NotFound: it has no such one.
    """
    found = session.get(SubUnit, sub_unit_id) if 0 < sub_unit_id <= LARGEST_ID else None
    if found is None or found.organization_id != organization_id:
        raise NotFound(N_("没有找到这个部门，它可能已被删除。"))
    return found


def add_sub_unit(session: Session, actor: Actor, organization: Organization, details: SubUnitDetails) -> SubUnit:
    """Add a sub-unit at the top or below one of the top.

    Raises:
        Forbidden: the actor neither owns nor supervises the organization.
        Invalid: by field.
    """
    _require_owner(actor, organization)
    if len(_rows(session, organization.id)) >= MOST_SUB_UNITS:
        raise Invalid(N_("最多 %(most)d 个部门，请先合并或删除不再使用的。"), most=MOST_SUB_UNITS)
    made = SubUnit(organization_id=organization.id, **_read(session, organization.id, details))
    session.add(made)
    session.flush()
    record(session, actor, "add_sub_unit", "organization", organization.id, sub_unit_id=made.id)
    return made


def update_sub_unit(
    session: Session, actor: Actor, organization: Organization, sub_unit_id: int, details: SubUnitDetails
) -> None:
    """Change a sub-unit.

    Raises:
        Forbidden, NotFound, Invalid: see `add_sub_unit`; a sub-unit with others below it stays at the top.
    """
    _require_owner(actor, organization)
    found = get_sub_unit(session, organization.id, sub_unit_id)
    for name, value in _read(session, organization.id, details, found).items():
        setattr(found, name, value)
    session.flush()
    record(session, actor, "update_sub_unit", "organization", organization.id, sub_unit_id=found.id)


def remove_sub_unit(session: Session, actor: Actor, organization: Organization, sub_unit_id: int) -> None:
    """Remove a sub-unit; its listings, inventors and those below it go to its parent, or to none at the top.

    Raises:
        Forbidden, NotFound: see `add_sub_unit`.
    """
    _require_owner(actor, organization)
    found = get_sub_unit(session, organization.id, sub_unit_id)
    for column in (Listing.sub_unit_id, Inventor.sub_unit_id, SubUnit.parent_id):
        session.execute(sa.update(column.class_).where(column == found.id).values({column.key: found.parent_id}))
    record(session, actor, "remove_sub_unit", "organization", organization.id, sub_unit_id=found.id)
    session.delete(found)
    session.flush()


def place_listing(session: Session, actor: Actor, listing: Listing, sub_unit_id: int | None) -> None:
    """Say which sub-unit a listing is from (None: none in particular). It is shown to whoever sees the organization.

    Raises:
        Forbidden: the actor may not edit the listing.
        Invalid: the organization has no such sub-unit (field `sub_unit_id`).
    """
    if not can_edit_listing(actor, listing):
        raise Forbidden(N_("只有发布单位的成员可以这样做。"))
    if sub_unit_id is not None:
        require_known(session, listing.organization_id, sub_unit_id)
    if listing.sub_unit_id != sub_unit_id:
        listing.sub_unit_id = sub_unit_id
        session.flush()
        session.expire(listing, ["sub_unit"])
        record(session, actor, "place", "listing", listing.id, sub_unit_id=sub_unit_id)


def require_known(session: Session, organization_id: int, sub_unit_id: int) -> None:
    """Let pass only a sub-unit of the organization.

    Raises:
        Invalid: it is none (field `sub_unit_id`).
    """
    try:
        get_sub_unit(session, organization_id, sub_unit_id)
    except NotFound as error:
        raise Invalid(error.sentence, {"sub_unit_id": N_("请从列表中选择。")}) from error


def _require_owner(actor: Actor, organization: Organization) -> None:
    if not can_edit_organization(actor, organization):
        raise Forbidden(N_("只有本单位的负责人或科技局可以管理部门。"))


def _read(
    session: Session, organization_id: int, details: SubUnitDetails, own: SubUnit | None = None
) -> dict[str, object]:
    errors: dict[str, str] = {}
    values: dict[str, object] = {}
    for field, longest in (("name", NAME_LONGEST), ("contact_name", 80), ("contact_phone", 40)):
        try:
            values[field] = within(line(getattr(details, field)), longest) or None
        except Unreadable as error:
            errors[field] = error.sentence
    try:
        values["contact_email"] = read_email(details.contact_email) if details.contact_email.strip() else None
    except Unreadable as error:
        errors["contact_email"] = error.sentence
    rows = _rows(session, organization_id)
    errors |= _faults(rows, details, own)
    if errors:
        raise Invalid(N_("有些内容需要修改，请看标出的地方。"), errors)
    return {**values, "parent_id": details.parent_id}


def _faults(rows: Iterable[SubUnit], details: SubUnitDetails, own: SubUnit | None) -> dict[str, str]:
    errors: dict[str, str] = {}
    name = comparable_name(details.name)
    others = [row for row in rows if row is not own]
    if not name:
        errors["name"] = N_("请填写部门名称。")
    elif any(row.parent_id == details.parent_id and comparable_name(row.name) == name for row in others):
        errors["name"] = N_("已经有同名的部门。")
    if details.parent_id is not None:
        parent = next((row for row in others if row.id == details.parent_id), None)
        if parent is None or parent.parent_id is not None:
            errors["parent_id"] = N_("上级部门只能选择第一级的部门。")
        elif own is not None and any(row.parent_id == own.id for row in others):
            errors["parent_id"] = N_("这个部门还有下级部门，不能再放到其他部门之下。")
    return errors


def _rows(session: Session, organization_id: int) -> list[SubUnit]:
    query = sa.select(SubUnit).where(SubUnit.organization_id == organization_id).order_by(SubUnit.id)
    return list(session.scalars(query))


def _tree(rows: list[SubUnit]) -> list[SubUnit]:
    ordered: list[SubUnit] = []
    for top in (row for row in rows if row.parent_id is None):
        ordered += [top, *(row for row in rows if row.parent_id == top.id)]
    return ordered


def _path(names: dict[int, str], row: SubUnit) -> str:
    return row.name if row.parent_id is None else f"{names[row.parent_id]} / {row.name}"


def _counts(
    session: Session, column: sa.orm.InstrumentedAttribute[int | None], *conditions: sa.ColumnElement[bool]
) -> dict[int, int]:
    query = sa.select(column, sa.func.count()).where(column.is_not(None), *conditions).group_by(column)
    return {found: count for found, count in session.execute(query) if found is not None}
