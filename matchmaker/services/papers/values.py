"""What the placeholders of a paper stand for: the records as whoever drafts it may read them."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.appointments import Appointment
from matchmaker.domain.contracts import Contract
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.deals import Deal
from matchmaker.domain.formats import clock
from matchmaker.domain.language import N_, SOURCE
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_read_minutes
from matchmaker.domain.registrations import Registration
from matchmaker.services.deals.views import view_deals
from matchmaker.services.documents.text import plain
from matchmaker.services.documents.wording import day_in_words
from matchmaker.services.minutes import revisions_of
from matchmaker.services.papers.capitals import capitals
from matchmaker.services.papers.placeholders import Placeholders

Values = dict[str, Any]
BLANK = N_("【待填】")
NOTHING = "—"
"""Stands in a cell that may stay empty."""


class Blank(str):
    """What no record says: a visible gap in the text, and nothing to a condition."""

    __slots__ = ()

    def __new__(cls) -> "Blank":
        """Make one."""
        return super().__new__(cls, BLANK)

    def __bool__(self) -> bool:
        """A condition takes it for empty."""
        return False


def contract_values(contract: Contract) -> Values:
    """Return what is known of a contract, by dotted name; the caller has checked that it may be seen."""
    values: Values = {
        "contract.name": contract.name,
        "contract.number": contract.number,
        "contract.kind": _code("contract_kinds", contract.sub_kind or contract.kind),
        "contract.field": _code("contract_fields", contract.field),
        "contract.summary": contract.summary,
        "contract.signed_on": _day(contract.signed_on),
        "contract.starts_on": _day(contract.starts_on),
        "contract.ends_on": _day(contract.ends_on),
        "contract.total_value": _money(contract.total_value),
        "contract.total_capitals": capitals(contract.total_value) if contract.total_value is not None else None,
        "contract.deducted": _money(contract.deducted) if contract.deductions else None,
        "contract.transaction_value": _money(contract.transaction_value),
        "contract.technology_income": _money(contract.technology_income),
        "contract.payment_way": _code("contract_payments", contract.payment_way),
        "contract.ip_kind": _code("contract_ip", contract.ip_kind),
        **_organization("buyer", contract.buyer),
        "buyer.contact": contract.buyer_contact,
        **_organization("seller", contract.seller),
        "seller.contact": contract.seller_contact,
        "broker.name": contract.broker.name if contract.broker else None,
    }
    values["payments"] = [
        {"on": _day(row.planned_on), "amount": _money(row.planned_amount), "note": row.note or NOTHING}
        for row in contract.payments
    ]
    values["deductions"] = [
        {"kind": _code("contract_deductions", row.kind), "name": row.name or NOTHING, "amount": _money(row.amount)}
        for row in contract.deductions
    ]
    return values


def deal_values(session: Session, actor: Actor, deal: Deal) -> Values:
    """Return what is known of a deal, by dotted name, as `actor` may read it: an anonymous side stays a blank."""
    (view,) = view_deals(session, actor, [deal])
    sides = {"one": deal.one_organization, "other": deal.other_organization}
    known = {view.one, view.other}
    values: Values = {}
    for side, organization in sides.items():
        if organization.name in known:
            values |= _organization(side, organization)
    titles = (
        dict(zip(("need.title", "achievement.title"), view.subject, strict=False)) if len(view.subject) == 2 else {}
    )
    values |= titles
    values |= {
        "broker.name": view.owner,
        "deal.next_step": view.next_step,
        "deal.next_step_on": _day(view.next_step_on),
    }
    if view.appointment_id is not None and deal.appointment is not None:
        values |= _meeting(session, actor, deal.appointment, deal)
    return values


def filled(placeholders: Placeholders, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as a template reads them, nested by their dots; every placeholder is there, if as a blank."""
    nested: dict[str, Any] = {}
    for path in placeholders.fields:
        group, _, name = path.partition(".")
        nested.setdefault(group, {})[name] = _shown(values.get(path))
    for listed, fields in placeholders.lists.items():
        nested[listed] = [{name: _shown(row.get(name)) for name in fields} for row in values.get(listed, ())]
    return nested


def _shown(value: Any) -> str:
    text = plain(str(value)).strip() if value is not None else ""
    return text or Blank()


def _meeting(session: Session, actor: Actor, appointment: Appointment, deal: Deal) -> Values:
    values: Values = {"meeting.event": appointment.event.title, "meeting.at": _moment(appointment.starts_at)}
    for registration in (appointment.one, appointment.other):
        is_one = registration.organization_id == deal.one_organization_id
        values["meeting.one" if is_one else "meeting.other"] = _person(registration)
    if can_read_minutes(actor, appointment):
        latest = next(iter(revisions_of(session, actor, appointment.id)), None)
        if latest is not None:
            values |= {"meeting.text": latest.text, "meeting.revision": str(latest.number)}
            values["minutes"] = [{"line": line} for line in map(str.strip, latest.text.splitlines()) if line]
    return values


def _person(registration: Registration) -> str:
    return registration.name


def _organization(side: str, organization: Organization) -> Values:
    return {
        f"{side}.name": organization.name,
        f"{side}.credit_code": organization.credit_code,
        f"{side}.region": _code("regions", organization.region),
        f"{side}.address": organization.address,
    }


def _code(table: str, code: str | None) -> str | None:
    return codes.table(table).name(code) if code else None


def _day(day: date | None) -> str | None:
    return day_in_words(day) if day else None


def _moment(at: datetime) -> str:
    return f"{day_in_words(at.astimezone(CITY_ZONE).date())} {clock(at, SOURCE)}"


def _money(amount: Decimal | None) -> str | None:
    return N_("%(amount)s 元") % {"amount": f"{amount:,.2f}"} if amount is not None else None
