"""A rival that was declined may be avoided by one click, and learns nothing of either."""

import pytest

from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.services.actors import informed
from matchmaker.services.avoidances import avoid_list, avoid_other_side
from matchmaker.services.decisions import decide
from matchmaker.services.matches import get_match, match_page
from matchmaker.services.rankers.decided import grade_of
from tests.pairs import pair, publish


@pytest.fixture
def match(session, cast):
    need = publish(session, cast.alice, "need", "叶片除冰")
    return pair(session, need, publish(session, cast.bob, "achievement", "疏冰涂料"))


def test_other_side_learns_nothing_of_being_called_a_rival(session, cast, match):
    decide(session, cast.alice.actor, match.id, "unsuitable", reason="rival")
    session.expire_all()
    seen = {name: get_match(session, cast[name].actor, match.id).decisions for name in ("alice", "bob", "carol")}
    assert {name: [view.reason for view in views] for name, views in seen.items()} == {
        "alice": ["rival"],
        "bob": [],
        "carol": ["rival"],
    }


def test_being_a_rival_says_nothing_of_how_well_a_pair_fits(session, cast, match):
    decide(session, cast.alice.actor, match.id, "unsuitable", reason="rival")
    assert grade_of(match) is None


def test_click_puts_the_other_side_on_the_list_and_its_pairs_vanish(session, cast, match):
    decide(session, cast.alice.actor, match.id, "unsuitable", reason="rival")
    row = avoid_other_side(session, cast.alice.actor, match.id)
    session.expire_all()
    assert (row.avoided_id, row.kind, row.name) == (cast.bob.organization_id, "rival", cast.bob.organization_name)
    left = [match_page(session, informed(session, cast[name].actor)).total for name in ("alice", "bob", "carol")]
    assert (left, [entry.id for entry in avoid_list(session, cast.alice.actor)]) == ([0, 0, 1], [row.id])


def test_anonymous_other_side_cannot_be_learned_by_avoiding_it(session, cast):
    need = publish(session, cast.alice, "need", "匿名", visibility="anonymous")
    match = pair(session, need, publish(session, cast.bob, "achievement", "疏冰涂料"))
    with pytest.raises(Conflict):
        avoid_other_side(session, cast.bob.actor, match.id)
    assert avoid_list(session, cast.bob.actor) == []


def test_only_one_who_answers_for_an_own_pair_avoids(session, cast, match):
    with pytest.raises(NotFound):
        avoid_other_side(session, cast.mallory.actor, match.id)
    with pytest.raises(Forbidden):
        avoid_other_side(session, cast.carol.actor, match.id)
