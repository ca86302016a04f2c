"""What charts count: each quantity is one function that yields a span's rows, by the ledger's rule where it has one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.contracts import Contract
from matchmaker.domain.deals import Deal
from matchmaker.domain.indicators import Definition, shipped_definitions
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Revision
from matchmaker.domain.matches import Decision, Match
from matchmaker.domain.people import Organization
from matchmaker.domain.registrations import Registration
from matchmaker.services.ledger.rules import RULES, Reading, Row
from matchmaker.services.ledger.rules.reading import city_day

MATCH = "match"
COUNT, YUAN = "count", "yuan"


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that is counted (`unit` COUNT) or summed (YUAN), and how its rows are read."""

    code: str
    label: str
    unit: str
    read: Callable[[Reading], Iterable[Row]]

    def of(self, rows: Iterable[Row]) -> Decimal:
        """Return what rows come to."""
        return sum((row.amount if self.unit == YUAN else Decimal(1) for row in rows), Decimal(0))


def _needs(reading: Reading) -> Iterable[Row]:
    return _published(reading, ListingKind.NEED)


def _achievements(reading: Reading) -> Iterable[Row]:
    return _published(reading, ListingKind.ACHIEVEMENT)


def _published(reading: Reading, kind: str) -> Iterable[Row]:
    definition = replace(_shipped("published_needs"), parameters={"kind": str(kind)})
    return RULES[definition.rule].count(reading, definition)


def _wanted(reading: Reading) -> Iterable[Row]:
    """Matches of which somebody said for the first time that he is interested."""
    first = (
        sa.select(JournalEntry.subject_id, sa.func.min(JournalEntry.at).label("at"))
        .where(*interest(), JournalEntry.at < reading.ends_at)
        .group_by(JournalEntry.subject_id)
        .subquery()
    )
    shown = sa.func.coalesce(Listing.published_revision_id, Listing.working_revision_id)
    rows = reading.session.execute(
        sa.select(Match.id, first.c.at, Organization.branch_id, Revision.field, Organization.id)
        .join(first, first.c.subject_id == Match.id)
        .join(Listing, Listing.id == Match.need_id)
        .join(Organization, Organization.id == Listing.organization_id)
        .join(Revision, Revision.id == shown)
        .where(first.c.at >= reading.starts_at)
    )
    for match_id, at, branch_id, field, organization_id in rows:
        yield Row(MATCH, match_id, city_day(at), branch_id=branch_id, field=field, organization_id=organization_id)


def _meetings(reading: Reading) -> Iterable[Row]:
    """One-to-one meetings that were held, in the branch of either party, in the field and by the organization of the
    need they were about."""
    one, other = aliased(Registration), aliased(Registration)
    one_organization, other_organization = aliased(Organization), aliased(Organization)
    branch = sa.func.coalesce(one_organization.branch_id, other_organization.branch_id)
    owner = sa.func.coalesce(Listing.organization_id, one_organization.id, other_organization.id)
    query = (
        sa.select(Appointment.id, Appointment.starts_at, branch, Revision.field, owner)
        .join(one, one.id == Appointment.one_id)
        .join(other, other.id == Appointment.other_id)
        .outerjoin(one_organization, one_organization.id == one.organization_id)
        .outerjoin(other_organization, other_organization.id == other.organization_id)
        .where(Appointment.state == AppointmentState.HELD, reading.within(Appointment.starts_at))
    )
    for appointment_id, at, *rest in reading.session.execute(_with_need(query, Appointment.match_id)):
        branch_id, of_field, owner_id = rest
        yield Row(
            Appointment.subject_kind,
            appointment_id,
            city_day(at),
            branch_id=branch_id,
            field=of_field,
            organization_id=owner_id,
        )


def _deals(reading: Reading) -> Iterable[Row]:
    """Deals that were opened, in the branch of either party, by the organization on the demand side."""
    one, other = aliased(Organization), aliased(Organization)
    branch, field = sa.func.coalesce(one.branch_id, other.branch_id), sa.func.coalesce(Deal.field, Revision.field)
    query = (
        sa.select(Deal.id, Deal.opened_at, branch, field, Deal.one_organization_id)
        .join(one, one.id == Deal.one_organization_id)
        .join(other, other.id == Deal.other_organization_id)
        .where(reading.within(Deal.opened_at))
    )
    for deal_id, at, *rest in reading.session.execute(_with_need(query, Deal.match_id)):
        branch_id, of_field, owner_id = rest
        yield Row(
            Deal.subject_kind, deal_id, city_day(at), branch_id=branch_id, field=of_field, organization_id=owner_id
        )


def _with_need(query: Any, match_id: Any) -> Any:
    shown = sa.func.coalesce(Listing.published_revision_id, Listing.working_revision_id)
    return (
        query.outerjoin(Match, Match.id == match_id)
        .outerjoin(Listing, Listing.id == Match.need_id)
        .outerjoin(Revision, Revision.id == shown)
    )


def _contracts_by(indicator: str) -> Callable[[Reading], Iterable[Row]]:
    def read(reading: Reading) -> Iterable[Row]:
        definition = _shipped(indicator)
        return RULES[definition.rule].count(reading, definition)

    return read


def _contracts(reading: Reading) -> Iterable[Row]:
    """Contracts that were registered; their amendments change amounts, not the number."""
    return (row for row in _contracts_by("contract_value")(reading) if row.subject_kind == Contract.subject_kind)


def interest() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that a journal entry says that somebody wants a match."""
    return (
        JournalEntry.subject_kind == MATCH,
        JournalEntry.action == "decide",
        JournalEntry.after == Decision.INTERESTED,
    )


def _shipped(indicator: str) -> Definition:
    return next(each for each in shipped_definitions() if each.indicator == indicator)


QUANTITIES: dict[str, Quantity] = {
    each.code: each
    for each in (
        Quantity("needs", N_("发布的技术需求"), COUNT, _needs),
        Quantity("achievements", N_("发布的科技成果"), COUNT, _achievements),
        Quantity("wanted", N_("有意向的匹配"), COUNT, _wanted),
        Quantity("meetings", N_("举行的一对一洽谈"), COUNT, _meetings),
        Quantity("deals", N_("新开的跟进项目"), COUNT, _deals),
        Quantity("contracts", N_("登记的技术合同"), COUNT, _contracts),
        Quantity("total-value", N_("技术合同成交额"), YUAN, _contracts_by("contract_value")),
        Quantity("transaction-value", N_("技术合同技术交易额"), YUAN, _contracts_by("contract_technology_value")),
    )
}
COUNTED = tuple(each for each in QUANTITIES.values() if each.unit == COUNT)
SUMMED = tuple(each for each in QUANTITIES.values() if each.unit == YUAN)
