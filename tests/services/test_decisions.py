"""Decisions: who may decide, what the other side learns, and that they survive."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.matches import Match
from matchmaker.services.decisions import decide, decision_journal, withdraw_decision
from matchmaker.services.match_queries import MatchFilter, Standing
from matchmaker.services.matches import get_match, match_page
from tests.cast import Cast
from tests.pairs import pair, publish


@pytest.fixture
def match(session: Session, cast: Cast) -> Match:
    # Other pairs of other people come first, so that a query which mixes up rows is found out.
    pair(session, publish(session, cast.mallory, "need", "节水"), publish(session, cast.alice, "achievement", "滴灌"))
    need = publish(session, cast.alice, "need", "除冰", visibility="anonymous")
    pair(session, need, publish(session, cast.mallory, "achievement", "加热"))
    return pair(session, need, publish(session, cast.bob, "achievement", "涂层"))


def test_decide_replaces_the_former_decision_and_keeps_both_in_the_journal(
    session: Session, cast: Cast, match: Match
) -> None:
    decide(session, cast.alice.actor, match.id, "shortlisted", note="先看看")
    decide(session, cast.alice.actor, match.id, "unsuitable", reason="price")
    session.expire_all()
    mine = get_match(session, cast.alice.actor, match.id).mine
    journal = decision_journal(session, cast.carol.actor, match.id)
    assert mine is not None
    assert (mine.decision, mine.reason, mine.note) == ("unsuitable", "price", None)
    assert [(e.before, e.after, e.reason) for e in journal] == [
        ("shortlisted", "unsuitable", "price"),
        (None, "shortlisted", None),
    ]


def test_withdraw_decision_leaves_none(session: Session, cast: Cast, match: Match) -> None:
    decide(session, cast.alice.actor, match.id, "interested")
    withdraw_decision(session, cast.alice.actor, match.id)
    session.expire_all()
    assert get_match(session, cast.alice.actor, match.id).mine is None


def test_withdraw_decision_twice_is_harmless(session: Session, cast: Cast, match: Match) -> None:
    for _ in range(2):
        withdraw_decision(session, cast.alice.actor, match.id)
    assert decision_journal(session, cast.carol.actor, match.id) == ()


def test_both_parties_interested_is_mutual_and_a_broker_does_not_count(
    session: Session, cast: Cast, match: Match
) -> None:
    decide(session, cast.carol.actor, match.id, "interested")
    decide(session, cast.alice.actor, match.id, "interested")
    session.expire_all()
    assert not get_match(session, cast.carol.actor, match.id).is_mutual
    assert match_page(session, cast.carol.actor, MatchFilter(decided=Standing.MUTUAL)).total == 0
    assert match_page(session, cast.bob.actor, MatchFilter(decided=Standing.WANTED)).total == 1
    decide(session, cast.bob.actor, match.id, "interested")
    session.expire_all()
    seen = [get_match(session, cast[who].actor, match.id).is_mutual for who in ("alice", "bob", "carol")]
    assert seen == [True, True, True]
    assert match_page(session, cast.carol.actor, MatchFilter(decided=Standing.MUTUAL)).total == 1


def test_other_side_learns_interest_without_name_or_note(session: Session, cast: Cast, match: Match) -> None:
    decide(session, cast.alice.actor, match.id, "interested", note="我们是天山机械")
    session.expire_all()
    (seen,) = get_match(session, cast.bob.actor, match.id).others
    assert (seen.decision, seen.organization_name, seen.note) == ("interested", "匿名需求方", None)


def test_other_side_does_not_learn_of_a_shortlist_or_a_brokers_opinion(
    session: Session, cast: Cast, match: Match
) -> None:
    decide(session, cast.alice.actor, match.id, "shortlisted")
    decide(session, cast.carol.actor, match.id, "unsuitable", reason="too_early")
    session.expire_all()
    assert get_match(session, cast.bob.actor, match.id).others == ()
    assert decision_journal(session, cast.bob.actor, match.id) == ()


def test_decide_refuses_onlookers_and_outsiders(session: Session, cast: Cast, match: Match) -> None:
    with pytest.raises(Forbidden):
        decide(session, cast.dave.actor, match.id, "interested")
    with pytest.raises(NotFound):
        decide(session, cast.mallory.actor, match.id, "interested")


@pytest.mark.parametrize(
    ("decision", "reason", "note"),
    [
        ("love", None, None),
        ("unsuitable", None, None),
        ("unsuitable", "no-such-reason", None),
        ("interested", None, "长" * 1001),
        ("", None, None),
    ],
)
def test_decide_refuses_bad_input(
    session: Session, cast: Cast, match: Match, decision: str, reason: str | None, note: str | None
) -> None:
    with pytest.raises(Invalid):
        decide(session, cast.alice.actor, match.id, decision, reason=reason, note=note)
