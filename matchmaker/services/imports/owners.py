"""Whose an imported row is: finding organizations, and making them where that was asked for."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.people import Organization, OrganizationKind
from matchmaker.domain.permissions import Actor, can_import_for_all, can_post_for_client
from matchmaker.services.identifiers import comparable_name, read_organization_name
from matchmaker.services.imports.options import ImportOptions
from matchmaker.services.imports.rows import Entry
from matchmaker.services.listings import posting_organization
from matchmaker.services.ownership import members
from matchmaker.services.reading.text import Unreadable

LARGEST_ID = 2**63 - 1
# An organization that was merged into another stands for that other one.
STANDING = sa.func.coalesce(Organization.merged_into_id, Organization.id)
_KINDS = (
    (("公司", "集团", "工厂", "合作社", "农场"), OrganizationKind.ENTERPRISE),
    (("大学", "学院", "学校"), OrganizationKind.UNIVERSITY),
    (("研究院", "研究所", "研究中心", "实验室", "科学院"), OrganizationKind.INSTITUTE),
)
_DEFAULT_KIND = {
    ListingKind.NEED: OrganizationKind.ENTERPRISE,
    ListingKind.ACHIEVEMENT: OrganizationKind.UNIVERSITY,
}


class Owners:
    """Organizations by credit code and by name, each looked up once.

    `default` owns the rows that name none. Who does not import for all imports for that one only. With `is_dry`,
    organizations that would be made are only imagined, under ids below zero.
    """

    def __init__(
        self, kind: str, default: int | None, options: ImportOptions, actor: Actor, *, is_dry: bool = False
    ) -> None:
        self._kind, self._default, self._create = kind, default, options.create_organizations
        self._imagined: dict[int, Organization] | None = {} if is_dry else None
        self._is_bound = not can_import_for_all(actor)
        self._found: dict[tuple[str | None, str | None], int] = {}
        self._people: dict[int, int | None] = {}
        self._names: dict[str, list[tuple[int, str | None]]] | None = None
        self.created: list[str] = []

    def organization_id(self, session: Session, actor: Actor, entry: Entry) -> int:
        """Return whose the row is: by its credit code, else by its name, else the default.

        Raises:
            Unreadable: nobody's, an unknown organization's, a name that several have, or not the actor's to import.
        """
        if not entry.credit_code and not entry.organization:
            if self._default is None:
                raise Unreadable(N_("没有写明单位，也没有指定默认单位。"))
            return self._default
        key = entry.credit_code, entry.organization and comparable_name(entry.organization)
        if key not in self._found:
            look_up = self._check_own if self._is_bound else self._look_up
            self._found[key] = look_up(session, actor, entry)
        return self._found[key]

    def organization(self, session: Session, organization_id: int) -> Organization:
        """Return an organization that was found or made, or imagined in a dry run."""
        if self._imagined and organization_id in self._imagined:
            return self._imagined[organization_id]
        return session.get_one(Organization, organization_id)

    def person_id(self, session: Session, actor: Actor, organization_id: int) -> int | None:
        """Return the person inside the organization who answers for its rows, or None where it has nobody yet."""
        if actor.organization_id == organization_id:
            return actor.user_id
        if organization_id not in self._people:
            found = members(session, organization_id)
            self._people[organization_id] = found[0].id if found else None
        return self._people[organization_id]

    def _check_own(self, session: Session, actor: Actor, entry: Entry) -> int:
        """Compare with the one organization that is the actor's to import for, so that others are not to be guessed."""
        own = session.get_one(Organization, self._default)
        same_code = entry.credit_code is None or own.credit_code in (None, entry.credit_code)
        same_name = entry.organization is None or comparable_name(own.name) == comparable_name(entry.organization)
        if not same_code or not (same_name or entry.credit_code == own.credit_code):
            raise Unreadable(
                N_("这一行属于“%(name)s”，您只能导入“%(own)s”的内容。"),
                name=entry.organization or entry.credit_code,
                own=own.name,
            )
        return own.id

    def _look_up(self, session: Session, actor: Actor, entry: Entry) -> int:
        if entry.credit_code:
            by_code = sa.select(STANDING).where(Organization.credit_code == entry.credit_code)
            if (found := session.scalar(by_code)) is not None:
                return found
        # A code that nobody has may belong to an organization that was registered without one: its name decides.
        named = self._named(session, entry.organization) if entry.organization else []
        if len(named) > 1:
            raise Unreadable(N_("有几个单位叫“%(name)s”，请写明统一社会信用代码。"), name=entry.organization)
        if named:
            return _same(named[0], entry)
        if not self._create or not entry.organization:
            raise Unreadable(N_("平台上没有单位“%(name)s”。"), name=entry.organization or entry.credit_code)
        return self._make(session, actor, entry.organization, entry.credit_code)

    def _named(self, session: Session, name: str) -> list[tuple[int, str | None]]:
        if self._names is None:
            self._names = {}
            query = sa.select(STANDING, Organization.name, Organization.credit_code)
            for organization_id, known, credit_code in session.execute(query):
                named = self._names.setdefault(comparable_name(known), [])
                if organization_id not in {row[0] for row in named}:
                    named.append((organization_id, credit_code))
        return self._names.get(comparable_name(name), [])

    def _make(self, session: Session, actor: Actor, name: str, credit_code: str | None) -> int:
        if self._imagined is None:
            made = make_organization(session, actor, self._kind, name, credit_code)
        else:
            made = -len(self._imagined) - 1
            self._imagined[made] = Organization(kind=organization_kind(name, self._kind), name=name)
        if self._names is not None:
            self._names.setdefault(comparable_name(name), []).append((made, credit_code))
        self.created.append(name)
        return made


