"""What a site's rows teach: decisions, meetings, deals and judgements of pairs, each by its rule."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.deal_meetings import DealMeeting
from matchmaker.domain.judgements import GradingBatch, Judgement, SampledPair
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.services.teaching.pairs import TaughtPair, taught_pairs
from tests.cast import Cast, Member
from tests.deals import make_deal
from tests.pairs import pair, publish


@pytest.fixture
def match(session: Session, cast: Cast) -> Match:
    """A pair of alice's and bob's."""
    return pair(
        session, publish(session, cast.alice, "need", "除冰"), publish(session, cast.bob, "achievement", "涂层")
    )


def _say(session: Session, match: Match, member: Member, decision: str, reason: str | None = None) -> None:
    said = {"organization_id": member.organization_id, "actor_id": member.user_id, "reason": reason}
    session.add(MatchDecision(match_id=match.id, decision=decision, **said))
    session.flush()


def _judge(session: Session, need: Listing, achievement: Listing, grader: Member, grade: int) -> Judgement:
    batch = GradingBatch(seed=1, asked_for=1)
    sampled = SampledPair(batch=batch, need_id=need.id, achievement_id=achievement.id, drawn_for="thin")
    session.add(sampled)
    session.flush()
    made = Judgement(
        sampled_id=sampled.id,
        need_id=need.id,
        achievement_id=achievement.id,
        grader_id=grader.user_id,
        organization_id=grader.organization_id,
        grade=grade,
        blind_grade=grade,
        need_revision_id=need.published_revision_id,
        achievement_revision_id=achievement.published_revision_id,
    )
    session.add(made)
    session.flush()
    return made


def _taught(session: Session) -> list[tuple[int, float, tuple[str, ...]]]:
    return [(found.grade, round(found.weight, 3), tuple(map(str, found.sources))) for found in taught_pairs(session)]


def test_decisions_teach_by_their_reasons(session: Session, cast: Cast, match: Match) -> None:
    _say(session, match, cast.alice, "unsuitable", "price")
    assert _taught(session) == []
    _say(session, match, cast.carol, "shortlisted")
    assert _taught(session) == [(2, 0.5, ("decisions",))]
    _say(session, match, cast.bob, "unsuitable", "out_of_scope")
    assert _taught(session) == [(1, 1.0, ("decisions",))]


def test_meeting_and_contract_outweigh_what_was_said_before(session: Session, cast: Cast, match: Match) -> None:
    _say(session, match, cast.alice, "unsuitable", "out_of_scope")
    deal = make_deal(session, cast, match_id=match.id, source="match")
    assert _taught(session) == [(0, 0.5, ("decisions",))]
    met = {"held_on": today() + timedelta(days=1), "title": "参观", "recorded_by_id": cast.carol.user_id}
    session.add(DealMeeting(deal_id=deal.id, **met))
    session.flush()
    assert _taught(session) == [(2, 0.7, ("meetings",))]
    deal.state = "contract"
    session.flush()
    (found,) = taught_pairs(session)
    assert found == TaughtPair(match.need_id, match.achievement_id, 3, 1.0, 1.0, found.sources, 1, deal.entered_at)
    assert found.sources == ("contracts",)


def test_deal_lost_for_its_technology_is_near_but_no_fit(session: Session, cast: Cast, match: Match) -> None:
    make_deal(session, cast, match_id=match.id, source="match", state="lost", lost_reason="technology")
    make_deal(session, cast, match_id=match.id, source="match", state="lost", lost_reason="price")
    assert _taught(session) == [(1, 0.8, ("meetings",))]


def test_judgement_counts_with_its_graders_weight_and_only_of_the_present_text(
    session: Session, cast: Cast, match: Match
) -> None:
    judged = _judge(session, match.need, match.achievement, cast.carol, 3)
    (found,) = taught_pairs(session)
    assert (found.grade, found.sources, found.at) == (3, ("judgements",), judged.at)
    assert 0.2 < found.weight < 0.5  # a newcomer
    judged.need_revision_id = publish(session, cast.alice, "need", "另一项").published_revision_id or 0
    session.flush()
    assert taught_pairs(session) == ()


def test_listing_closed_as_solved_by_the_other_teaches_most(session: Session, cast: Cast, match: Match) -> None:
    match.need.outcome_listing_id = match.achievement_id
    session.flush()
    (found,) = taught_pairs(session)
    assert (found.grade, found.weight, found.sources) == (3, 1.0, ("contracts",))
    assert found.at <= utc_now()
