"""Inventors: kept by their office, personal data throughout: shown to it alone, exported and deleted on demand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain import codes
from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.inventors import Inventor, Inventorship
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_manage_inventors
from matchmaker.services.identifiers import read_email, read_person_name
from matchmaker.services.reading.text import Unreadable, line, within
from matchmaker.services.sub_units import require_known, with_children

TITLE_LONGEST = 80
RESEARCH_LONGEST = 300
MOST_FIELDS = 3
LARGEST_ID = 2**63 - 1
DELETED_NAME = N_("已删除的发明人")
SAME_ADDRESS = N_("已经登记了使用这个邮箱的发明人。")
SAME_NAME = N_("这个部门已经登记了同名的发明人；如果不是同一个人，请填写邮箱。")
NOT_FOUND = N_("没有找到这位发明人，可能已被删除。")

_READERS: dict[str, Callable[[str], str]] = {
    "name": read_person_name,
    "title": lambda text: within(line(text), TITLE_LONGEST),
    "research": lambda text: within(line(text), RESEARCH_LONGEST),
    "email": read_email,
}


@dataclass(frozen=True, slots=True)
class InventorDetails:
    """What a form says of an inventor, as typed; `fields` are codes of the table `contract_fields`."""

    name: str
    title: str = ""
    sub_unit_id: int | None = None
    fields: tuple[str, ...] = ()
    research: str = ""
    email: str = ""
    consented: bool = False
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class InventorView:
    """An inventor as his office sees him; `achievements` counts those that name him, whatever their state."""

    id: int
    name: str
    title: str | None
    sub_unit_id: int | None
    sub_unit: str | None
    fields: tuple[str, ...]
    research: str | None
    email: str | None
    consented_on: date | None
    is_public: bool
    achievements: int


def list_inventors(
    session: Session, actor: Actor, organization: Organization, *, text: str = "", sub_unit_id: int | None = None
) -> tuple[InventorView, ...]:
    """Return the inventors of an organization by name, found by a part of name, title, research or e-mail address.

    Raises:
        Forbidden: the actor is none of its members.
    """
    require_keeper(actor, organization)
    query = sa.select(Inventor).where(*kept(organization.id)).options(joinedload(Inventor.sub_unit))
    if words := line(text)[:100]:
        columns = (Inventor.name, Inventor.title, Inventor.research, Inventor.email)
        query = query.where(sa.or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if sub_unit_id is not None:
        query = query.where(Inventor.sub_unit_id.in_(with_children(session, organization.id, sub_unit_id)))
    rows = session.scalars(query.order_by(Inventor.name, Inventor.id)).all()
    counts = _count_works(session, [row.id for row in rows])
    return tuple(view(row, counts.get(row.id, 0)) for row in rows)


def get_inventor(session: Session, actor: Actor, inventor_id: int) -> Inventor:
    """Return an inventor of the actor's own organization.

    Raises:
        NotFound: there is none, or he is not the actor's to know.
    """
    found = session.get(Inventor, inventor_id) if 0 < inventor_id <= LARGEST_ID else None
    if found is None or found.deleted_at is not None:
        raise NotFound(NOT_FOUND)
    if not can_manage_inventors(actor, session.get_one(Organization, found.organization_id)):
        raise NotFound(NOT_FOUND)
    return found


def view_inventor(session: Session, inventor: Inventor) -> InventorView:
    """Show one inventor to his office; the caller has loaded him with `get_inventor`."""
    return view(inventor, _count_works(session, [inventor.id]).get(inventor.id, 0))


def add_inventor(session: Session, actor: Actor, organization: Organization, details: InventorDetails) -> Inventor:
    """Add an inventor.

    Raises:
        Forbidden: the actor is no member of the organization.
        Invalid: by field; an inventor with the same e-mail address, or the same name in the same sub-unit, is there.
    """
    require_keeper(actor, organization)
    values = read_details(session, organization.id, details)
    made = Inventor(organization_id=organization.id, created_by_id=actor.user_id, **values)
    session.add(made)
    session.flush()
    record(session, actor, "add", "inventor", made.id)
    return made


def update_inventor(session: Session, actor: Actor, inventor_id: int, details: InventorDetails) -> Inventor:
    """Change an inventor.

    Raises:
        NotFound: he is not the actor's to know.
        Invalid: by field.
    """
    inventor = get_inventor(session, actor, inventor_id)
    values = read_details(session, inventor.organization_id, details, inventor)
    changed = sorted(name for name, value in values.items() if getattr(inventor, name) != value)
    for name in changed:
        setattr(inventor, name, values[name])
    session.flush()
    if changed:
        record(session, actor, "update", "inventor", inventor.id, fields=changed)
    return inventor


def delete_inventor(session: Session, actor: Actor, inventor_id: int) -> Inventor:
    """Forget an inventor: everything about the person goes; a row without personal data stays for what refers to it.

    Raises:
        NotFound: he is not the actor's to know.
    """
    inventor = get_inventor(session, actor, inventor_id)
    inventor.name, inventor.title, inventor.research, inventor.email = DELETED_NAME, None, None, None
    inventor.fields, inventor.sub_unit_id, inventor.consented_on, inventor.is_public = [], None, None, False
    inventor.works.clear()
    inventor.deleted_at = utc_now()
    # What was forwarded to him stays with its answer; the link to it is void.
    sent = sa.update(Forwarding).where(Forwarding.inventor_id == inventor.id)
    session.execute(sent.values(recipient_name=DELETED_NAME, recipient_email="", revoked_at=utc_now()))
    session.flush()
    record(session, actor, "delete", "inventor", inventor.id)
    return inventor


def export_inventor(session: Session, actor: Actor, inventor_id: int) -> dict[str, Any]:
    """Return everything stored about an inventor as plain JSON, for when the person asks.

    The rows are found by their references to `inventors`, so that a new table cannot be forgotten.

    Raises:
        NotFound: he is not the actor's to know.
    """
    inventor = get_inventor(session, actor, inventor_id)
    own = session.execute(sa.select(Inventor.__table__).where(Inventor.id == inventor.id)).mappings().one()
    record(session, actor, "export", "inventor", inventor.id)
    return {"exported_at": utc_now().isoformat(), "inventor": _plain(own), **dict(_references(session, inventor.id))}


def read_details(
    session: Session, organization_id: int, details: InventorDetails, own: Inventor | None = None
) -> dict[str, Any]:
    """Return what is stored of a form.

    Raises:
        Invalid: by field.
    """
    values, errors = _read_typed(details)
    errors |= _wrong_choices(session, organization_id, details)
    if not errors:
        errors = _taken(session, organization_id, values, details.sub_unit_id, own)
    if errors:
        raise Invalid(N_("有些内容需要修改，请看标出的地方。"), errors)
    consented_on = (own.consented_on if own else None) or today() if details.consented else None
    return {
        **values,
        "fields": list(dict.fromkeys(details.fields)),
        "sub_unit_id": details.sub_unit_id,
        "consented_on": consented_on,
        "is_public": details.is_public,
    }


def require_keeper(actor: Actor, organization: Organization) -> None:
    """Let pass only the organization's own members.

    Raises:
        Forbidden: the actor is none.
    """
    if not can_manage_inventors(actor, organization):
        raise Forbidden(N_("发明人名单只对本单位成员开放。"))


def _read_typed(details: InventorDetails) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what was typed, as it is stored, and the sentences of what cannot be read."""
    values, errors = dict[str, Any](), dict[str, str]()
    for field, read in _READERS.items():
        typed = getattr(details, field)
        try:
            values[field] = read(typed) if typed.strip() or field == "name" else None
        except Unreadable as error:
            errors[field] = error.sentence
    return values, errors