def default_owner(session: Session, actor: Actor, kind: str, options: ImportOptions) -> int | None:
    """Return the id of the organization that owns what names no owner, making it where that was asked for.

    Who does not import for all imports for his own organization, or as a broker for the client that he names.

    Raises:
        Invalid: there is no such organization, or it is no client.
    """
    name = options.organization
    if can_post_for_client(actor):
        return posting_organization(session, actor, kind, _client_id(name)).id
    if not can_import_for_all(actor):
        return actor.organization_id
    if name is None:
        return None
    found = find_organization(session, name)
    if found is None and options.create_organizations:
        found = make_organization(session, actor, kind, _organization_name(name))
    if found is None:
        raise Invalid(N_("平台上没有单位“%(name)s”。"), name=name)
    return found


def make_organization(session: Session, actor: Actor, kind: str, name: str, credit_code: str | None = None) -> int:
    """Add an organization that nobody has checked yet and return its id; `kind` is that of the rows it comes with."""
    found = Organization(kind=organization_kind(name, kind), name=name, credit_code=credit_code)
    session.add(found)
    session.flush()
    record(session, actor, "create", "organization", found.id, how="import")
    return found.id


def find_organization(session: Session, text: str) -> int | None:
    """Return the organization that a person names by its id, its credit code or its name, or None.

    Raises:
        Invalid: several organizations have that name.
    """
    text = text.strip()
    if text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST_ID:
        by_id = session.scalar(sa.select(STANDING).where(Organization.id == int(text)))
        if by_id is not None:
            return by_id
    by_code = session.scalar(sa.select(STANDING).where(Organization.credit_code == text.upper()))
    if by_code is not None:
        return by_code
    wanted = comparable_name(text)
    known = session.execute(sa.select(STANDING, Organization.name))
    found = dict.fromkeys(organization_id for organization_id, name in known if comparable_name(name) == wanted)
    return _only(list(found), text)


def organization_kind(name: str, listing_kind: str) -> str:
    """Return the kind of organization that a name tells of; one that tells nothing is what usually posts the kind."""
    for words, kind in _KINDS:
        if any(word in name for word in words):
            return kind
    return _DEFAULT_KIND[ListingKind(listing_kind)]


def _client_id(name: str | None) -> int | None:
    return int(name) if name and name.isascii() and name.isdigit() and len(name) < 19 else None


def _organization_name(text: str) -> str:
    try:
        return read_organization_name(text)
    except Unreadable as fault:
        raise Invalid(fault.sentence) from fault


def _same(named: tuple[int, str | None], entry: Entry) -> int:
    organization_id, credit_code = named
    if entry.credit_code and credit_code and entry.credit_code != credit_code:
        raise Unreadable(N_("“%(name)s”在平台上登记的是另一个统一社会信用代码，请核对。"), name=entry.organization)
    return organization_id


def _only(found: list[int], name: str) -> int | None:
    if len(found) > 1:
        raise Invalid(N_("有几个单位叫“%(name)s”，请写明统一社会信用代码。"), name=name)
    return found[0] if found else None
