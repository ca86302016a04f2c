"""What a person answers for in an organization, and who takes it over when he leaves."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Conflict
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.people import Membership, MembershipState, Role

ENDED_OR_UNSEEN = (ListingState.DRAFT, ListingState.CLOSED)


def require_dispensable(session: Session, membership: Membership) -> None:
    """Let go only whom the organization can do without.

    Raises:
        Conflict: the last owner of an organization with colleagues or running listings, or the last administrator;
            the sentence says what to do first.
    """
    if membership.state != MembershipState.ACTIVE:
        return
    if membership.role == Role.ADMIN and not _others(session, membership, Membership.role == Role.ADMIN, anywhere=True):
        raise Conflict(N_("您是平台唯一的管理员，请先任命另一位管理员。"))
    if not membership.is_owner or _others(session, membership, Membership.is_owner.is_(True)):
        return
    name = membership.organization.name
    if _others(session, membership):
        raise Conflict(N_("%(name)s 只有这一位负责人，请先在成员页指定另一位负责人。"), name=name)
    if count := _running_listings(session, membership.organization_id):
        raise Conflict(
            N_("%(name)s 还有 %(count)s 条进行中的需求或成果，请先结束它们，或添加另一位负责人。"),
            name=name,
            count=count,
        )


def hand_over_listings(session: Session, membership: Membership) -> None:
    """Give a leaving member's listings to another owner of the organization, or to nobody where there is none.

    What he posted as a broker stays with its clients; he may not edit it any more.
    """
    own = Listing.organization_id == membership.organization_id, Listing.owner_id == membership.user_id
    session.execute(sa.update(Listing).where(*own).values(owner_id=_heir(session, membership)))
    if membership.role == Role.BROKER and not _is_broker_elsewhere(session, membership):
        session.execute(sa.update(Listing).where(Listing.broker_id == membership.user_id).values(broker_id=None))


def hand_over_events(session: Session, membership: Membership) -> None:
    """Give a leaving member's events to another owner of the organization, or to nobody where there is none."""
    own = Event.organization_id == membership.organization_id, Event.owner_id == membership.user_id
    session.execute(sa.update(Event).where(*own).values(owner_id=_heir(session, membership)))


def _heir(session: Session, membership: Membership) -> int | None:
    owners = _colleagues(membership).where(Membership.is_owner).order_by(Membership.id)
    return session.scalar(owners.with_only_columns(Membership.user_id).limit(1))


def _colleagues(membership: Membership) -> sa.Select[Membership]:
    return sa.select(Membership).where(
        Membership.organization_id == membership.organization_id,
        Membership.id != membership.id,
        Membership.state == MembershipState.ACTIVE,
    )


def _others(
    session: Session, membership: Membership, *conditions: sa.ColumnElement[bool], anywhere: bool = False
) -> bool:
    if anywhere:
        active = Membership.id != membership.id, Membership.state == MembershipState.ACTIVE
        query = sa.select(Membership).where(*active)
    else:
        query = _colleagues(membership)
    return session.scalars(query.where(*conditions).limit(1)).first() is not None


def _running_listings(session: Session, organization_id: int) -> int:
    running = Listing.organization_id == organization_id, Listing.state.not_in(ENDED_OR_UNSEEN)
    return session.scalar(sa.select(sa.func.count()).select_from(Listing).where(*running)) or 0


def _is_broker_elsewhere(session: Session, membership: Membership) -> bool:
    elsewhere = sa.select(Membership.id).where(
        Membership.user_id == membership.user_id,
        Membership.id != membership.id,
        Membership.role == Role.BROKER,
        Membership.state == MembershipState.ACTIVE,
    )
    return session.scalars(elsewhere.limit(1)).first() is not None