def _wrong_choices(session: Session, organization_id: int, details: InventorDetails) -> dict[str, str]:
    errors: dict[str, str] = {}
    fields, known = set(details.fields), codes.table("contract_fields")
    if len(fields) > MOST_FIELDS or any(code not in known for code in fields):
        errors["fields"] = N_("请从列表中选择，最多三个领域。")
    if details.sub_unit_id is not None:
        try:
            require_known(session, organization_id, details.sub_unit_id)
        except Invalid as error:
            errors |= error.errors
    if details.is_public and not details.consented:
        errors["is_public"] = N_("公开发明人信息前，需要本人同意。")
    return errors


def _taken(
    session: Session, organization_id: int, values: dict[str, Any], sub_unit_id: int | None, own: Inventor | None
) -> dict[str, str]:
    others = sa.select(Inventor.id).where(*kept(organization_id), Inventor.id != (own.id if own else 0)).limit(1)
    if values["email"] and session.scalar(others.where(Inventor.email == values["email"])) is not None:
        return {"email": SAME_ADDRESS}
    same = Inventor.name == values["name"], Inventor.sub_unit_id.is_not_distinct_from(sub_unit_id)
    if not values["email"] and session.scalar(others.where(*same)) is not None:
        return {"name": SAME_NAME}
    return {}


def kept(organization_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of an organization's inventors who have not been deleted."""
    return Inventor.organization_id == organization_id, Inventor.deleted_at.is_(None)


def _count_works(session: Session, inventor_ids: Sequence[int]) -> dict[int, int]:
    query = sa.select(Inventorship.inventor_id, sa.func.count()).group_by(Inventorship.inventor_id)
    return {row[0]: row[1] for row in session.execute(query.where(Inventorship.inventor_id.in_(inventor_ids)))}


def view(row: Inventor, achievements: int = 0) -> InventorView:
    """Show an inventor to his office; `achievements` is how many name him."""
    return InventorView(
        id=row.id,
        name=row.name,
        title=row.title,
        sub_unit_id=row.sub_unit_id,
        sub_unit=row.sub_unit.name if row.sub_unit else None,
        fields=tuple(row.fields),
        research=row.research,
        email=row.email,
        consented_on=row.consented_on,
        is_public=row.is_public,
        achievements=achievements,
    )


def _references(session: Session, inventor_id: int) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is Inventor.__table__.c.id for key in column.foreign_keys):
                rows = session.execute(sa.select(table).where(column == inventor_id)).mappings()
                yield table.name, [_plain(row) for row in rows]


def _plain(row: Any) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
