"""Roadshows with pitches and judges, made by the verbs that the site uses: bob presents, carol runs the event."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.judges import Judge
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import Pitch
from matchmaker.services.roadshows.judges import invite_judge
from matchmaker.services.roadshows.pitches import Answer, PitchPlan, add_pitch, confirm_pitch
from matchmaker.services.roadshows.sheets import Marks
from tests.cast import Cast, Member, make_member, make_organization
from tests.events import make_event
from tests.pairs import publish

STARTS = datetime(2030, 3, 1, 2, 0, tzinfo=UTC)
"""Ten o'clock in the city."""
FULL = Marks({"d1": "8", "d2": "7.5", "d3": "9", "d4": "6"}, "技术扎实，市场分析不足。")


def make_roadshow(session: Session, cast: Cast, state: str = "registration", **values: Any) -> Event:
    """Write a roadshow of carol's, two hours long, in some year to come."""
    times = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=2)}
    return make_event(session, cast.carol.actor, "roadshow", state, **{**times, **values})


def make_pitch(session: Session, cast: Cast, event: Event, member: Member, title: str, **columns: Any) -> Pitch:
    """Put a published achievement of somebody on the programme and let him confirm it."""
    listing = publish(session, member, columns.pop("kind", "achievement"), title, **columns)
    pitch = add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=listing.id))
    confirm_pitch(session, member.actor, event, pitch, Answer(speakers="主讲人"))
    return pitch


def make_free_pitch(session: Session, event: Event, actor: Actor, organization: Organization, title: str) -> Pitch:
    """Put a pitch with a title of its own on the programme, of an organization in which nobody could confirm it."""
    pitch = add_pitch(session, actor, event, PitchPlan(title=title, organization=organization.name))
    confirm_pitch(session, actor, event, pitch, Answer())
    return pitch


def make_judge(session: Session, cast: Cast, event: Event, key: str, name: str, kind: str = "finance") -> Member:
    """Invite a new member of a new organization to judge; return him."""
    organization = make_organization(session, kind, f"{name}所在的机构", verified_at=utc_now())
    role = Role.UNIVERSITY if kind == "university" else Role.ENTERPRISE
    member = make_member(session, organization, key, name, role)
    invite(session, cast, event, member)
    return member


def invite(session: Session, cast: Cast, event: Event, member: Member) -> Judge:
    """Invite somebody to judge."""
    return invite_judge(session, cast.carol.actor, event, member.membership_id)
