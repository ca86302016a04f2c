"""With whom a listing was solved through the platform."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.errors import Invalid
from matchmaker.domain.journal import JournalEntry
from matchmaker.services.closing import Ending, close
from matchmaker.services.decisions import decide
from matchmaker.services.outcomes import outcome_of, partners_offered
from tests.pairs import pair, publish


@pytest.fixture
def need(session, cast):
    return publish(session, cast.alice, "need", "叶片除冰")


@pytest.fixture
def match(session, cast, need):
    return pair(session, need, publish(session, cast.bob, "achievement", "疏冰涂料"))


def test_close_names_the_pair_that_solved_it(session, cast, need, match):
    close(session, cast.alice.actor, need, Ending("solved_here", match_id=match.id))
    assert (need.outcome_listing_id, need.outcome_organization_id) == (match.achievement_id, cast.bob.organization_id)
    outcome = outcome_of(session, cast.alice.actor, need)
    assert (outcome.organization_name, outcome.title, outcome.listing_id) == (
        "昆仑理工大学",
        "疏冰涂料",
        match.achievement_id,
    )
    moved = session.scalars(sa.select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert moved.data == {
        "outcome_listing_id": match.achievement_id,
        "outcome_organization_id": cast.bob.organization_id,
    }


def test_close_names_an_organization_where_no_pair_led_to_it(session, cast, need):
    close(session, cast.alice.actor, need, Ending("solved_here", organization=" 昆仑理工大学 "))
    assert (need.outcome_listing_id, need.outcome_organization_id) == (None, cast.bob.organization_id)
    assert outcome_of(session, cast.alice.actor, need).organization_name == "昆仑理工大学"


def test_outcome_is_not_for_outsiders(session, cast, need, match):
    close(session, cast.alice.actor, need, Ending("solved_here", match_id=match.id))
    assert [outcome_of(session, cast[name].actor, need) is None for name in ("mallory", "bob", "carol", "dave")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "match_id"),
        ({"match_id": 999}, "match_id"),
        ({"organization": "没有的单位"}, "organization"),
        ({"organization": "天山机械有限公司"}, "organization"),
    ],
)
def test_close_through_the_platform_names_somebody_else(session, cast, need, values, field):
    with pytest.raises(Invalid) as caught:
        close(session, cast.alice.actor, need, Ending("solved_here", **values))
    assert (set(caught.value.errors), need.state) == ({field}, "published")


def test_close_names_no_pair_of_another_listing(session, cast, need, match):
    other = publish(session, cast.alice, "need", "另一条")
    with pytest.raises(Invalid):
        close(session, cast.alice.actor, other, Ending("solved_here", match_id=match.id))


def test_partner_is_forgotten_where_the_platform_had_no_part(session, cast, need, match):
    close(session, cast.alice.actor, need, Ending("solved_elsewhere", match_id=match.id))
    assert (need.outcome_listing_id, need.outcome_organization_id) == (None, None)


def test_partners_with_interest_come_first_and_closed_ones_stay(session, cast, need, match):
    wanted = pair(session, need, publish(session, cast.bob, "achievement", "电热膜"), score=0.5)
    decide(session, cast.bob.actor, wanted.id, "interested")
    close(session, cast.bob.actor, wanted.achievement, Ending("withdrawn"))
    hidden = publish(session, cast.bob, "achievement", "不公开", visibility="brokers")
    pair(session, need, hidden, achievement_side_score=None, need_side_score=None)
    assert [view.id for view in partners_offered(session, cast.alice.actor, need)] == [wanted.id, match.id]
