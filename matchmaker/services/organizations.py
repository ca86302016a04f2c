"""Organizations: their profile, who may read it, and the bureau's register of them."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.fields import Layer
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Visibility, on_market
from matchmaker.domain.people import OFFICES, Organization
from matchmaker.domain.permissions import Actor, can_edit_organization
from matchmaker.services.branches import join_branch
from matchmaker.services.identifiers import comparable_name, read_credit_code, read_organization_name
from matchmaker.services.reading.text import Unreadable, line, prose, within
from matchmaker.services.verification_terms import CHANGED, void_verification

WEBSITE_LONGEST = ADDRESS_LONGEST = 300
SUMMARY_LONGEST = 2000
IDENTITY = frozenset({"name", "credit_code"})
"""What a verification is about."""


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
    and the bureau: who posts only anonymously must not be found by counting through ids. Under the id of one that was
    merged into another stands that other one.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    organization = session.get(Organization, organization_id)
    if organization is not None and organization.merged_into_id is not None:
        organization = session.get(Organization, organization.merged_into_id)
    if organization is None or not _may_know(session, actor, organization):
        raise NotFound(N_("没有找到这个单位。"))
    return organization


def update_organization(session: Session, actor: Actor, organization: Organization, profile: Profile) -> None:
    """Change the profile. A new name or credit code ends the verification, which was about the former one.

    Raises:
        Forbidden: the actor neither owns nor supervises the organization.
        Invalid: by field, among them a credit code that another organization has.
    """
    if not can_edit_organization(actor, organization):
        raise Forbidden(N_("只有本单位的负责人或科技局可以修改单位资料。"))
    values = read_profile(profile)
    refuse_taken(session, values, organization)
    changed = sorted(name for name, value in values.items() if getattr(organization, name) != value)
    for name in changed:
        setattr(organization, name, values[name])
    session.flush()
    if "region" in changed:
        join_branch(session, organization)
    if changed:
        record(session, actor, "update", "organization", organization.id, fields=changed)
    if organization.kind not in OFFICES and IDENTITY & set(changed):
        void_verification(session, actor, organization, CHANGED)


def find_known(session: Session, name: str | None, credit_code: str | None) -> tuple[str, Organization] | None:
    """Return an organization that has this credit code or name, and the field by which it was found.

    Names are compared without regard to width, case, blanks and brackets; a register holds some thousands of them.
    """
    if credit_code:
        found = session.scalar(sa.select(Organization).where(Organization.credit_code == credit_code))
        if found is not None:
            return "credit_code", _kept(session, found)
    if not name:
        return None
    wanted = comparable_name(name)
    names = session.execute(sa.select(Organization.id, Organization.name).order_by(Organization.id))
    known = next((row.id for row in names if comparable_name(row.name) == wanted), None)
    return ("name", _kept(session, session.get_one(Organization, known))) if known is not None else None


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


def _kept(session: Session, organization: Organization) -> Organization:
    if organization.merged_into_id is None:
        return organization
    return session.get_one(Organization, organization.merged_into_id)


def _may_know(session: Session, actor: Actor, organization: Organization) -> bool:
    if organization.id in actor.avoided:
        return False
    if actor.reads_all or actor.organization_id == organization.id:
        return True
    if organization.suspended_at is not None:
        return False
    on_market_now = session.scalars(on_show(organization).limit(1)).first()
    return on_market_now is not None or _has_shown_itself(session, actor, organization)


def _has_shown_itself(session: Session, actor: Actor, organization: Organization) -> bool:
    """Whether a listing of it, with its name, was opened to the actor's organization."""
    told = [listing_id for listing_id, layer in actor.opened.items() if layer is not Layer.ABSTRACT]
    opened = sa.select(Listing.id).where(Listing.id.in_(told), Listing.organization_id == organization.id)
    return bool(told) and session.scalars(opened.limit(1)).first() is not None


def on_show(organization: Organization) -> sa.Select[Listing]:
    """What the organization shows to everybody under its name: never anything anonymous, not even as a number."""
    return sa.select(Listing).where(
        Listing.organization_id == organization.id, on_market(), Listing.visibility == Visibility.PUBLIC
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
