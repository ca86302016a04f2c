"""What people are told of an event and of their registration."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.event_invitations import EventInvitation, InvitationState
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.enclosures import EnclosureKind, Named, enclose
from matchmaker.services.notices import tell
from matchmaker.services.ownership import members

STANDING = (RegistrationState.REQUESTED, RegistrationState.WAITLISTED, RegistrationState.ACCEPTED)


def tell_requested(session: Session, event: Event, registration: Registration) -> None:
    """Tell whoever answers for the event that somebody asks to come."""
    title = Sentence(N_("%(name)s 报名参加《%(title)s》"), name=registration.name, title=event.title)
    body = Sentence(
        N_("%(organization)s 的 %(name)s 报名，请确认。"),
        organization=registration.organization.name,
        name=registration.name,
    )
    _tell(session, event.owner, title, body, f"/events/{event.id}/registrations")


def tell_accepted(session: Session, event: Event, registration: Registration) -> None:
    """Tell somebody that he is expected."""
    title = Sentence(N_("您参加《%(title)s》的报名已确认"), title=event.title)
    _tell_expected(session, event, registration, title)


def tell_waitlisted(session: Session, event: Event, registration: Registration) -> None:
    """Tell somebody that he waits for a place."""
    title = Sentence(N_("《%(title)s》名额已满，您在候补名单中"), title=event.title)
    body = Sentence(N_("有人退出时按报名先后自动递补，并会通知您。"))
    _tell(session, reader(session, registration), title, body, f"/events/{event.id}")


def tell_moved_up(session: Session, event: Event, registration: Registration) -> None:
    """Tell somebody who waited that he has a place now."""
    title = Sentence(N_("《%(title)s》有了名额，您已从候补转为确认"), title=event.title)
    _tell_expected(session, event, registration, title)


def tell_declined(session: Session, event: Event, registration: Registration, reason: str) -> None:
    """Tell somebody that he cannot come, and why."""
    title = Sentence(N_("《%(title)s》未能确认您的报名"), title=event.title)
    body = Sentence(N_("主办方说明：%(reason)s"), reason=reason) if reason else Sentence(N_("主办方没有另外说明。"))
    _tell(session, reader(session, registration), title, body, f"/events/{event.id}", [_for_calendar(event)])


def tell_withdrawn(session: Session, event: Event, registration: Registration) -> None:
    """Tell whoever answers for the event that somebody who was expected does not come."""
    title = Sentence(N_("%(name)s 退出《%(title)s》"), name=registration.name, title=event.title)
    body = Sentence(
        N_("%(organization)s 的 %(name)s 不能来了。"),
        organization=registration.organization.name,
        name=registration.name,
    )
    _tell(session, event.owner, title, body, f"/events/{event.id}/registrations")


def tell_stay_changed(session: Session, event: Event, registration: Registration) -> None:
    """Tell whoever answers for the event that somebody is there at other times than he said."""
    title = Sentence(N_("%(name)s 改了参加《%(title)s》的时间"), name=registration.name, title=event.title)
    body = Sentence(N_("请看看已经安排的洽谈是否需要调整。"))
    _tell(session, event.owner, title, body, f"/events/{event.id}/registrations")


def tell_changed(session: Session, event: Event) -> None:
    """Tell everybody who is registered that time or place have changed."""
    title = Sentence(N_("《%(title)s》的时间或地点有变"), title=event.title)
    body = Sentence(
        N_("现在是 %(starts_at)s 至 %(ends_at)s，%(place)s。"),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        place=event.place or N_("线上"),
    )
    for person in registered(session, event):
        _tell(session, person, title, body, f"/events/{event.id}", [_for_calendar(event)])


def tell_cancelled(session: Session, event: Event) -> None:
    """Tell everybody who is registered or was invited that the event is cancelled, and why."""
    title = Sentence(N_("《%(title)s》已取消"), title=event.title)
    body = Sentence(N_("取消原因：%(reason)s"), reason=event.cancel_reason or "")
    people = {person.id: person for person in (*registered(session, event), *_invited(session, event))}
    for person in people.values():
        _tell(session, person, title, body, f"/events/{event.id}", [_for_calendar(event)])


def registered(session: Session, event: Event) -> list[User]:
    """Return everybody whose registration stands, and who registered somebody without an account."""
    standing = Registration.event_id == event.id, Registration.state.in_(STANDING)
    who = sa.func.coalesce(Registration.user_id, Registration.registered_by_id)
    return list(session.scalars(sa.select(User).where(User.id.in_(sa.select(who).where(*standing))).order_by(User.id)))


def reader(session: Session, registration: Registration) -> User | None:
    """Return who is told of a registration: the person, or whoever registered him where he has no account."""
    person = registration.user_id or registration.registered_by_id
    return session.get(User, person) if person is not None else None


def _invited(session: Session, event: Event) -> list[User]:
    asked = EventInvitation.event_id == event.id, EventInvitation.state != InvitationState.DECLINED
    ids = session.scalars(sa.select(EventInvitation.organization_id).where(*asked).order_by(EventInvitation.id)).all()
    return [person for organization_id in ids for person in members(session, organization_id)]


def _tell_expected(session: Session, event: Event, registration: Registration, title: Sentence) -> None:
    body = Sentence(
        N_("%(starts_at)s，%(place)s。请准时到场；不能来请及时退出，把名额留给候补的人。"),
        starts_at=event.starts_at,
        place=event.place or N_("线上"),
    )
    _tell(
        session,
        reader(session, registration),
        title,
        body,
        f"/events/{event.id}",
        [_for_calendar(event), enclose(EnclosureKind.TICKET, registration.id)],
    )


def _tell(
    session: Session, person: User | None, title: str, body: str, path: str, enclosures: Sequence[Named] = ()
) -> None:
    tell(session, person, topic=NoticeTopic.EVENT, title=title, body=body, path=path, enclosures=enclosures)


def _for_calendar(event: Event) -> Named:
    return enclose(EnclosureKind.EVENT, event.id)
