"""Who is told about a listing, and as whom each of them reads: nobody is told what he may not see."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Membership, MembershipState, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import load_member
from matchmaker.services.organization_notices import owners


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to be told, and the actor that he is there."""

    user: User
    actor: Actor


def desk_of(session: Session, listing: Listing) -> list[Reader]:
    """Return who answers for a listing: its owner, or where there is none its organization's owners; and its broker."""
    people = [listing.owner] if listing.owner is not None else owners(session, listing.organization_id)
    readers = [_reader(session, person, listing.organization_id) for person in people]
    if listing.broker is not None:
        readers.append(_reader(session, listing.broker, _agency_of(session, listing.broker)))
    return [reader for reader in readers if reader is not None]


def _agency_of(session: Session, broker: User) -> int | None:
    agency = sa.select(Membership.organization_id).where(
        Membership.user_id == broker.id,
        Membership.role == Role.BROKER,
        Membership.state == MembershipState.ACTIVE,
    )
    return session.scalar(agency.order_by(Membership.id).limit(1))


def _reader(session: Session, person: User, organization_id: int | None) -> Reader | None:
    actor = load_member(session, person.id, organization_id)
    return None if actor is None else Reader(person, actor)
