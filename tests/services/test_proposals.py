"""A broker pairs by hand: scored by the same ranker, kept, journaled, and once only."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.listings import ListingKind
from matchmaker.services.decisions import decision_journal
from matchmaker.services.engine import Engine
from matchmaker.services.matches import get_match
from matchmaker.services.proposals import pick_listing, propose_match
from tests.cast import Cast
from tests.pairs import pair, publish
from tests.working import work


@pytest.fixture
def engine(settings: Settings) -> Engine:
    return Engine(settings)


def test_propose_match_scores_and_keeps_the_pair(
    settings: Settings, database: Database, cast: Cast, engine: Engine
) -> None:
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "除冰").id
        achievement = publish(session, cast.bob, "achievement", "骆驼奶冻干").id
    work(settings, database)
    with database.transaction() as session:
        proposal = propose_match(session, cast.carol.actor, engine, need, achievement, " 值得一试 ")
        assert proposal.is_new
    with database.transaction() as session:
        again = propose_match(session, cast.carol.actor, engine, need, achievement, "另一条说明")
        view = get_match(session, cast.carol.actor, again.match.id)
        journal = decision_journal(session, cast.carol.actor, again.match.id)
        for_bob = get_match(session, cast.bob.actor, again.match.id)
    engine.close()
    assert (again.is_new, view.proposed_by, view.proposal_note) == (False, "柯洛", "值得一试")
    assert [entry.action for entry in journal] == ["propose"]
    assert abs(sum(reason.contribution for reason in view.reasons) - view.score) < 1e-6
    assert (for_bob.proposed_by, for_bob.proposal_note) == ("柯洛", None)


def test_propose_match_is_for_brokers(session: Session, cast: Cast, engine: Engine) -> None:
    need, achievement = (
        publish(session, cast.alice, "need", "除冰"),
        publish(session, cast.bob, "achievement", "涂层"),
    )
    for who in ("alice", "dave", "mallory"):
        with pytest.raises(Forbidden):
            propose_match(session, cast[who].actor, engine, need.id, achievement.id)


def test_propose_match_refuses_what_is_not_there_or_the_wrong_way_round(
    session: Session, cast: Cast, engine: Engine
) -> None:
    need, achievement = (
        publish(session, cast.alice, "need", "除冰"),
        publish(session, cast.bob, "achievement", "涂层"),
    )
    for pair_of_ids in ((achievement.id, need.id), (need.id, 999), (0, achievement.id), (10**30, achievement.id)):
        with pytest.raises(NotFound):
            propose_match(session, cast.carol.actor, engine, *pair_of_ids)


def test_propose_match_refuses_closed_own_and_overlong(session: Session, cast: Cast, engine: Engine) -> None:
    need, achievement = (
        publish(session, cast.alice, "need", "除冰"),
        publish(session, cast.bob, "achievement", "涂层"),
    )
    same = publish(session, cast.alice, "achievement", "自研设备")
    with pytest.raises(Invalid):
        propose_match(session, cast.carol.actor, engine, need.id, same.id)
    with pytest.raises(Invalid):
        propose_match(session, cast.carol.actor, engine, need.id, achievement.id, "长" * 1001)
    achievement.state = "closed"
    with pytest.raises(Invalid):
        propose_match(session, cast.carol.actor, engine, need.id, achievement.id)


def test_propose_match_returns_the_existing_proposal_untouched(session: Session, cast: Cast, engine: Engine) -> None:
    need, achievement = (
        publish(session, cast.alice, "need", "除冰"),
        publish(session, cast.bob, "achievement", "涂层"),
    )
    match = pair(session, need, achievement, proposed_by_id=cast.carol.user_id, proposal_note="先前的说明")
    proposal = propose_match(session, cast.carol.actor, engine, need.id, achievement.id, "新的")
    assert (proposal.match.id, proposal.is_new, match.proposal_note) == (match.id, False, "先前的说明")


def test_pick_listing_offers_live_listings_of_the_kind_only(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "除冰")
    picked = pick_listing(session, cast.carol.actor, need.id, ListingKind.NEED)
    assert picked is not None
    assert picked.title == "除冰"
    for listing_id in (None, -1, 10**30, 999):
        assert pick_listing(session, cast.carol.actor, listing_id, ListingKind.NEED) is None
    assert pick_listing(session, cast.carol.actor, need.id, ListingKind.ACHIEVEMENT) is None
