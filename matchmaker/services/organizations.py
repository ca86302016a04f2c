"""Organizations: their profile, who may read it, and the bureau's register of them."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain import codes
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision, Visibility, on_market
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import (
    Actor,
    can_edit_organization,
    can_verify_organizations,
)
from matchmaker.services.identifiers import comparable_name, read_credit_code, read_organization_name
from matchmaker.services.reading.text import Unreadable, line, prose, within

WEBSITE_LONGEST = ADDRESS_LONGEST = 300
SUMMARY_LONGEST = 2000
SHOWN_LISTINGS = 20


@dataclass(frozen=True, slots=True)
class Profile:
    """What a form says of an organization, as typed; "" for what is left open."""

    name: str = ""
    credit_code: str = ""
    region: str = ""
    industry: str = ""
    size: str = ""
    website: str = ""
    address: str = ""
    summary: str = ""


def get_organization(session: Session, actor: Actor, organization_id: int) -> Organization:
    """Return an organization that the actor may know of.

    Everybody sees those that show something on the market under their name. The rest is for their members, brokers
    and the bureau: who posts only anonymously must not be found by counting through ids.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    organization = session.get(Organization, organization_id)
    if organization is None or not _may_know(session, actor, organization):
        raise NotFound(N_("没有找到这个单位。"))
    return organization


def public_listings(session: Session, organization: Organization) -> list[Listing]:
    """Return the newest listings that the organization shows to everybody under its name."""
    newest = _on_show(organization).order_by(Listing.published_at.desc(), Listing.id.desc()).limit(SHOWN_LISTINGS)
    loaded = joinedload(Listing.published_revision).selectinload(Revision.indicators)
    return list(session.scalars(newest.options(loaded, joinedload(Listing.organization))))


def update_organization(session: Session, actor: Actor, organization: Organization, profile: Profile) -> None:
    """Change the profile. Once the bureau has checked it, only the bureau changes name and credit code.

    Raises:
        Forbidden: the actor neither owns nor supervises the organization.
        Invalid: by field, among them a credit code that another organization has.
    """
    if not can_edit_organization(actor, organization):
        raise Forbidden(N_("只有本单位的负责人或科技局可以修改单位资料。"))
    if may_rename(actor, organization):
        values = read_profile(profile)
    else:
        values = read_profile(replace(profile, name=organization.name, credit_code=""))
        values["credit_code"] = organization.credit_code
    refuse_taken(session, values, organization)
    changed = sorted(name for name, value in values.items() if getattr(organization, name) != value)
    for name in changed:
        setattr(organization, name, values[name])
    session.flush()
    if changed:
        record(session, actor, "update", "organization", organization.id, fields=changed)


def may_rename(actor: Actor, organization: Organization) -> bool:
    """Whether name and credit code are still (or for this actor) open to change."""
    return organization.verified_at is None or can_verify_organizations(actor)


def find_known(session: Session, name: str | None, credit_code: str | None) -> tuple[str, Organization] | None:
    """Return an organization that has this credit code or name, and the field by which it was found.

    Names are compared without regard to width, case, blanks and brackets; a register holds some thousands of them.
    """
    if credit_code:
        found = session.scalar(sa.select(Organization).where(Organization.credit_code == credit_code))
        if found is not None:
            return "credit_code", found
    if not name:
        return None
    wanted = comparable_name(name)
    names = session.execute(sa.select(Organization.id, Organization.name).order_by(Organization.id))
    known = next((row.id for row in names if comparable_name(row.name) == wanted), None)
    return ("name", session.get_one(Organization, known)) if known is not None else None


def refuse_taken(session: Session, values: dict[str, str | None], own: Organization | None = None) -> None:
    """Refuse a new name or credit code that another organization has.

    Raises:
        Invalid: under the field by which the other one was found.
    """
    name = values["name"] if own is None or values["name"] != own.name else None
    code = values["credit_code"] if own is None or values["credit_code"] != own.credit_code else None
    known = find_known(session, name, code)
    if known is not None and known[1] is not own:
        sentence = N_("另一个单位已经使用这个名称或统一社会信用代码。")
        raise Invalid(sentence, {known[0]: sentence})


def _may_know(session: Session, actor: Actor, organization: Organization) -> bool:
    if actor.reads_all or actor.organization_id == organization.id:
        return True
    if organization.suspended_at is not None:
        return False
    return session.scalars(_on_show(organization).limit(1)).first() is not None


def _on_show(organization: Organization) -> sa.Select[Listing]:
    return sa.select(Listing).where(
        Listing.organization_id == organization.id,
        on_market(),
        Listing.visibility == Visibility.PUBLIC,
    )


def read_profile(profile: Profile) -> dict[str, str | None]:
    """Return the profile as it is stored; what was left open is None.

    Raises:
        Invalid: by field.
    """
    readers: dict[str, Callable[[str], str]] = {
        "name": read_organization_name,
        "credit_code": read_credit_code,
        "region": lambda text: _read_code("regions", text),
        "industry": lambda text: _read_code("industries", text),
        "size": lambda text: _read_code("organization_sizes", text),
        "website": _read_website,
        "address": lambda text: within(line(text), ADDRESS_LONGEST),
        "summary": lambda text: within(prose(text), SUMMARY_LONGEST),
    }
    values: dict[str, str | None] = {}
    errors: dict[str, str] = {}
    for field in fields(profile):
        typed = getattr(profile, field.name)
        try:
            values[field.name] = readers[field.name](typed) if typed.strip() or field.name == "name" else None
        except Unreadable as error:
            errors[field.name] = error.sentence
    if errors:
        raise Invalid(N_("有些内容需要修改，请看标出的地方。"), errors)
    return values


def _read_code(table: str, text: str) -> str:
    if text not in codes.table(table):
        raise Unreadable(N_("请从列表中选择。"))
    return text


def _read_website(text: str) -> str:
    address = line(text)
    if "://" not in address:
        address = f"https://{address}"
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or "." not in parts.netloc or " " in address:
        raise Unreadable(N_("请填写网址，例如 https://www.example.com。"))
    return within(address, WEBSITE_LONGEST)
