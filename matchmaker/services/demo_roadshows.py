"""The demonstration's roadshow: a programme, three judges who have begun, and an audience that is interested."""

import json
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.events import Event
from matchmaker.domain.listings import Listing, ListingKind, ListingState, Revision, Visibility
from matchmaker.domain.people import Membership, Organization, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import Pitch
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.actors import load_member
from matchmaker.services.roadshows.interest import tap
from matchmaker.services.roadshows.judges import invite_judge
from matchmaker.services.roadshows.ordering import order_by_rule
from matchmaker.services.roadshows.pitches import Answer, PitchPlan, add_pitch, confirm_pitch
from matchmaker.services.roadshows.recusal import is_tied
from matchmaker.services.roadshows.sheets import Marks, save_sheet, sign_sheet


def load_demo_roadshow(
    session: Session, event: Event, organizations: dict[str, Organization], owners: dict[int, User]
) -> None:
    """Write the programme of an event, its judges with sheets, and taps; its organiser's members do it.

    The last pitch waits for its presenter, and the last judge has not begun: somebody who looks around can go on.
    """
    show = json.loads((files("matchmaker") / "demo" / "roadshow.json").read_text(encoding="utf-8"))
    actors = {
        key: actor
        for key, office in organizations.items()
        if (actor := load_member(session, owners[office.id].id, office.id)) is not None
    }
    by_office = {actor.organization_id: actor for actor in actors.values()}
    organiser = by_office[event.organization_id]
    pitches = [
        add_pitch(session, organiser, event, PitchPlan(listing_id=each))
        for each in _listings(session, event, show["pitches"])
    ]
    for pitch, speakers in zip(pitches[:-1], show["speakers"], strict=False):
        confirm_pitch(session, by_office[pitch.organization_id], event, pitch, Answer(speakers=speakers))
    order_by_rule(session, organiser, event, "alternate")
    _judge(session, event, organiser, [actors[key] for key in show["judges"]], pitches[:-1], show)
    _interest(session, event, pitches[:-1])


def _listings(session: Session, event: Event, most: int) -> list[int]:
    """Return public achievements of the event's fields, of as many organizations as there are, and last one need."""
    query = (
        sa.select(Listing.id, Listing.organization_id)
        .join(Revision, Revision.id == Listing.published_revision_id)
        .where(Listing.state == ListingState.PUBLISHED, Listing.visibility == Visibility.PUBLIC)
        .order_by(Listing.id)
    )
    wanted = query.where(Revision.field.in_(event.fields)) if event.fields else query
    rows = session.execute(wanted.where(Listing.kind == ListingKind.ACHIEVEMENT)).all()
    first: dict[int, int] = {}
    for listing_id, office in rows:
        first.setdefault(office, listing_id)
    chosen = list(first.values())[: most - 1]
    chosen += [listing_id for listing_id, _office in rows if listing_id not in chosen][: most - 1 - len(chosen)]
    need = session.scalar(wanted.where(Listing.kind == ListingKind.NEED).with_only_columns(Listing.id).limit(1))
    return [*chosen, need] if need is not None else chosen


def _judge(
    session: Session, event: Event, organiser: Actor, actors: list[Actor], pitches: list[Pitch], show: dict[str, Any]
) -> None:
    for place, actor in enumerate(actors):
        mine = Membership.user_id == actor.user_id, Membership.organization_id == actor.organization_id
        membership_id = session.scalars(sa.select(Membership.id).where(*mine)).one()
        judge = invite_judge(session, organiser, event, membership_id)
        if place == len(actors) - 1:
            continue
        given = show["marks"][place:] + show["marks"][:place]
        for pitch, marks in zip(pitches, given, strict=False):
            if is_tied(session, judge, pitch):
                continue
            typed = Marks({f"d{number}": mark for number, mark in enumerate(marks, start=1)}, show["comment"])
            verb = save_sheet if pitch is pitches[2] and place else sign_sheet
            verb(session, actor, event, pitch.id, typed, None)


def _interest(session: Session, event: Event, pitches: list[Pitch]) -> None:
    coming = session.scalars(
        sa.select(Registration).where(
            Registration.event_id == event.id,
            Registration.state == RegistrationState.ACCEPTED,
            Registration.user_id.is_not(None),
        )
    )
    for registration in coming.all():
        actor = load_member(session, registration.user_id, registration.organization_id)
        for pitch in pitches[::2]:
            if actor is not None and pitch.organization_id != actor.organization_id:
                tap(session, actor, event, pitch)
