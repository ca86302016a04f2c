"""My listings and the review queue."""

import pytest

from matchmaker.domain.errors import Forbidden
from matchmaker.services.listing_pages import my_listings, next_to_review, review_queue
from matchmaker.services.listings import create_listing
from tests.counting import counted_queries
from tests.drafts import make_draft, make_published, make_submitted


def test_my_listings_are_those_of_my_organization_and_my_clients(session, cast):
    mine = make_draft(session, cast.alice)
    make_draft(session, cast.mallory)
    clients = create_listing(session, cast.carol.actor, "need", cast.alice.organization_id)
    assert {row.id for row in my_listings(session, cast.alice.actor).rows} == {mine.id, clients.id}
    assert [row.id for row in my_listings(session, cast.carol.actor).rows] == [clients.id]
    assert my_listings(session, cast.dave.actor).rows == ()
    assert my_listings(session, cast.peter.actor).rows == ()


def test_my_listings_count_by_state_and_filter(session, cast):
    for title in ("甲", "乙"):
        make_draft(session, cast.alice, title=title)
    make_submitted(session, cast.alice, "achievement")
    make_published(session, cast.alice, cast.dave, title="100%纯度")
    page = my_listings(session, cast.alice.actor, state="draft")
    assert (page.counts, page.total, {row.title for row in page.rows}) == (
        {"draft": 2, "submitted": 1, "published": 1},
        2,
        {"甲", "乙"},
    )
    assert [row.kind for row in my_listings(session, cast.alice.actor, kind="achievement").rows] == ["achievement"]
    assert [row.title for row in my_listings(session, cast.alice.actor, text="%").rows] == ["100%纯度"]


def test_my_listings_turn_pages_within_their_number(session, cast):
    for number in range(21):
        make_draft(session, cast.alice, title=f"第 {number} 条")
    assert (len(my_listings(session, cast.alice.actor).rows), my_listings(session, cast.alice.actor).pages) == (20, 2)
    assert len(my_listings(session, cast.alice.actor, page=99).rows) == 1


def test_review_queue_shows_the_longest_waiting_first(session, cast):
    first = make_submitted(session, cast.alice, title="甲")
    second = make_submitted(session, cast.mallory, "achievement")
    make_draft(session, cast.alice, title="乙")
    page = review_queue(session, cast.dave.actor)
    assert ([row.id for row in page.rows], page.counts) == ([first.id, second.id], {"need": 1, "achievement": 1})
    assert [row.id for row in review_queue(session, cast.dave.actor, kind="achievement").rows] == [second.id]
    assert review_queue(session, cast.dave.actor, field="energy").rows == ()
    assert review_queue(session, cast.dave.actor, is_update=True).rows == ()
    assert next_to_review(session, cast.dave.actor) == first.id
    assert next_to_review(session, cast.dave.actor, after=first.id) == second.id


@pytest.mark.parametrize("name", ["alice", "bob", "mallory", "erin", "peter"])
def test_review_queue_is_for_the_desk(session, cast, name):
    with pytest.raises(Forbidden):
        review_queue(session, cast[name].actor)


def test_review_queue_marks_what_the_actor_may_not_review(session, cast):
    own = make_submitted(session, cast.alice)
    own.broker_id = cast.carol.user_id
    session.flush()
    assert ["review" in row.actions for row in review_queue(session, cast.carol.actor).rows] == [False]
    assert ["review" in row.actions for row in review_queue(session, cast.dave.actor).rows] == [True]
    assert next_to_review(session, cast.carol.actor) is None


@pytest.mark.parametrize("listing", [my_listings, review_queue])
def test_lists_take_the_same_number_of_queries_for_one_row_and_three(database, cast, listing):
    counts = []
    actor = cast.alice.actor if listing is my_listings else cast.dave.actor
    for titles in (["甲"], ["乙", "丙"]):
        with database.transaction() as session:
            for title in titles:
                make_submitted(session, cast.alice, title=title)
        with database.read() as session:
            with counted_queries(database.engine) as statements:
                listing(session, actor)
            counts.append(len(statements))
    assert counts[0] == counts[1]
