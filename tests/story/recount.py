"""The year's figures counted once more, by plain loops over the rows of the tables; shares nothing with the ledger.

Each function takes everything there is and a year, and says what the plan's words mean. An indicator of the plan that
is not here is a fault: whoever adds one says here what it counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.campaigns import Campaign
from matchmaker.domain.contracts import Amendment, Contract
from matchmaker.domain.deals import Deal
from matchmaker.domain.events import Event
from matchmaker.domain.evidence_records import EvidenceRecord
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization
from matchmaker.domain.registrations import Registration

CITY = ZoneInfo("Asia/Shanghai")
LEVELS = {"hightech_enterprises", "technology_enterprises", "rd_intensity"}
OUTSIDE_THE_CAPITALS = {"71", "81", "82"}


@dataclass(frozen=True)
class Everything:
    """All rows of a database that figures are made of."""

    listings: dict[int, Listing]
    journal: list[JournalEntry]
    events: dict[int, Event]
    campaigns: list[Campaign]
    registrations: list[Registration]
    organizations: dict[int, Organization]
    deals: list[Deal]
    records: list[EvidenceRecord]
    contracts: list[Contract]
    amendments: list[Amendment]


def load_everything(session: Session) -> Everything:
    """Read whole tables."""

    def all_of(table: type) -> list:
        return list(session.scalars(sa.select(table).order_by(table.id)))

    return Everything(
        {row.id: row for row in all_of(Listing)},
        all_of(JournalEntry),
        {row.id: row for row in all_of(Event)},
        all_of(Campaign),
        all_of(Registration),
        {row.id: row for row in all_of(Organization)},
        all_of(Deal),
        all_of(EvidenceRecord),
        all_of(Contract),
        all_of(Amendment),
    )


def recount(everything: Everything, indicator: str, year: int) -> Decimal:
    """Return what an indicator is by the plain count."""
    return Decimal(COUNTS[indicator](everything, year))


def _year(moment: datetime | date | None) -> int | None:
    if isinstance(moment, datetime):
        return moment.astimezone(CITY).year
    return moment.year if moment is not None else None


def _published_needs(everything: Everything, year: int) -> int:
    first: dict[int, datetime] = {}
    for entry in everything.journal:
        if (entry.subject_kind, entry.action, entry.after) == ("listing", "move", "published"):
            first.setdefault(entry.subject_id, entry.at)
    return sum(everything.listings[found].kind == "need" and _year(at) == year for found, at in first.items())


def _held(everything: Everything, year: int, *kinds: str) -> list[Event]:
    return [
        event
        for event in everything.events.values()
        if event.state in ("held", "closed") and _year(event.starts_at) == year and (not kinds or event.kind in kinds)
    ]


def _services(everything: Everything, year: int) -> int:
    calls = [row for row in everything.campaigns if row.state != "cancelled" and _year(row.opened_at) == year]
    return len(_held(everything, year, "session", "roadshow")) + len(calls)


def _words(event: Event) -> str:
    return " ".join((event.title, *event.organizers, *event.sponsors))


def _trainings(everything: Everything, year: int) -> int:
    return sum("经纪" in _words(each) or "经理人" in _words(each) for each in _held(everything, year, "training"))


def _service_group(everything: Everything, year: int) -> int:
    return sum("红山科创服务团" in _words(each) for each in _held(everything, year))


def _briefings(everything: Everything, year: int) -> int:
    return len(_held(everything, year, "briefing"))


def _exhibitors(everything: Everything, year: int) -> int:
    held = {event.id for event in _held(everything, year, "exhibition")}
    came = [row for row in everything.registrations if row.event_id in held and row.checked_in_at is not None]
    offices = {"bureau", "branch"}
    return len(
        {row.organization_id for row in came if everything.organizations[row.organization_id].kind not in offices}
    )


def _branch_centres(everything: Everything, year: int) -> int:
    branches = [row for row in everything.organizations.values() if row.kind == "branch" and row.merged_into_id is None]
    return sum(row.opened_on is not None and row.opened_on.year == year for row in branches)


def _capitals(everything: Everything, year: int) -> int:
    places = [event.region for event in _held(everything, year)]
    for deal in everything.deals:
        if _year(deal.opened_at) == year:
            sides = deal.one_organization_id, deal.other_organization_id
            places += [everything.organizations[side].region for side in sides]
    provinces = {place[:2] for place in places if place and place.isdigit() and len(place) == 6}
    return len(provinces - OUTSIDE_THE_CAPITALS)


def _contracted(amount: str) -> Callable[[Everything, int], Decimal]:
    """A contract that stands counts as it was registered, in the year of its registration; what was changed later
    counts as a difference, in the year from which it holds."""

    def count(everything: Everything, year: int) -> Decimal:
        total = Decimal(0)
        for contract in everything.contracts:
            if contract.state != "registered":
                continue
            changes = [row for row in everything.amendments if row.contract_id == contract.id]
            if _year(contract.registered_on) == year:
                total += Decimal(changes[0].former[amount]) if changes else getattr(contract, amount)
            for change in changes:
                if change.effective_on.year == year:
                    total += Decimal(change.amended[amount]) - Decimal(change.former[amount])
        return total

    return count


def _proved(indicator: str) -> Callable[[Everything, int], Decimal]:
    def count(everything: Everything, year: int) -> Decimal:
        approved = [
            row
            for row in everything.records
            if row.indicator == indicator and row.state == "approved" and row.on.year == year
        ]
        if indicator in LEVELS:
            return max(approved, key=lambda row: (row.on, row.id)).amount if approved else Decimal(0)
        return sum((row.amount for row in approved), Decimal(0))

    return count


PROVED = (
    *("industry_needs", "commissioners", "envoys", "foreign_experts", "regional_talent", "city_talent", "visits"),
    *("white_list", "credit", "finance_institutions", "contest_projects", "leading_enterprises"),
    *("hightech_enterprises", "technology_enterprises", "platforms", "incubators", "regional_projects"),
    *("regional_funds", "key_projects", "rural_projects", "bases_elsewhere", "rd_intensity"),
)
COUNTS: dict[str, Callable[[Everything, int], Decimal | int]] = {
    "published_needs": _published_needs,
    "services": _services,
    "trainings": _trainings,
    "service_group": _service_group,
    "briefings": _briefings,
    "exhibitors": _exhibitors,
    "branch_centres": _branch_centres,
    "capitals": _capitals,
    "contract_value": _contracted("total_value"),
    "contract_technology_value": _contracted("transaction_value"),
    **{indicator: _proved(indicator) for indicator in PROVED},
}
