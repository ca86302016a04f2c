"""Matches are read from stored rows, each viewer's own way."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.permissions import Actor
from matchmaker.services.match_queries import MatchFilter, Standing
from matchmaker.services.matches import best_matches, count_matches, get_match, match_page, matches_of, own_matches_with
from tests.cast import Cast
from tests.counting import counted_queries
from tests.pairs import pair, publish

PARTIAL = {"score": -1.0, "probability": 0.2, "grade": 1, "terms": [["base", None, -2.0], ["keywords", 0.4, 1.0]]}


def test_match_page_of_owner_holds_only_his_own_pairs(session: Session, cast: Cast) -> None:
    mine = pair(
        session, publish(session, cast.alice, "need", "风电叶片除冰"), publish(session, cast.bob, "achievement", "涂层")
    )
    pair(
        session, publish(session, cast.mallory, "need", "棉纺能耗"), publish(session, cast.carol, "achievement", "变频")
    )
    shown = {who: [m.id for m in match_page(session, cast[who].actor).matches] for who in ("alice", "bob")}
    assert shown == {"alice": [mine.id], "bob": [mine.id]}


def test_match_page_of_broker_holds_all_pairs_best_first(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "风电叶片除冰")
    weak = pair(session, need, publish(session, cast.bob, "achievement", "加热"), score=0.1, grade=1)
    strong = pair(session, need, publish(session, cast.bob, "achievement", "涂层"))
    assert [m.id for m in match_page(session, cast.carol.actor).matches] == [strong.id, weak.id]


def test_match_page_refuses_a_visitor(session: Session) -> None:
    with pytest.raises(Forbidden):
        match_page(session, Actor.anonymous())


def test_own_matches_with_a_listing_are_the_readers_own_best_first(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "风电叶片除冰")
    weak = pair(session, need, publish(session, cast.bob, "achievement", "加热"), achievement_side_score=0.1)
    strong = pair(session, need, publish(session, cast.bob, "achievement", "涂层"))
    pair(session, need, publish(session, cast.mallory, "achievement", "别人的成果"))
    pair(session, need, publish(session, cast.bob, "achievement", "看不到的一对"), achievement_side_score=None)
    assert [view.id for view in own_matches_with(session, cast.bob.actor, need)] == [strong.id, weak.id]


def test_match_page_leaves_out_withdrawn_listings(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "风电叶片除冰")
    pair(session, need, publish(session, cast.bob, "achievement", "涂层"))
    need.state = "closed"
    session.flush()
    assert match_page(session, cast.carol.actor).total == 0


def test_university_cannot_see_pair_of_brokers_only_need(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "未公开的工艺", visibility="brokers")
    achievement = publish(session, cast.bob, "achievement", "涂层")
    match = pair(session, need, achievement, achievement_side_score=None)
    assert matches_of(session, cast.bob.actor, achievement) == ()
    assert match_page(session, cast.bob.actor).total == 0
    assert best_matches(session, cast.bob.actor, [achievement.id], 3) == {achievement.id: ()}
    assert count_matches(session, cast.bob.actor, [achievement.id]) == {achievement.id: 0}
    with pytest.raises(NotFound):
        get_match(session, cast.bob.actor, match.id)


def test_need_just_hidden_is_gone_before_it_is_matched_again(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "刚刚转为不公开")
    achievement = publish(session, cast.bob, "achievement", "涂层")
    pair(session, need, achievement)
    need.visibility = "brokers"
    session.flush()
    assert matches_of(session, cast.bob.actor, achievement) == ()
    assert match_page(session, cast.bob.actor).total == 0


def test_owner_sees_and_filters_by_his_own_view_of_a_partly_hidden_pair(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "匿名需求", visibility="anonymous")
    achievement = publish(session, cast.bob, "achievement", "涂层")
    match = pair(session, need, achievement, achievement_view=PARTIAL, achievement_side_score=-1.0)
    strong = MatchFilter(grade=3)
    assert get_match(session, cast.bob.actor, match.id).grade == 1
    assert get_match(session, cast.alice.actor, match.id).grade == 3
    assert match_page(session, cast.bob.actor, strong).total == 0
    assert match_page(session, cast.alice.actor, strong).total == 1
    assert matches_of(session, cast.bob.actor, achievement, chosen=strong) == ()


def test_anonymous_need_shows_no_organization_to_the_other_side(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "匿名需求", visibility="anonymous")
    match = pair(session, need, publish(session, cast.bob, "achievement", "涂层"))
    view = get_match(session, cast.bob.actor, match.id).need
    assert (view.organization_id, view.organization_name) == (None, "匿名需求方")


def test_best_matches_gives_each_listing_its_own_best(session: Session, cast: Cast) -> None:
    first, second = (publish(session, cast.alice, "need", title) for title in ("除冰", "降噪"))
    answers = [publish(session, cast.bob, "achievement", f"成果{n}") for n in range(3)]
    rows = {
        (n.id, a.id): pair(session, n, a, score=place, need_side_score=place)
        for n in (first, second)
        for place, a in enumerate(answers)
    }
    found = best_matches(session, cast.alice.actor, [first.id, second.id], 2)
    assert {key: [m.id for m in views] for key, views in found.items()} == {
        n.id: [rows[n.id, answers[2].id].id, rows[n.id, answers[1].id].id] for n in (first, second)
    }


def test_match_page_filters_by_grade_and_field(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "除冰", field="materials")
    achievement = publish(session, cast.bob, "achievement", "涂层")
    pair(session, need, achievement, grade=2)
    totals = [
        match_page(session, cast.carol.actor, chosen).total
        for chosen in (
            MatchFilter(grade=2),
            MatchFilter(grade=3),
            MatchFilter(field="materials"),
            MatchFilter(field="city"),
        )
    ]
    assert totals == [1, 0, 1, 0]


def test_match_page_undecided_by_the_viewer(session: Session, cast: Cast) -> None:
    pair(session, publish(session, cast.alice, "need", "除冰"), publish(session, cast.bob, "achievement", "涂层"))
    assert match_page(session, cast.carol.actor, MatchFilter(decided=Standing.UNDECIDED)).total == 1


def test_get_match_of_an_impossible_id_is_not_found(session: Session, cast: Cast) -> None:
    for match_id in (0, -1, 10**30):
        with pytest.raises(NotFound):
            get_match(session, cast.carol.actor, match_id)


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_match_page_asks_as_much_for_three_rows_as_for_one(database: Database, cast: Cast, who: str) -> None:
    def count() -> int:
        with database.read() as session, counted_queries(database.engine) as statements:
            match_page(session, cast[who].actor)
        return len(statements)

    def add(title: str) -> None:
        with database.transaction() as session:
            pair(session, publish(session, cast.alice, "need", title), publish(session, cast.bob, "achievement", title))

    add("除冰")
    one = count()
    add("降噪")
    add("并网")
    assert count() == one


def test_proposed_pair_comes_first_for_its_owners_whatever_its_grade(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "除冰")
    ranked = pair(session, need, publish(session, cast.bob, "achievement", "涂层"))
    answer = publish(session, cast.bob, "achievement", "加热")
    proposed = pair(session, need, answer, grade=0, score=-3.0, need_side_score=-3.0, proposed_by_id=cast.carol.user_id)
    good, expected = MatchFilter(grade=2), [proposed.id, ranked.id]
    assert [m.id for m in matches_of(session, cast.alice.actor, need, chosen=good)] == expected
    assert [m.id for m in match_page(session, cast.alice.actor, good).matches] == expected
    assert [m.id for m in best_matches(session, cast.alice.actor, [need.id], 3, good)[need.id]] == expected
    assert [m.id for m in match_page(session, cast.carol.actor, good).matches] == [ranked.id]
