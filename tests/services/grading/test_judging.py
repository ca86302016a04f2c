"""Grading at the desk: blind, once, on the text that was read, and by nobody who is tied to it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.judgements import Judgement, SampledPair
from matchmaker.domain.listings import ListingState
from matchmaker.services.actors import informed
from matchmaker.services.grading.desk import batches, desk_progress, next_pair, pair_on_desk
from matchmaker.services.grading.judging import Texts, grade, pass_over, texts_of, undo_last
from matchmaker.services.grading.queue import neighbours, queue_of
from tests.cast import Cast, Member
from tests.grading import drawn_pairs, say


def grades(session: Session, pair: SampledPair) -> list[tuple[int, int | None]]:
    """Return what stands of a pair."""
    rows = session.scalars(sa.select(Judgement).where(Judgement.sampled_id == pair.id).order_by(Judgement.id))
    return [(row.grader_id, row.grade) for row in rows]


def give(session: Session, grader: Member, pair: SampledPair, value: int | None) -> None:
    """Grade a pair as it stands."""
    grade(session, grader.actor, pair.id, value, seen=texts_of(pair))


def journal(session: Session, pair: SampledPair) -> list[tuple[str, str | None, str | None]]:
    """Return what the journal knows of a pair."""
    rows = session.scalars(
        sa.select(JournalEntry)
        .where(JournalEntry.subject_kind == "sampled_pair", JournalEntry.subject_id == pair.id)
        .order_by(JournalEntry.id)
    )
    return [(row.action, row.before, row.after) for row in rows]


def test_a_grade_is_kept_with_the_texts_that_were_read(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    row = grade(session, cast.carol.actor, pair.id, 2, seen=texts_of(pair), note=" 工艺对得上 ")
    assert (row.grade, row.blind_grade, row.note) == (2, 2, "工艺对得上")
    assert Texts(row.need_revision_id, row.achievement_revision_id) == texts_of(pair)


def test_a_pair_leaves_the_queue_of_who_graded_it_and_of_everybody_once_it_has_two(session: Session, cast: Cast):
    one, other = drawn_pairs(session, cast, 2)
    give(session, cast.carol, one, 3)
    assert (queue_of(session, cast.carol.actor), queue_of(session, cast.dave.actor)) == (
        (other.id,),
        (one.id, other.id),
    )
    give(session, cast.dave, one, 0)
    assert queue_of(session, cast.dave.actor) == (other.id,)


def test_grading_again_at_once_replaces_the_grade_and_the_journal_keeps_both(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    give(session, cast.carol, pair, 3)
    give(session, cast.carol, pair, 1)
    assert grades(session, pair) == [(cast.carol.user_id, 1)]
    assert journal(session, pair) == [("grade", None, "3"), ("grade", "3", "1")]


def test_a_sealed_word_is_not_changed_at_the_desk(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    say(session, cast.carol, pair, 3)
    with pytest.raises(Conflict, match="已经定下"):
        give(session, cast.carol, pair, 1)
    with pytest.raises(Conflict, match="没有可以撤销的评分"):
        undo_last(session, cast.carol.actor)


def test_undo_takes_the_latest_word_back_and_the_pair_waits_again(session: Session, cast: Cast):
    one, other = drawn_pairs(session, cast, 2)
    give(session, cast.carol, one, 3)
    give(session, cast.carol, other, 0)
    assert undo_last(session, cast.carol.actor) == other.id
    assert (grades(session, one), grades(session, other)) == ([(cast.carol.user_id, 3)], [])
    assert undo_last(session, cast.carol.actor) == one.id
    assert len(queue_of(session, cast.carol.actor)) == 2
    assert journal(session, one)[-1] == ("withdraw_grade", "3", None)


def test_a_text_that_changed_meanwhile_is_said_and_nothing_is_graded(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    with pytest.raises(Conflict, match="有了改动"):
        grade(session, cast.carol.actor, pair.id, 2, seen=Texts(None, None))
    assert grades(session, pair) == []


def test_one_who_had_the_pair_before_him_is_counted_and_a_fourth_is_not(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    give(session, cast.carol, pair, 3)
    say(session, cast.erin, pair, 2, at=utc_now())
    give(session, cast.dave, pair, 2)
    session.execute(sa.delete(Judgement).where(Judgement.grader_id == cast.dave.user_id))
    say(session, cast.peter, pair, 2, at=utc_now())
    with pytest.raises(Conflict, match="没有计入"):
        give(session, cast.dave, pair, 2)


def test_nobody_adds_his_word_to_what_was_finished_long_ago(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    for member in (cast.carol, cast.erin):
        say(session, member, pair, 3, at=utc_now() - timedelta(hours=2))
    with pytest.raises(Conflict, match="没有计入"):
        give(session, cast.dave, pair, 0)


def test_what_two_cannot_judge_is_not_asked_for_any_more(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    pass_over(session, cast.carol.actor, pair.id, "unclear", seen=texts_of(pair))
    assert queue_of(session, cast.dave.actor) == (pair.id,)
    pass_over(session, cast.dave.actor, pair.id, "foreign_field", seen=texts_of(pair))
    (batch,) = batches(session)
    assert (batch.pairs, batch.complete, batch.dropped, batch.share) == (1, 0, 1, 1.0)


def test_a_word_is_refused_that_is_none(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    for value in (4, -1, None):
        with pytest.raises(Invalid):
            give(session, cast.carol, pair, value)
    with pytest.raises(Invalid):
        pass_over(session, cast.carol.actor, pair.id, "lazy", seen=texts_of(pair))
    with pytest.raises(Invalid, match="备注过长"):
        grade(session, cast.carol.actor, pair.id, 1, seen=texts_of(pair), note="长" * 501)


def test_only_brokers_and_the_bureau_grade(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    for member in (cast.alice, cast.bob, cast.mallory, cast.erin, cast.peter):
        with pytest.raises(Forbidden):
            give(session, member, pair, 1)
    assert [next_pair(session, member.actor) for member in (cast.alice, cast.erin)] == [None, None]


def test_what_left_the_market_is_not_graded(session: Session, cast: Cast):
    pair, *_ = drawn_pairs(session, cast, 1)
    pair.need.state = ListingState.CLOSED
    session.flush()
    assert queue_of(session, cast.carol.actor) == ()
    with pytest.raises(NotFound):
        give(session, cast.carol, pair, 1)
    for unknown in (0, -1, 999, 2**70):
        with pytest.raises(NotFound):
            grade(session, cast.carol.actor, unknown, 1, seen=Texts(None, None))


def test_a_broker_grades_nothing_of_a_client_or_of_a_deal_of_his(session: Session, cast: Cast):
    one, other = drawn_pairs(session, cast, 2)
    one.need.broker_id = cast.carol.user_id
    session.flush()
    assert queue_of(session, cast.carol.actor) == (other.id,)
    with pytest.raises(Forbidden, match="请由别人来评"):
        give(session, cast.carol, one, 3)
    session.add(
        Deal(
            one_organization_id=cast.bob.organization_id,
            other_organization_id=cast.alice.organization_id,
            owner_id=cast.carol.user_id,
        )
    )
    session.flush()
    assert (queue_of(session, cast.carol.actor), len(queue_of(session, cast.dave.actor))) == ((), 2)


def test_the_desk_shows_both_texts_and_nothing_of_the_ranker(session: Session, cast: Cast):
    one, other = drawn_pairs(session, cast, 2)
    shown = pair_on_desk(session, informed(session, cast.carol.actor), one.id)
    assert (shown.need.id, shown.achievement.id, shown.own) == (one.need_id, one.achievement_id, None)
    assert (shown.before, shown.after) == (other.id, other.id)
    assert set(shown.__slots__) == {*("id", "need", "achievement", "comparison", "texts", "own", "before", "after")}


def test_progress_counts_what_was_done_and_what_waits(session: Session, cast: Cast):
    one, *_ = drawn_pairs(session, cast, 3)
    give(session, cast.carol, one, 3)
    progress = desk_progress(session, cast.carol.actor)
    assert (progress.done, progress.waiting, progress.total) == (1, 2, 3)


def test_neighbours_go_round_and_a_pair_that_is_done_leads_to_the_first():
    assert [neighbours((1, 2, 3), pair) for pair in (1, 3, 9)] == [(3, 2), (2, 1), (3, 1)]
    assert (neighbours((1,), 1), neighbours((), 1)) == ((None, None), (None, None))
