"""Near-duplicates: found across organizations by the worker, judged at the desk, and never told to the poster."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.duplicates import Duplicate, StoredSketch
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing
from matchmaker.services.closing import Ending, close
from matchmaker.services.duplicates import (
    call_different,
    count_flagged,
    count_open,
    duplicates_of,
    find_batch,
    open_pairs,
    settle,
    suggested_advice,
)
from matchmaker.services.history import history
from matchmaker.services.review import return_with_advice
from matchmaker.services.revisions import save_draft
from matchmaker.services.submission import recall, submit
from tests.drafts import make_published, make_submitted

TEXT = (
    "戈壁风场在役机组的叶片前缘受沙粒冲蚀严重，运行三到四年后漆层磨穿，局部露出玻纤布。需要一种前缘防护材料，既耐高速沙粒冲蚀，"
    "又能在零下四十度保持弹性不开裂，并可由绳索作业人员现场刷涂，单支叶片停机不超过一天。"
)
REWORDED = (
    "单支叶片停机时间不得超过一天，可由绳索作业人员现场刷涂。戈壁风场在役机组的叶片前缘受沙粒冲蚀严重，运行三到四年后漆层磨穿，"
    "局部露出玻纤布。寻求一种前缘防护材料，既耐高速沙粒冲蚀，又能在零下四十度保持弹性、不开裂。"
)
OTHER = (
    "山地风场叶片在高湿低温下覆冰，停机损失大。需要附着力强、耐风沙的疏冰涂层，覆冰附着强度低于三十千帕，可在塔筒上用吊篮喷涂，"
    "五年内不脱落，适用于已经运行的两兆瓦机组。"
)


def find(database):
    while find_batch(database, "test"):
        pass


@pytest.fixture
def market(database, cast):
    """Alice hides a published need from all but brokers; mallory submits it again in other words, and another need."""
    with database.transaction() as session:
        first = make_published(session, cast.alice, cast.dave, title="叶片前缘防护", problem=TEXT, visibility="brokers")
        again = make_submitted(
            session, cast.mallory, title="风电叶片前缘抗磨蚀", abstract="求前缘防护材料。", problem=REWORDED
        )
        other = make_submitted(session, cast.mallory, title="叶片除冰涂层", abstract="求疏冰涂层。", problem=OTHER)
        ids = first.id, again.id, other.id
    find(database)
    return ids


def pairs(session):
    return [(row.first_id, row.second_id) for row in session.scalars(sa.select(Duplicate))]


def test_the_same_need_in_another_order_is_found_and_two_needs_of_one_field_are_not(session, market):
    first, again, _ = market
    assert pairs(session) == [(first, again)]


def test_the_desk_sees_both_texts_with_what_they_share(session, cast, market):
    first, again, _ = market
    [found] = duplicates_of(session, cast.dave.actor, session.get_one(Listing, again))
    assert (found.other.id, found.is_same_organization, found.verdict) == (first, False, None)
    assert 0.7 < found.share < 0.8
    mine, theirs = ({text.name: text.fragments for text in side} for side in (found.mine, found.theirs))
    assert "".join(fragment.text for fragment in mine["problem"]) == REWORDED
    shared = [fragment.text for fragment in theirs["problem"] if fragment.marked]
    assert "戈壁风场在役机组的叶片前缘受沙粒冲蚀严重，运行三到四年后漆层磨穿，局部露出玻纤布" in shared


def test_posters_and_outsiders_learn_of_no_duplicate(session, cast, market):
    for who in ("alice", "mallory", "bob", "peter"):
        for listing_id in market:
            listing = session.get_one(Listing, listing_id)
            assert duplicates_of(session, cast[who].actor, listing) == ()
        assert count_flagged(session, cast[who].actor, market) == {}


def test_the_queue_counts_what_is_not_called_different(session, cast, market):
    first, again, _ = market
    assert count_flagged(session, cast.dave.actor, market) == {first: 1, again: 1}
    call_different(session, cast.dave.actor, session.get_one(Listing, again), first)
    assert count_flagged(session, cast.dave.actor, market) == {}
    [found] = duplicates_of(session, cast.carol.actor, session.get_one(Listing, again))
    assert found.verdict == "different"


def test_a_verdict_is_journaled_out_of_the_posters_sight(session, cast, market):
    first, again, _ = market
    listing = session.get_one(Listing, again)
    call_different(session, cast.dave.actor, listing, first)
    entry = session.scalars(sa.select(JournalEntry).where(JournalEntry.action == "judge_duplicate")).one()
    assert (entry.subject_kind, entry.after, entry.actor_id) == ("duplicate", "different", cast.dave.user_id)
    assert "judge_duplicate" not in [row.action for row in history(session, cast.mallory.actor, listing)]


def test_only_a_reviewer_of_what_waits_judges_a_pair_that_there_is(session, cast, market):
    first, again, other = market
    with pytest.raises(Forbidden):
        call_different(session, cast.mallory.actor, session.get_one(Listing, again), first)
    with pytest.raises(Conflict):
        call_different(session, cast.dave.actor, session.get_one(Listing, first), again)
    with pytest.raises(NotFound):
        call_different(session, cast.dave.actor, session.get_one(Listing, again), other)


def test_returning_as_a_duplicate_remembers_the_original_and_names_none_that_is_hidden(session, cast, market):
    first, again, _ = market
    listing = session.get_one(Listing, again)
    advice = suggested_advice(session, listing, first)
    assert advice == "与平台上已有的内容重复。如确有不同，请写明不同之处。"
    version = listing.working_revision.version
    return_with_advice(
        session, cast.dave.actor, listing, version, reasons=["duplicate"], advice=str(advice), original_id=first
    )
    assert session.scalars(sa.select(Duplicate.verdict)).all() == ["duplicate"]


def test_an_original_that_the_poster_may_read_is_named(session, cast, database):
    first = make_published(session, cast.alice, cast.dave, title="叶片前缘防护", problem=TEXT, visibility="anonymous")
    again = make_submitted(session, cast.mallory, title="风电叶片前缘抗磨蚀", problem=REWORDED)
    assert (
        suggested_advice(session, again, first.id)
        == "与平台上已有的《叶片前缘防护》内容重复。如确有不同，请写明不同之处。"
    )


def test_an_edit_that_makes_them_differ_takes_the_flag_away(database, cast, market):
    _, again, _ = market
    with database.transaction() as session:
        listing = session.get_one(Listing, again)
        revision = recall(session, cast.mallory.actor, listing)
        revision, _ = save_draft(session, cast.mallory.actor, listing, {"problem": OTHER[::-1]}, revision.version)
        submit(session, cast.mallory.actor, listing, revision.version, declared=True)
    find(database)
    with database.read() as session:
        assert pairs(session) == []


def test_closed_listings_are_no_originals(database, cast, market):
    first, again, _ = market
    with database.transaction() as session:
        close(session, cast.alice.actor, session.get_one(Listing, first), Ending("withdrawn"))
    with database.read() as session:
        assert duplicates_of(session, cast.dave.actor, session.get_one(Listing, again)) == ()
        assert count_flagged(session, cast.dave.actor, [again]) == {}


def test_a_worker_that_dies_between_sketch_and_comparison_leaves_no_pair_out(database, cast, market):
    with database.transaction() as session:
        session.execute(sa.delete(Duplicate))
        session.execute(sa.update(StoredSketch).values(compared_at=None))
    find(database)
    with database.read() as session:
        assert pairs(session) == [market[:2]]
    assert find_batch(database, "test") == 0


def test_all_open_pairs_are_the_desks_to_settle(session, cast, market):
    page = open_pairs(session, cast.dave.actor)
    assert [(pair.first.id, pair.second.id, pair.may_judge) for pair in page.pairs] == [(*market[:2], True)]
    assert (page.total, count_open(session, cast.dave.actor), count_open(session, cast.alice.actor)) == (1, 1, 0)
    settle(session, cast.dave.actor, page.pairs[0].id)
    assert open_pairs(session, cast.dave.actor).pairs == ()
    for who in ("alice", "peter", "erin"):
        with pytest.raises(Forbidden):
            open_pairs(session, cast[who].actor)


def test_a_pair_is_not_settled_by_who_posted_one_of_them(session, cast, market):
    _, again, _ = market
    [pair] = open_pairs(session, cast.carol.actor).pairs
    session.get_one(Listing, again).broker_id = cast.carol.user_id
    assert not open_pairs(session, cast.carol.actor).pairs[0].may_judge
    with pytest.raises(Forbidden):
        settle(session, cast.carol.actor, pair.id)
    for missing in (0, 10**9, 10**30):
        with pytest.raises(NotFound):
            settle(session, cast.dave.actor, missing)
