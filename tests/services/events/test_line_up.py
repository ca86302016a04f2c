"""A roadshow's line-up: whose demand counts, what may not be proposed, and what the worker's job writes."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.event_invitations import EventInvitation
from matchmaker.domain.events import Event
from matchmaker.domain.jobs import Job
from matchmaker.domain.listings import Listing
from matchmaker.services.events.line_up import (
    Wanted,
    chosen_by_hand,
    demand_of,
    last_line_up,
    order_line_up,
    view_line_up,
)
from matchmaker.services.roadshows.pitches import PitchPlan, add_pitch
from tests.cast import Cast
from tests.events import make_event, make_registration
from tests.pairs import pair, publish
from tests.running import run_jobs


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    return make_event(session, cast.carol.actor, kind="roadshow", fields=["energy"])


@pytest.fixture
def offers(session: Session, cast: Cast) -> list[Listing]:
    """Three of bob's: two that answer alice alone, the better one first, and one that answers mallory."""
    offers = [publish(session, cast.bob, "achievement", title) for title in ("涂层甲", "涂层乙", "分拣机")]
    icing = publish(session, cast.alice, "need", "叶片除冰")
    sorting = publish(session, cast.mallory, "need", "棉花分拣", field="agriculture")
    pair(session, icing, offers[0], grade=3, probability=0.9)
    pair(session, icing, offers[1], grade=3, probability=0.8)
    pair(session, sorting, offers[2], grade=2, probability=0.5)
    return offers


def test_guests_demand_counts_once_there_are_any(
    session: Session, cast: Cast, event: Event, offers: list[Listing]
) -> None:
    by_field, source = demand_of(session, cast.carol.actor, event, Wanted())
    assert (source, set(by_field.strengths)) == ("field", {str(cast.alice.organization_id)})
    make_registration(session, event, cast.mallory, state="requested")
    session.add(EventInvitation(event_id=event.id, organization_id=cast.alice.organization_id, state="declined"))
    session.flush()
    of_guests, source = demand_of(session, cast.carol.actor, event, Wanted())
    assert source == "guests"
    assert of_guests.strengths == {str(cast.mallory.organization_id): {str(offers[2].id): 0.5}}


def test_nothing_hidden_or_kept_apart_is_proposed(
    session: Session, cast: Cast, event: Event, offers: list[Listing]
) -> None:
    offers[0].visibility = "brokers"
    session.flush()
    demand, _source = demand_of(session, cast.carol.actor, event, Wanted())
    assert list(demand.strengths[str(cast.alice.organization_id)]) == [str(offers[1].id)]
    session.add(Avoidance(organization_id=cast.alice.organization_id, name="昆仑理工大学", kind="rival"))
    session.flush()
    assert demand_of(session, cast.carol.actor, event, Wanted())[0].strengths == {}


def test_what_stands_on_the_programme_stays(session: Session, cast: Cast, event: Event, offers: list[Listing]) -> None:
    add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=offers[1].id))
    demand, _source = demand_of(session, cast.carol.actor, event, Wanted(places=1, never=(offers[1].id,)))
    assert (demand.must, demand.never, demand.places) == (frozenset({str(offers[1].id)}), frozenset(), 1)
    add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=offers[2].id))
    demand, _source = demand_of(session, cast.carol.actor, event, Wanted(places=3))
    assert demand.places == 2


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(places=0), "places"),
        (Wanted(places=41), "places"),
        (Wanted(per_owner=0), "per_owner"),
        (Wanted(must=(1,), never=(1,)), "must"),
        (Wanted(places=1, must=(1, 2)), "must"),
        (Wanted(never=tuple(range(101))), "must"),
    ],
)
def test_impossible_wishes_are_refused(session: Session, cast: Cast, event: Event, wanted: Wanted, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        order_line_up(session, cast.carol.actor, event, wanted)
    assert set(refusal.value.errors) == {field}


def test_line_up_is_for_who_runs_a_roadshow_to_come(session: Session, cast: Cast, event: Event) -> None:
    for actor in (cast.alice.actor, cast.peter.actor):
        with pytest.raises(Forbidden):
            order_line_up(session, actor, event, Wanted())
    with pytest.raises(Conflict):
        order_line_up(session, cast.carol.actor, make_event(session, cast.carol.actor, kind="training"), Wanted())


@pytest.mark.slow
def test_worker_proposes_what_covers_most_not_what_scores_best(
    database: Database, settings: Settings, cast: Cast
) -> None:
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor, kind="roadshow")
        offers = [publish(session, cast.bob, "achievement", title) for title in ("涂层甲", "涂层乙", "分拣机")]
        icing, sorting = (
            publish(session, member, "need", title) for member, title in ((cast.alice, "除冰"), (cast.mallory, "分拣"))
        )
        for need, offer, probability in ((icing, 0, 0.9), (icing, 1, 0.8), (sorting, 2, 0.5)):
            pair(session, need, offers[offer], grade=2, probability=probability)
        for member in (cast.alice, cast.mallory):
            make_registration(session, event, member)
        event_id = event.id
        order_line_up(session, cast.carol.actor, event, Wanted(places=2))
    run_jobs(settings, database)
    with database.read() as session:
        event = session.get_one(Event, event_id)
        job = last_line_up(session, cast.carol.actor, event)
        assert job is not None
        assert (job.state, last_line_up(session, cast.dave.actor, event)) == ("done", None)
        found = view_line_up(session, cast.carol.actor, event, job)
        assert found is not None
        assert [(pick.listing.title, pick.adds) for pick in found.picks] == [("涂层甲", 0.9), ("分拣机", 0.5)]
        assert [[gain.name for gain in pick.gains] for pick in found.picks] == [
            ["天山机械有限公司"],
            ["戈壁商贸有限公司"],
        ]
        assert (found.total, found.bound, found.audience, found.source) == (1.4, 1.4, 2, "guests")
        assert chosen_by_hand(session, cast.carol.actor, job) == ((), ())


@pytest.mark.slow
def test_job_without_an_audience_says_what_to_do(database: Database, settings: Settings, cast: Cast) -> None:
    with database.transaction() as session:
        order_line_up(session, cast.carol.actor, make_event(session, cast.carol.actor, kind="roadshow"), Wanted())
    run_jobs(settings, database)
    with database.read() as session:
        job = session.query(Job).one()
        assert (job.state, str(job.fault).startswith("{'template': '还没有人报名或受邀")) == ("failed", True)
