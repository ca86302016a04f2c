"""A grader whose grades have nothing to do with anybody's is told to the bureau, and to nobody else."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.notices import Notice
from matchmaker.services.grading.doubts import tell_if_doubtful
from matchmaker.services.grading.weights import FEWEST_FOR_DOUBT
from tests.cast import Cast, Member
from tests.grading import draw_pair, make_batch, say
from tests.pairs import publish


def grade_many(session: Session, cast: Cast, count: int, spiteful: Member) -> None:
    """Let carol and erin agree on many pairs, and somebody say the opposite of both."""
    batch = make_batch(session)
    needs = [publish(session, cast.alice, "need", f"需求{number}") for number in range(4)]
    for number in range(count):
        achievement = publish(session, cast.bob, "achievement", f"成果{number}")
        pair = draw_pair(session, batch, needs[number % 4], achievement)
        for grader in (cast.carol, cast.erin):
            say(session, grader, pair, number % 4)
        say(session, spiteful, pair, 3 - number % 4)


def told(session: Session) -> list[tuple[int, str]]:
    return [(row.user_id, row.path) for row in session.scalars(sa.select(Notice).order_by(Notice.id))]


def test_the_bureau_is_told_of_a_spiteful_grader_and_he_is_not(session: Session, cast: Cast):
    grade_many(session, cast, FEWEST_FOR_DOUBT, cast.peter)
    assert [tell_if_doubtful(session, member.user_id) for member in (cast.peter, cast.carol)] == [True, False]
    assert told(session) == [(cast.dave.user_id, "/grading/agreement")]


def test_nobody_is_told_between_two_looks_nor_of_himself(session: Session, cast: Cast):
    grade_many(session, cast, FEWEST_FOR_DOUBT - 1, cast.dave)
    assert not tell_if_doubtful(session, cast.dave.user_id)
    grade_many(session, cast, 1, cast.dave)
    assert tell_if_doubtful(session, cast.dave.user_id)
    assert told(session) == []
