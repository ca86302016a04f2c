"""What became of a listing."""

from datetime import timedelta

import pytest

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.forwardings import Forwarding
from matchmaker.services.decisions import decide
from matchmaker.services.statistics import Figures, figures_of, statistics_of
from matchmaker.services.visits import Visit, write_visits
from tests.counting import counted_queries
from tests.pairs import pair, publish


@pytest.fixture
def need(session, cast):
    return publish(session, cast.alice, "need", "叶片除冰")


def visit(listing, organization_id=None, days=0, address="10.0.0.1"):
    return Visit(listing.id, today() - timedelta(days=days), organization_id, address, "Firefox")


def test_statistics_count_organizations_once_and_visitors_by_day(session, cast, need):
    bob, mallory = cast.bob.organization_id, cast.mallory.organization_id
    visits = [visit(need, bob), visit(need, bob, 1), visit(need, mallory, 40), visit(need), visit(need, None, 1)]
    write_visits(session, visits)
    found = statistics_of(session, cast.alice.actor, need)
    assert (found.figures.organizations, found.figures.visitors, len(found.days)) == (2, 2, 30)
    assert [(day.organizations, day.visitors) for day in found.days[-3:]] == [(0, 0), (1, 1), (1, 1)]
    assert (found.busiest, found.days[-1].on) == (2, today())


def test_statistics_count_lists_grades_interest_and_forwardings(session, cast, need):
    matches = [
        pair(
            session,
            need,
            publish(session, cast.bob, "achievement", f"成果{grade}"),
            grade=grade,
            in_achievement_list=grade > 1,
        )
        for grade in (3, 2, 2, 1)
    ]
    decide(session, cast.bob.actor, matches[0].id, "interested")
    decide(session, cast.bob.actor, matches[1].id, "interested")
    decide(session, cast.alice.actor, matches[1].id, "interested")
    decide(session, cast.carol.actor, matches[2].id, "interested")
    for member in (cast.bob, cast.alice):
        session.add(
            Forwarding(
                match_id=matches[0].id,
                organization_id=member.organization_id,
                recipient_name="王工",
                recipient_email="w@example.org",
                expires_at=utc_now(),
            )
        )
    session.flush()
    found = statistics_of(session, cast.alice.actor, need)
    assert (found.lists, found.grades, found.figures.matches) == (3, {3: 1, 2: 2, 1: 1}, 3)
    assert (found.figures.interested, found.mutual, found.forwarded) == (2, 1, 1)


def test_statistics_do_not_tell_of_pairs_that_the_owner_may_not_see(session, cast, need):
    hidden = publish(session, cast.bob, "achievement", "不公开", visibility="brokers")
    pair(session, need, hidden, need_side_score=None)
    found = statistics_of(session, cast.alice.actor, need)
    assert (found.lists, found.grades) == (0, {3: 0, 2: 0, 1: 0})


def test_statistics_are_not_for_outsiders(session, cast, need):
    with pytest.raises(Forbidden):
        statistics_of(session, cast.mallory.actor, need)


def test_figures_of_many_cost_as_many_queries_as_of_one(session, cast, need):
    listings = [need, *(publish(session, cast.alice, "need", f"需求{number}") for number in range(2))]
    write_visits(session, [visit(need, cast.bob.organization_id)])
    counts = []
    for ids in ([need.id], [listing.id for listing in listings]):
        with counted_queries(session.get_bind().engine) as queries:
            found = figures_of(session, cast.alice.actor, ids)
        counts.append(len(queries))
    assert (counts[0], found[need.id], found[listings[1].id]) == (counts[1], Figures(organizations=1), Figures())
