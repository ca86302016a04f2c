"""Which pairs a batch is drawn from, and that each part gets its share."""

from collections import Counter

import pytest
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.duplicates import Duplicate
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.jobs import Job
from matchmaker.domain.judgements import DrawnFor, GradingBatch
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.permissions import Actor
from matchmaker.services.grading.candidates import Candidate, Pool, Side, read_pool
from matchmaker.services.grading.choosing import choose_pairs
from matchmaker.services.grading.drawing import draw_batch, order_batch
from matchmaker.services.grading.strategy import MOST_PER_LISTING, PARTS, apportion
from tests.cast import Cast
from tests.grading import draw_pair, make_batch, say
from tests.pairs import pair, publish
from tests.running import run_jobs


def sides(kind: str, first: int, count: int, fields: int = 4) -> list[Side]:
    """Invent listings of a kind, spread over fields."""
    return [Side(first + number, kind, first, None, f"field-{number % fields}", "zh") for number in range(count)]


def pool_of(needs: int, achievements: int, fields: int = 4) -> Pool:
    """Invent a pool in which every pair could be drawn for anything but as a control."""
    found = [
        Candidate(need, achievement, -abs((need.id * 7 + achievement.id * 3) % 11 - 5))
        for need in sides("need", 1, needs, fields)
        for achievement in sides("achievement", 1001, achievements)
    ]
    parts = (DrawnFor.UNCERTAIN, DrawnFor.DISAGREEING, DrawnFor.THIN, DrawnFor.HIDDEN)
    return Pool(dict.fromkeys(parts, found) | {DrawnFor.CONTROL: []})


def test_the_shares_make_a_whole():
    assert sum(part.share for part in PARTS) == 100


def test_shares_are_handed_out_to_the_last_pair_and_only_to_parts_that_have_some():
    assert apportion(40, frozenset(DrawnFor)) == {
        DrawnFor.UNCERTAIN: 16,
        DrawnFor.DISAGREEING: 8,
        DrawnFor.THIN: 6,
        DrawnFor.HIDDEN: 6,
        DrawnFor.CONTROL: 4,
    }
    assert [sum(apportion(count, frozenset(DrawnFor)).values()) for count in (1, 7, 33)] == [1, 7, 33]
    assert apportion(5, frozenset({DrawnFor.HIDDEN})) == {DrawnFor.HIDDEN: 5}


def test_the_same_seed_draws_the_same_and_another_one_does_not():
    pool = pool_of(20, 20)
    assert choose_pairs(pool, 12, 7) == choose_pairs(pool, 12, 7) != choose_pairs(pool, 12, 8)


def test_no_listing_and_no_field_stands_in_too_many_pairs():
    pool = pool_of(40, 40)
    needs = {one.need.id: one.need.field for one in pool.by_part[DrawnFor.UNCERTAIN]}
    chosen = choose_pairs(pool, 30, 1)
    listings = Counter(each for row in chosen for each in (row.need_id, row.achievement_id))
    fields = Counter(needs[row.need_id] for row in chosen)
    assert len(chosen) == len({(row.need_id, row.achievement_id) for row in chosen}) == 30
    assert max(listings.values()) <= MOST_PER_LISTING
    assert max(fields.values()) <= 15


def test_a_batch_of_a_small_market_is_smaller_rather_than_repetitive():
    assert len(choose_pairs(pool_of(3, 3, fields=1), 30, 1)) == 3 * MOST_PER_LISTING


@pytest.fixture
def graders(cast: Cast) -> Cast:
    """Two of the cast can grade: carol of an agency, and dave of the bureau."""
    return cast


def test_what_nobody_is_sure_of_is_drawn_first(session: Session, graders: Cast):
    needs = [publish(session, graders.alice, "need", f"需求{number}") for number in range(3)]
    achievements = [publish(session, graders.bob, "achievement", f"成果{number}") for number in range(3)]
    for need, achievement, probability in zip(needs, achievements, (0.95, 0.52, 0.03), strict=True):
        pair(session, need, achievement, probability=probability)
    found = read_pool(session, 1, 3).by_part[DrawnFor.UNCERTAIN]
    assert max(found, key=lambda one: one.worth).key == (needs[1].id, achievements[1].id)


def test_where_meaning_and_words_disagree_is_worth_most_of_its_part(session: Session, graders: Cast):
    told = [(2.0, 1.5), (0.1, 0.1), (1.9, 0.0), (0.5, 0.4)]
    keys = []
    for number, (meaning, words) in enumerate(told):
        need = publish(session, graders.alice, "need", f"需求{number}")
        achievement = publish(session, graders.bob, "achievement", f"成果{number}")
        pair(session, need, achievement, terms=[["meaning_full_full", 0.8, meaning], ["words_texts", 0.1, words]])
        keys.append((need.id, achievement.id))
    found = read_pool(session, 1, 4).by_part[DrawnFor.DISAGREEING]
    assert max(found, key=lambda one: one.worth).key == keys[2]


def test_what_is_unlikely_by_every_clue_disagrees_in_nothing(session: Session, graders: Cast):
    for number in range(20):
        need = publish(session, graders.alice, "need", f"需求{number}")
        achievement = publish(session, graders.bob, "achievement", f"成果{number}")
        terms = [["meaning_full_full", 0.8, number % 3], ["words_texts", 0.1, number % 5]]
        pair(session, need, achievement, probability=number / 20, terms=terms)
        likely = need.id
    found = read_pool(session, 1, 4).by_part[DrawnFor.DISAGREEING]
    assert (len(found), max(one.need.id for one in found)) == (4, likely)


