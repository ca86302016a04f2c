"""A pair, what is agreed, asked and forwarded about it, and its place in drawn samples and maps."""

from datetime import timedelta

from sqlalchemy.orm import Session

from matchmaker.domain.agreements import Agreement
from matchmaker.domain.base import utc_now
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.judgements import GradingBatch, Judgement, SampledPair
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.questions import Question
from matchmaker.domain.unmet import UnmetCluster, UnmetMap, UnmetNeed
from matchmaker.search.indicators import read_text
from tests.cast import Cast, Member
from tests.web.hidden.rows import Ids, ids_of


def make_match(session: Session, need: Listing, achievement: Listing) -> Match:
    match = Match(
        need_id=need.id,
        achievement_id=achievement.id,
        score=1.0,
        probability=0.7,
        grade=2,
        terms=[],
        in_need_list=True,
        in_achievement_list=True,
        ranker="test",
        model="test",
        need_revision=1,
        achievement_revision=1,
    )
    session.add(match)
    session.flush()
    return match


def make_drawn_pair(session: Session, cast: Cast, need: Listing, achievement: Listing) -> int:
    """Draw a pair that two have graded far apart an hour ago; return its id. One of them is carol."""
    batch = GradingBatch(seed=1, asked_for=1)
    session.add(batch)
    session.flush()
    pair = SampledPair(batch_id=batch.id, need_id=need.id, achievement_id=achievement.id, drawn_for="uncertain")
    for grader, grade in ((cast.carol, 3), (cast.peter, 0)):
        pair.judgements.append(
            Judgement(
                need_id=need.id,
                achievement_id=achievement.id,
                grader_id=grader.user_id,
                grade=grade,
                blind_grade=grade,
                at=utc_now() - timedelta(hours=1),
            )
        )
    session.add(pair)
    session.flush()
    return pair.id


def make_cluster(session: Session, need: Listing) -> int:
    """Return a group of the unmet-need map whose only need nobody may read of: for everybody there is none."""
    drawn = UnmetMap(grade=2, grain="medium", model="m", considered=1, waiting=0, closed=1)
    row = UnmetNeed(listing_id=need.id, revision_id=need.current.id, words=[0])
    cluster = UnmetCluster(drawn=drawn, number=1, words=[{"zh": "词"}], x=0, y=0, needs=[row])
    session.add(cluster)
    session.flush()
    return cluster.id


def make_said(session: Session, match: Match, one: Member, other: Member) -> Ids:
    """Write an agreement that `other` proposed to `one` about their pair, a question back, and what was forwarded."""
    agreement = Agreement(
        match_id=match.id,
        text="约定",
        proposing_organization_id=other.organization_id,
        proposed_by_id=other.user_id,
        answering_organization_id=one.organization_id,
    )
    question = Question(
        match_id=match.id,
        key="0" * 16,
        field="problem",
        indicator=read_text("效率不低于99%", is_need=True)[0].as_dict(),
        asking_organization_id=one.organization_id,
        asked_by_id=one.user_id,
        answering_organization_id=other.organization_id,
    )
    forwarding = Forwarding(
        match_id=match.id,
        organization_id=one.organization_id,
        sender_id=one.user_id,
        recipient_name="王工",
        recipient_email="wang@world.example",
        expires_at=utc_now() + timedelta(days=30),
    )
    return ids_of(session, {"agreement_id": agreement, "question_id": question, "forwarding_id": forwarding})
