"""My matches: own listings with the best first, however many there are."""

from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.services.match_queries import MatchFilter
from matchmaker.services.my_matches import my_matches
from tests.cast import Cast
from tests.counting import counted_queries
from tests.pairs import pair, publish


def test_my_matches_lists_own_published_listings_best_match_first(session: Session, cast: Cast) -> None:
    poor, good, none = (publish(session, cast.alice, "need", title) for title in ("降噪", "除冰", "并网"))
    publish(session, cast.mallory, "need", "别人的需求")
    answer = publish(session, cast.bob, "achievement", "涂层")
    pair(session, poor, answer, need_side_score=0.1, score=0.1)
    best = pair(session, good, answer)
    rows = my_matches(session, cast.alice.actor).rows
    assert [(row.listing.id, row.total) for row in rows] == [(good.id, 1), (poor.id, 1), (none.id, 0)]
    assert [match.id for match in rows[0].matches] == [best.id]


def test_my_matches_under_a_filter_leaves_out_listings_without_any(session: Session, cast: Cast) -> None:
    poor, good = (publish(session, cast.alice, "need", title) for title in ("降噪", "除冰"))
    answer = publish(session, cast.bob, "achievement", "涂层")
    pair(session, poor, answer, grade=1)
    pair(session, good, answer)
    shown = my_matches(session, cast.alice.actor, MatchFilter(grade=2), only_matched=True)
    assert ([row.listing.id for row in shown.rows], shown.total) == ([good.id], 1)


def test_my_matches_narrows_to_a_kind(session: Session, cast: Cast) -> None:
    publish(session, cast.alice, "need", "除冰")
    mine = publish(session, cast.alice, "achievement", "自研设备")
    assert [row.listing.id for row in my_matches(session, cast.alice.actor, kind="achievement").rows] == [mine.id]


def test_my_matches_asks_as_much_for_three_rows_as_for_one(database: Database, cast: Cast) -> None:
    def count() -> int:
        with database.read() as session, counted_queries(database.engine) as statements:
            my_matches(session, cast.alice.actor)
        return len(statements)

    def add(title: str) -> None:
        with database.transaction() as session:
            pair(session, publish(session, cast.alice, "need", title), publish(session, cast.bob, "achievement", title))

    add("除冰")
    one = count()
    add("降噪")
    add("并网")
    assert count() == one


def test_my_matches_shows_weak_pairs_only_where_there_is_nothing_better(session: Session, cast: Cast) -> None:
    good, poor = (publish(session, cast.alice, "need", title) for title in ("除冰", "降噪"))
    first, second = (publish(session, cast.bob, "achievement", title) for title in ("涂层", "隔声"))
    strong = pair(session, good, first)
    pair(session, good, second, grade=1, need_side_score=0.5)
    weak = pair(session, poor, second, grade=1, need_side_score=0.2)
    rows = my_matches(session, cast.alice.actor).rows
    assert [[match.id for match in row.matches] for row in rows] == [[strong.id], [weak.id]]


def test_my_matches_under_every_filter_names_the_right_listings(session: Session, cast: Cast) -> None:
    hidden = publish(session, cast.mallory, "achievement", "不公开的成果", visibility="brokers")
    pair(session, publish(session, cast.mallory, "need", "别家"), publish(session, cast.bob, "achievement", "滴灌"))
    energy, city = (publish(session, cast.alice, "need", field, field=field) for field in ("energy", "city"))
    answer = publish(session, cast.bob, "achievement", "涂层")
    pair(session, energy, answer)
    pair(session, city, hidden)

    def ids(chosen: MatchFilter) -> list[int]:
        return [row.listing.id for row in my_matches(session, cast.alice.actor, chosen, only_matched=True).rows]

    assert ids(MatchFilter(grade=2)) == [energy.id]
    assert (ids(MatchFilter(field="energy")), ids(MatchFilter(field="city"))) == ([energy.id], [])
    assert (ids(MatchFilter(decided="none")), ids(MatchFilter(decided="interested"))) == ([energy.id], [])