def test_hidden_pairs_are_in_nobodys_list(session: Session, graders: Cast):
    needs = [publish(session, graders.alice, "need", f"需求{number}") for number in range(3)]
    achievements = [publish(session, graders.bob, "achievement", f"成果{number}") for number in range(3)]
    for need, achievement in zip(needs, achievements, strict=True):
        pair(session, need, achievement)
    found = {one.key for one in read_pool(session, 1, 5).by_part[DrawnFor.HIDDEN]}
    assert found == {(n.id, a.id) for n in needs for a in achievements if needs.index(n) != achievements.index(a)}


def drawable(session: Session) -> set[tuple[int, int]]:
    """Return every pair that could be drawn for anything."""
    return {one.key for found in read_pool(session, 1, 10).by_part.values() for one in found}


def test_what_is_withdrawn_doubled_drawn_or_of_one_house_is_not_drawn(session: Session, graders: Cast):
    need = publish(session, graders.alice, "need", "需求")
    good, closed, doubled, drawn = (
        publish(session, graders.bob, "achievement", title) for title in ("好", "撤下", "重复", "抽过")
    )
    own = publish(session, graders.alice, "achievement", "自己的")
    for achievement in (good, closed, doubled, drawn, own):
        pair(session, need, achievement)
    closed.state = ListingState.CLOSED
    session.add(Duplicate(first_id=good.id, second_id=doubled.id, share=0.9))
    draw_pair(session, make_batch(session), need, drawn)
    assert drawable(session) == {(need.id, good.id)}


def test_nothing_is_drawn_that_too_few_could_grade(session: Session, graders: Cast):
    need, achievement = (
        publish(session, graders.alice, "need", "需求"),
        publish(session, graders.bob, "achievement", "成果"),
    )
    pair(session, need, achievement)
    need.broker_id = graders.carol.user_id
    session.flush()
    assert drawable(session) == set()


def test_controls_are_pairs_that_two_agreed_on_and_two_others_can_grade(session: Session, graders: Cast):
    for member, organization in ((graders.erin, "bureau"), (graders.peter, "broker")):
        make_grader(session, member.user_id, organization)
    batch = make_batch(session)
    found: list[tuple[Listing, Listing]] = [
        (publish(session, graders.alice, "need", title), publish(session, graders.bob, "achievement", title))
        for title in ("一致", "不一致", "只有一人")
    ]
    agreed, apart, single = (draw_pair(session, batch, *each) for each in found)
    for sampled, one, other in ((agreed, 2, 2), (apart, 3, 0)):
        say(session, graders.carol, sampled, one)
        say(session, graders.dave, sampled, other)
    say(session, graders.carol, single, 1)
    pool = read_pool(session, 1, 5)
    assert [one.key for one in pool.by_part[DrawnFor.CONTROL]] == [(agreed.need_id, agreed.achievement_id)]
    draw_pair(session, make_batch(session), agreed.need, agreed.achievement, drawn_for=DrawnFor.CONTROL)
    assert not read_pool(session, 1, 5).by_part[DrawnFor.CONTROL]


def make_grader(session: Session, user_id: int, role: str) -> None:
    """Let somebody sit down at the desk."""
    from matchmaker.domain.people import Membership, MembershipState

    row = session.query(Membership).filter_by(user_id=user_id).one()
    row.role, row.state = role, MembershipState.ACTIVE
    session.flush()


def test_a_batch_is_written_with_its_seed_and_its_reasons(database: Database, cast: Cast):
    with database.transaction() as session:
        need, achievement = (
            publish(session, cast.alice, "need", "需求"),
            publish(session, cast.bob, "achievement", "成果"),
        )
        pair(session, need, achievement)
        key = need.id, achievement.id
    batch_id, count = draw_batch(database, cast.dave.actor, pairs=5, seed=42)
    with database.read() as session:
        batch = session.get_one(GradingBatch, batch_id)
        (drawn,) = batch.pairs
        assert (batch.seed, batch.asked_for, batch.drawn_by_id, count) == (42, 5, cast.dave.user_id, 1)
        assert ((drawn.need_id, drawn.achievement_id), drawn.drawn_for, drawn.wanted) == (key, DrawnFor.UNCERTAIN, 2)
    with pytest.raises(Conflict, match="抽取过"):
        draw_batch(database, Actor.system(), pairs=5, seed=43)


def test_the_worker_draws_a_batch_that_was_ordered(database: Database, settings: Settings, cast: Cast):
    with database.transaction() as session:
        pair(session, publish(session, cast.alice, "need", "需求"), publish(session, cast.bob, "achievement", "成果"))
        job_id = order_batch(session, cast.dave.actor, pairs=3, seed=5).id
    run_jobs(settings, database)
    with database.read() as session:
        job, batch = session.get_one(Job, job_id), session.query(GradingBatch).one()
        assert (job.state, job.result, batch.seed) == ("done", {"batch": batch.id, "pairs": 1}, 5)


def test_a_batch_is_the_bureaus_to_draw(session: Session, cast: Cast):
    with pytest.raises(Forbidden):
        order_batch(session, cast.carol.actor, pairs=5)
    with pytest.raises(Invalid, match="1 至 500"):
        order_batch(session, cast.dave.actor, pairs=501)
    first = order_batch(session, cast.dave.actor, pairs=5)
    assert order_batch(session, cast.erin.actor, pairs=9) is first


def test_nobody_is_left_to_grade(database: Database, cast: Cast):
    with database.transaction() as session:
        make_grader(session, cast.carol.user_id, "enterprise")
    with pytest.raises(Conflict, match="至少要有两位"):
        draw_batch(database, cast.dave.actor, pairs=5, seed=1)
