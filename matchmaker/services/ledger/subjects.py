"""The records that rows stand for, by name, as far as the viewer may read them: a fixed number of queries a page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.campaigns import Campaign
from matchmaker.domain.contracts import Amendment, Contract
from matchmaker.domain.deals import Deal
from matchmaker.domain.events import Event
from matchmaker.domain.evidence_records import EvidenceRecord
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_read_event, can_read_listing, can_see_contract, is_branch_staff
from matchmaker.domain.registrations import Registration
from matchmaker.services.ledger.rules import Row
from matchmaker.services.ledger.rules.contracts import AMENDMENT
from matchmaker.services.readings import note_titled

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row stands for: its title and whose it is; `leads_to` is the record to open (None: it is not for him)."""

    title: str
    organization_name: str = ""
    kind: str = ""
    leads_to: Key | None = None


def subjects(session: Session, actor: Actor, rows: Iterable[Row]) -> dict[Key, Subject]:
    """Return what rows stand for, by kind and id. What has gone, or is not for the actor, is missing."""
    ids: dict[str, list[int]] = {}
    for row in rows:
        ids.setdefault(row.subject_kind, []).append(row.subject_id)
    found: dict[Key, Subject] = {}
    for kind, wanted in ids.items():
        for subject_id, subject in FINDERS[kind](session, actor, wanted):
            found[kind, subject_id] = subject
    return found


Found = Iterable[tuple[int, Subject]]


def _listings(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    revisions = (joinedload(Listing.published_revision), joinedload(Listing.working_revision))
    query = sa.select(Listing).where(Listing.id.in_(ids)).options(joinedload(Listing.organization), *revisions)
    for listing in session.scalars(query):
        if can_read_listing(actor, listing):
            note_titled(actor, listing)
            subject = Subject(listing.current.title, listing.organization.name, listing.kind)
            yield listing.id, _led(subject, Listing.subject_kind, listing.id)


def _events(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    query = sa.select(Event).where(Event.id.in_(ids)).options(joinedload(Event.organization))
    for event in session.scalars(query):
        if can_read_event(actor, event):
            subject = Subject(event.title, event.organization.name, event.kind)
            yield event.id, _led(subject, Event.subject_kind, event.id)


def _registrations(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    loaded = (joinedload(Registration.organization), joinedload(Registration.event).joinedload(Event.organization))
    for row in session.scalars(sa.select(Registration).where(Registration.id.in_(ids)).options(*loaded)):
        if can_read_event(actor, row.event):
            subject = Subject(row.event.title, row.organization.name, row.event.kind)
            yield row.id, _led(subject, Event.subject_kind, row.event_id)


def _campaigns(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    for campaign in session.scalars(sa.select(Campaign).where(Campaign.id.in_(ids))):
        yield campaign.id, _led(Subject(campaign.title), Campaign.subject_kind, campaign.id)


def _organizations(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    for organization in session.scalars(sa.select(Organization).where(Organization.id.in_(ids))):
        subject = Subject(organization.name, organization.name, organization.kind)
        yield organization.id, _led(subject, "organization", organization.id)


def _deals(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    loaded = (joinedload(Deal.one_organization), joinedload(Deal.other_organization))
    for deal in session.scalars(sa.select(Deal).where(Deal.id.in_(ids)).options(*loaded)):
        title = f"{deal.one_organization.name} × {deal.other_organization.name}"
        yield deal.id, _led(Subject(title), Deal.subject_kind, deal.id)


def _contracts(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    for contract in session.scalars(_with_parties(sa.select(Contract).where(Contract.id.in_(ids)))):
        if can_see_contract(actor, contract):
            yield contract.id, _led(Subject(contract.name, contract.seller.name), Contract.subject_kind, contract.id)


def _amendments(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    query = sa.select(Amendment.id, Contract).join(Contract).where(Amendment.id.in_(ids))
    for amendment_id, contract in session.execute(_with_parties(query)):
        if can_see_contract(actor, contract):
            subject = Subject(contract.name, contract.seller.name)
            yield amendment_id, _led(subject, Contract.subject_kind, contract.id)


def _with_parties(query: Any) -> Any:
    sides = (joinedload(Contract.deal).joinedload(side) for side in (Deal.one_organization, Deal.other_organization))
    return query.options(joinedload(Contract.seller), *sides)


def _meetings(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    loaded = [joinedload(side).joinedload(Registration.organization) for side in (Appointment.one, Appointment.other)]
    query = sa.select(Appointment).where(Appointment.id.in_(ids)).options(joinedload(Appointment.event), *loaded)
    for meeting in session.scalars(query):
        title = " × ".join(side.organization.name if side.organization else "" for side in (meeting.one, meeting.other))
        yield meeting.id, _led(Subject(title, meeting.event.title), Appointment.subject_kind, meeting.id)


def _matches(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    sides = [
        joinedload(side).joinedload(revision)
        for side in (Match.need, Match.achievement)
        for revision in (Listing.published_revision, Listing.working_revision, Listing.organization)
    ]
    for match in session.scalars(sa.select(Match).where(Match.id.in_(ids)).options(*sides)):
        if all(can_read_listing(actor, listing) for listing in (match.need, match.achievement)):
            for listing in (match.need, match.achievement):
                note_titled(actor, listing)
            title = f"{match.need.current.title} × {match.achievement.current.title}"
            yield match.id, _led(Subject(title, match.need.organization.name), "match", match.id)


def _records(session: Session, actor: Actor, ids: Sequence[int]) -> Found:
    limited = actor.organization_id if is_branch_staff(actor) else None
    query = sa.select(EvidenceRecord).where(EvidenceRecord.id.in_(ids)).options(joinedload(EvidenceRecord.branch))
    for entered in session.scalars(query):
        if limited is None or entered.branch_id == limited:
            subject = Subject(entered.subject, entered.branch.name if entered.branch else "")
            yield entered.id, _led(subject, EvidenceRecord.subject_kind, entered.id)


def _led(subject: Subject, kind: str, subject_id: int) -> Subject:
    return Subject(subject.title, subject.organization_name, subject.kind, (kind, subject_id))


FINDERS: dict[str, Callable[[Session, Actor, Sequence[int]], Found]] = {
    Listing.subject_kind: _listings,
    Event.subject_kind: _events,
    Registration.subject_kind: _registrations,
    Campaign.subject_kind: _campaigns,
    "organization": _organizations,
    Deal.subject_kind: _deals,
    Contract.subject_kind: _contracts,
    AMENDMENT: _amendments,
    Appointment.subject_kind: _meetings,
    "match": _matches,
    EvidenceRecord.subject_kind: _records,
}
