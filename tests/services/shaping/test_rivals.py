"""A rival that was declined may be avoided by one click, and learns nothing of either."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.services.actors import informed
from matchmaker.services.avoidances import avoid_list, avoid_other_side
from matchmaker.services.decisions import decide
from matchmaker.services.feeds import feed
from matchmaker.services.match_news import note_news, tell_news
from matchmaker.services.matches import best_matches, get_match, match_page, matches_of, own_matches_with
from matchmaker.services.my_matches import my_matches
from matchmaker.services.rankers.decided import grade_of
from matchmaker.services.triage import TriageFilter, triage_page
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


def test_avoided_rival_is_in_no_list_of_pairs_no_feed_and_no_news(database, cast):
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "叶片除冰")
        achievement = publish(session, cast.bob, "achievement", "疏冰涂料")
        match = pair(session, need, achievement)
        decide(session, cast.alice.actor, match.id, "interested")
        note_news(session, [(need.id, achievement.id), (achievement.id, need.id)])
        avoid_other_side(session, cast.alice.actor, match.id)
        # The pair stays only where somebody has decided; it is put back here to see that the lists leave it out.
        session.execute(sa.delete(MatchDecision))
        session.execute(sa.delete(Match))
        pair(session, need, achievement)
    assert tell_news(database, utc_now() + timedelta(hours=2)) == 0
    with database.read() as session:
        for member, own, other in ((cast.alice, need, achievement), (cast.bob, achievement, need)):
            actor = informed(session, member.actor)
            mine = session.get(Listing, own.id)
            theirs = session.get(Listing, other.id)
            lists = (
                matches_of(session, actor, mine),
                best_matches(session, actor, [own.id], 3)[own.id],
                triage_page(session, actor, TriageFilter(grade=0, decided=None)).matches,
                match_page(session, actor).matches,
                own_matches_with(session, actor, theirs),
                [row for each in my_matches(session, actor).rows for row in each.matches],
            )
            assert [len(found) for found in lists] == [0] * len(lists)
            kind = ListingKind(other.kind)
            feeds = [
                feed(session, kind, field=None, region=None, base_url="http://x", city="乌鲁木齐", apart=apart)
                for apart in (frozenset(), actor.avoided)
            ]
            assert [theirs.current.title.encode() in each.content for each in feeds] == [True, False]
