"""Being told of a pair: interest, interest of both, a broker's proposal, each as the receiver sees the other side."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import User
from matchmaker.services.decisions import decide, withdraw_decision
from matchmaker.services.proposal_notices import tell_proposal
from tests.cast import Cast
from tests.pairs import pair, publish


@pytest.fixture
def match(session: Session, cast: Cast) -> Match:
    need = publish(session, cast.alice, "need", "除冰", visibility="anonymous")
    return pair(session, need, publish(session, cast.bob, "achievement", "涂层"))


def _told(session: Session) -> list[tuple[str, str, str]]:
    rows = session.execute(
        sa.select(User.email, Notice.topic, Notice.title).join(User, User.id == Notice.user_id).order_by(Notice.id)
    )
    return [(email.partition("@")[0], topic, title) for email, topic, title in rows]


def test_interest_tells_the_other_party_without_naming_who_is_anonymous(
    session: Session, cast: Cast, match: Match
) -> None:
    decide(session, cast.alice.actor, match.id, "interested")
    notice = session.scalars(sa.select(Notice)).one()
    assert (_told(session), notice.path) == (
        [("bob", "interest", "有一方对您的《涂层》感兴趣")],
        f"/matches/{match.id}",
    )
    assert ("《除冰》" in notice.body, cast.alice.organization_name in notice.body) == (True, False)


def test_interest_of_both_tells_both(session: Session, cast: Cast, match: Match) -> None:
    decide(session, cast.alice.actor, match.id, "interested")
    session.expire_all()
    decide(session, cast.bob.actor, match.id, "interested")
    assert _told(session)[1:] == [
        ("alice", "interest", "双方都感兴趣：《除冰》"),
        ("bob", "interest", "双方都感兴趣：《涂层》"),
    ]


def test_who_changes_his_mind_to_and_fro_is_told_of_once(session: Session, cast: Cast, match: Match) -> None:
    for _ in range(3):
        decide(session, cast.alice.actor, match.id, "interested")
        decide(session, cast.alice.actor, match.id, "interested", note="再说一遍")
        withdraw_decision(session, cast.alice.actor, match.id)
    assert len(_told(session)) == 1


@pytest.mark.parametrize("said", ["shortlisted", "unsuitable"])
def test_other_decisions_and_those_of_brokers_tell_nobody(
    session: Session, cast: Cast, match: Match, said: str
) -> None:
    decide(session, cast.alice.actor, match.id, said, reason="price" if said == "unsuitable" else None)
    decide(session, cast.carol.actor, match.id, "interested")
    assert _told(session) == []


def test_proposal_tells_both_parties_and_a_client_s_broker(session: Session, cast: Cast, match: Match) -> None:
    session.get_one(Listing, match.need_id).broker_id = cast.carol.user_id
    session.flush()
    session.expire_all()
    tell_proposal(session, match)
    assert _told(session) == [
        ("alice", "match", "经纪人向您推荐：《涂层》"),
        ("carol", "match", "经纪人向您推荐：《涂层》"),
        ("bob", "match", "经纪人向您推荐：《除冰》"),
    ]


def test_nobody_is_told_of_a_pair_that_he_may_not_see(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "机密", visibility="brokers")
    hidden = pair(session, need, publish(session, cast.bob, "achievement", "涂层"), achievement_side_score=None)
    tell_proposal(session, hidden)
    assert [key for key, _topic, _title in _told(session)] == ["alice"]


def test_owners_are_told_where_a_listing_has_no_owner(session: Session, cast: Cast, match: Match) -> None:
    session.get_one(Listing, match.achievement_id).owner_id = None
    session.flush()
    session.expire_all()
    decide(session, cast.alice.actor, match.id, "interested")
    assert [key for key, _topic, _title in _told(session)] == ["bob"]
