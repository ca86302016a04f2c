"""How far graders agree, who may know of it, and how a disagreement is settled."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.judgements import SampledPair
from matchmaker.services.grading.agreement import FEWEST_PAIRS, agreement_page
from matchmaker.services.grading.disagreements import ask_third, disagreement_page, open_disagreement, regrade
from matchmaker.services.grading.queue import queue_of
from tests.cast import Cast
from tests.counting import counted_queries
from tests.grading import draw_pair, drawn_pairs, make_batch, say
from tests.pairs import publish


def both(session: Session, cast: Cast, pair: SampledPair, carol: int, dave: int) -> None:
    """Let carol and dave grade a pair."""
    say(session, cast.carol, pair, carol)
    say(session, cast.dave, pair, dave)


def many(session: Session, cast: Cast, count: int) -> list[SampledPair]:
    """Draw one need with many achievements."""
    need, batch = publish(session, cast.alice, "need", "需求"), make_batch(session)
    return [
        draw_pair(session, batch, need, publish(session, cast.bob, "achievement", f"成果{number}"))
        for number in range(count)
    ]


def test_kappa_is_told_with_its_pairs_and_only_from_enough_of_them(session: Session, cast: Cast):
    pairs = many(session, cast, FEWEST_PAIRS)
    for number, pair in enumerate(pairs[:-1]):
        both(session, cast, pair, number % 4, min(3, number % 4 + 1))
    page = agreement_page(session, cast.erin.actor)
    assert (page.overall, page.couples[0].kappa, page.pairs) == (None, None, FEWEST_PAIRS - 1)
    both(session, cast, pairs[-1], 0, 0)
    page = agreement_page(session, cast.erin.actor)
    (couple,) = page.couples
    assert page.overall is not None
    assert couple.kappa is not None
    assert (couple.pairs, couple.same) == (10, 3)
    assert couple.kappa.low < couple.kappa.value < couple.kappa.high
    assert [(line.name, round(line.difference, 1)) for line in page.graders] == [("柯洛", -0.7), ("戴维", 0.7)]


def test_a_grader_knows_of_himself_only_and_the_bureau_of_everybody(session: Session, cast: Cast):
    one, other = drawn_pairs(session, cast, 2)
    both(session, cast, one, 3, 0)
    say(session, cast.dave, other, 1)
    say(session, cast.erin, other, 2)
    assert [line.name for line in agreement_page(session, cast.carol.actor).graders] == ["柯洛"]
    assert [line.weight for line in agreement_page(session, cast.carol.actor).graders] == [None]
    assert len(agreement_page(session, cast.erin.actor).graders) == 3
    assert [row.pair_id for row in disagreement_page(session, cast.carol.actor).rows] == [one.id]
    with pytest.raises(NotFound):
        open_disagreement(session, cast.carol.actor, other.id)


def test_enterprises_and_universities_never_see_what_somebody_said(session: Session, cast: Cast):
    one, *_ = drawn_pairs(session, cast, 1)
    both(session, cast, one, 3, 0)
    for member in (cast.alice, cast.bob, cast.mallory, cast.peter):
        with pytest.raises(Forbidden):
            agreement_page(session, member.actor)
        with pytest.raises(Forbidden):
            open_disagreement(session, member.actor, one.id)


def test_a_fresh_word_keeps_the_others_hidden_from_its_grader(session: Session, cast: Cast):
    one, *_ = drawn_pairs(session, cast, 1)
    say(session, cast.dave, one, 0)
    say(session, cast.carol, one, 3, at=utc_now())
    assert disagreement_page(session, cast.carol.actor).total == 0
    with pytest.raises(NotFound):
        open_disagreement(session, cast.carol.actor, one.id)
    assert disagreement_page(session, cast.dave.actor).total == 1


def test_what_one_alone_has_graded_is_no_disagreement(session: Session, cast: Cast):
    one, *_ = drawn_pairs(session, cast, 1)
    say(session, cast.carol, one, 3)
    with pytest.raises(NotFound):
        open_disagreement(session, cast.erin.actor, one.id)


def test_the_widest_comes_first_and_agreement_is_not_listed(session: Session, cast: Cast):
    narrow, wide, same = drawn_pairs(session, cast, 3)
    both(session, cast, narrow, 2, 1)
    both(session, cast, wide, 3, 0)
    both(session, cast, same, 2, 2)
    page = disagreement_page(session, cast.erin.actor)
    assert ([row.pair_id for row in page.rows], page.wide) == ([wide.id, narrow.id], 1)


def test_talking_it_over_changes_what_counts_and_keeps_what_was_said(session: Session, cast: Cast):
    one, *_ = drawn_pairs(session, cast, 1)
    both(session, cast, one, 3, 0)
    regrade(session, cast.carol.actor, one.id, 0, "看漏了温度范围")
    opened = open_disagreement(session, cast.dave.actor, one.id)
    assert [(word.blind, word.standing, word.note) for word in opened.words] == [(3, 0, "看漏了温度范围"), (0, 0, None)]
    assert [(row.action, row.before, row.after) for row in opened.history] == [("regrade", "3", "0")]
    assert (opened.gap, opened.gap_now, opened.may_ask) == (3, 0, False)
    assert disagreement_page(session, cast.erin.actor).wide == 0


def test_a_grade_is_changed_only_by_who_gave_it_and_with_a_word_of_why(session: Session, cast: Cast):
    one, *_ = drawn_pairs(session, cast, 1)
    both(session, cast, one, 3, 0)
    with pytest.raises(Conflict):
        regrade(session, cast.erin.actor, one.id, 1, "我看是弱")
    for value, note in ((7, "说明"), (1, "  ")):
        with pytest.raises(Invalid):
            regrade(session, cast.carol.actor, one.id, value, note)


def test_a_third_one_is_asked_once_and_grades_blind(session: Session, cast: Cast):
    one, *_ = drawn_pairs(session, cast, 1)
    say(session, cast.carol, one, 3)
    say(session, cast.peter, one, 0)
    with pytest.raises(Forbidden):
        ask_third(session, cast.carol.actor, one.id)
    assert open_disagreement(session, cast.dave.actor, one.id).may_ask
    ask_third(session, cast.erin.actor, one.id)
    ask_third(session, cast.erin.actor, one.id)
    assert (one.wanted, queue_of(session, cast.dave.actor)) == (3, (one.id,))
    with pytest.raises(NotFound):
        open_disagreement(session, cast.dave.actor, one.id)
    say(session, cast.dave, one, 1)
    assert [row.is_settled for row in disagreement_page(session, cast.erin.actor).rows] == [True]
    with pytest.raises(Conflict):
        ask_third(session, cast.erin.actor, one.id)


def test_what_waits_for_the_bureau_counts_but_is_not_read_by_it(session: Session, cast: Cast):
    one, other = drawn_pairs(session, cast, 2)
    for pair in (one, other):
        say(session, cast.carol, pair, 3)
        say(session, cast.peter, pair, 0)
    one.wanted = 3
    session.flush()
    assert [row.pair_id for row in disagreement_page(session, cast.dave.actor).rows] == [other.id]
    assert agreement_page(session, cast.dave.actor).pairs == 2


def test_the_pages_ask_as_often_for_many_rows_as_for_one(session: Session, database: Database, cast: Cast):
    pairs = drawn_pairs(session, cast, 4)
    both(session, cast, pairs[0], 3, 0)
    session.expire_all()
    with counted_queries(database.engine) as few:
        disagreement_page(session, cast.erin.actor)
        agreement_page(session, cast.erin.actor)
    for pair in pairs[1:]:
        both(session, cast, pair, 3, 1)
    session.expire_all()
    with counted_queries(database.engine) as many_rows:
        disagreement_page(session, cast.erin.actor)
        agreement_page(session, cast.erin.actor)
    assert len(many_rows) == len(few)
