"""What is thought of graders, and what is handed to whatever learns from them."""

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.search.graders import Grader
from matchmaker.services.grading.judged import JudgedPair, judged_pairs
from matchmaker.services.grading.weights import FEWEST_FOR_DOUBT, UNKNOWN, graders, is_doubtful
from tests.cast import Cast
from tests.grading import drawn_pairs, say


def test_who_agrees_weighs_more_than_who_says_the_opposite(session: Session, cast: Cast):
    for pair, grade in zip(drawn_pairs(session, cast, 5), (0, 3, 0, 3, 1), strict=True):
        say(session, cast.carol, pair, grade)
        say(session, cast.dave, pair, grade)
        say(session, cast.erin, pair, 3 - grade)
    weights = {user_id: grader.reliability for user_id, grader in graders(session).items()}
    assert weights[cast.erin.user_id] < UNKNOWN.reliability / 2 < weights[cast.carol.user_id]
    assert weights[cast.carol.user_id] == weights[cast.dave.user_id]


def test_weights_follow_what_was_said_blind_and_not_what_was_talked_over(session: Session, cast: Cast):
    for pair in drawn_pairs(session, cast, 3):
        say(session, cast.carol, pair, 3)
        say(session, cast.dave, pair, 3, blind_grade=0)
    assert graders(session)[cast.dave.user_id].shift < -0.3


def test_who_shares_no_pair_weighs_what_a_newcomer_does(session: Session, cast: Cast):
    one, *_ = drawn_pairs(session, cast, 1)
    say(session, cast.carol, one, 2)
    assert graders(session) == {cast.carol.user_id: UNKNOWN}


def test_what_could_not_be_judged_counts_for_nothing(session: Session, cast: Cast):
    one, *_ = drawn_pairs(session, cast, 1)
    say(session, cast.carol, one, None)
    assert (graders(session), judged_pairs(session)) == ({}, ())


def test_nobody_is_doubtful_by_a_few_pairs():
    assert [is_doubtful(Grader(0.0, 0.0, shared)) for shared in (FEWEST_FOR_DOUBT - 1, FEWEST_FOR_DOUBT)] == [
        False,
        True,
    ]


def test_judged_pairs_are_the_standing_grades_and_know_a_changed_text(session: Session, cast: Cast):
    one, other = drawn_pairs(session, cast, 2)
    first = say(session, cast.carol, one, 3, blind_grade=1)
    second = say(session, cast.dave, other, 0, at=utc_now(), need_revision_id=None)
    assert judged_pairs(session) == (
        JudgedPair(one.need_id, one.achievement_id, 3, cast.carol.user_id, first.at, is_current=True),
        JudgedPair(other.need_id, other.achievement_id, 0, cast.dave.user_id, second.at, is_current=False),
    )
