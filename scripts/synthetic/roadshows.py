"""Roadshows: achievements go on the programme, their owners confirm, the audience taps and names what it needs."""

import sqlalchemy as sa

from matchmaker.domain.events import Event
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import PitchState
from matchmaker.domain.registrations import Registration
from matchmaker.services.roadshows.interest import choices, leave_contact, name_match, tap
from matchmaker.services.roadshows.loading import pitches_of
from matchmaker.services.roadshows.pitches import Answer, PitchPlan, add_pitch, candidates, confirm_pitch
from synthetic.story import Story

MOST_PITCHES = 6
NAMES_IT, LEAVES_NAME = 0.5, 0.3


def set_programme(story: Story, runner: Actor, event: Event) -> None:
    """Put achievements on the programme of a roadshow; those who posted them confirm."""
    for listing in candidates(story.session, runner, event, kind="achievement")[:MOST_PITCHES]:
        pitch = add_pitch(story.session, runner, event, PitchPlan(listing_id=listing.id))
        owner = story.person(listing.owner_id)
        assert owner is not None
        confirm_pitch(story.session, story.actor(owner), event, pitch, Answer(speakers=owner.name))
        story.counts["pitches"] += 1


def show(story: Story, event: Event) -> None:
    """Let everybody who came tap two pitches; some name one of their needs, some leave their names."""
    pitches = [pitch for pitch in pitches_of(story.session, event) if pitch.state == PitchState.CONFIRMED]
    came = Registration.event_id == event.id, Registration.checked_in_at.is_not(None)
    for guest in story.session.scalars(sa.select(Registration).where(*came).order_by(Registration.id)).all():
        person = story.person(guest.user_id)
        others = [pitch for pitch in pitches if pitch.organization_id != guest.organization_id]
        if person is None:
            continue
        actor = story.actor(person)
        for pitch in story.random.sample(others, min(2, len(others))):
            tap(story.session, actor, event, pitch)
            story.counts["taps"] += 1
            chance, named = story.random.random(), choices(story.session, actor, pitch)
            if named and chance < NAMES_IT:
                name_match(story.session, actor, event, pitch, named[0].match.id)
                story.counts["taps that name a need"] += 1
            elif chance > 1 - LEAVES_NAME:
                leave_contact(story.session, actor, event, pitch)
