"""Confidentiality agreements: who signs, what they open, and when they end."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.agreements import AgreementState
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.fields import Layer
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import informed
from matchmaker.services.agreements import (
    agreements_of,
    answer_agreement,
    get_agreement,
    propose_agreement,
    take_back_agreement,
)
from matchmaker.services.avoidances import avoid
from matchmaker.services.decisions import decide, withdraw_decision
from matchmaker.services.projection import project
from tests.cast import Cast, Member
from tests.pairs import pair, publish


@pytest.fixture
def match(session: Session, cast: Cast) -> Match:
    layers = {"tried": "confidential"}
    need = publish(session, cast.alice, "need", "除冰", visibility="anonymous", tried="失败的配方", layers=layers)
    achievement = publish(session, cast.bob, "achievement", "涂层", team="团队名单", layers={"team": "confidential"})
    return pair(session, need, achievement)


def _now(session: Session, member: Member) -> Actor:
    return informed(session, member.actor)


def _mutual(session: Session, cast: Cast, match: Match) -> None:
    for member in (cast.alice, cast.bob):
        decide(session, _now(session, member), match.id, "interested")


def _signed(session: Session, cast: Cast, match: Match) -> int:
    _mutual(session, cast, match)
    row = propose_agreement(session, _now(session, cast.bob), match.id, remark="样品由乙方寄送")
    answer_agreement(session, _now(session, cast.alice), row.id, accepted=True)
    return row.id


def _secrets(session: Session, cast: Cast, match: Match) -> tuple[str | None, str | None]:
    need = project(match.need, _now(session, cast.bob)).value("tried")
    return need, project(match.achievement, _now(session, cast.alice)).value("team")


def test_accepted_agreement_opens_the_confidential_layer_both_ways(session: Session, cast: Cast, match: Match) -> None:
    _mutual(session, cast, match)
    assert _secrets(session, cast, match) == (None, None)
    row = propose_agreement(session, _now(session, cast.bob), match.id)
    assert _secrets(session, cast, match) == (None, None)
    answer_agreement(session, _now(session, cast.alice), row.id, accepted=True)
    assert _secrets(session, cast, match) == ("失败的配方", "团队名单")
    assert _now(session, cast.mallory).opened == {}


def test_agreement_shows_who_signed_and_when(session: Session, cast: Cast, match: Match) -> None:
    _signed(session, cast, match)
    for member in (cast.alice, cast.bob, cast.carol, cast.dave):
        (row,) = agreements_of(session, _now(session, member), match)
        assert row.answered_by is not None
        assert (row.proposed_by.name, row.answered_by.name, row.state) == ("鲍博", "阿丽娅", "standing")
        assert row.answered_at is not None
        assert row.answered_at >= row.proposed_at
    assert [name in row.text for name in ("天山机械有限公司", "昆仑理工大学", "除冰", "涂层")] == [True] * 4


def test_move_of_an_agreement_is_in_the_journal(session: Session, cast: Cast, match: Match) -> None:
    _signed(session, cast, match)
    steps = sa.select(JournalEntry.before, JournalEntry.after, JournalEntry.actor_id)
    rows = session.execute(steps.where(JournalEntry.subject_kind == "agreement").order_by(JournalEntry.id))
    assert [tuple(row) for row in rows] == [("awaiting", "standing", cast.alice.user_id)]


def test_refused_agreement_opens_nothing_and_may_be_proposed_anew(session: Session, cast: Cast, match: Match) -> None:
    _mutual(session, cast, match)
    row = propose_agreement(session, _now(session, cast.alice), match.id)
    answer_agreement(session, _now(session, cast.bob), row.id, accepted=False)
    assert _secrets(session, cast, match) == (None, None)
    assert propose_agreement(session, _now(session, cast.bob), match.id).id != row.id


def test_agreement_needs_mutual_interest(session: Session, cast: Cast, match: Match) -> None:
    decide(session, _now(session, cast.alice), match.id, "interested")
    with pytest.raises(Conflict):
        propose_agreement(session, _now(session, cast.alice), match.id)


def test_second_proposal_is_refused_while_one_waits(session: Session, cast: Cast, match: Match) -> None:
    _mutual(session, cast, match)
    propose_agreement(session, _now(session, cast.alice), match.id)
    with pytest.raises(Conflict):
        propose_agreement(session, _now(session, cast.bob), match.id)


@pytest.mark.parametrize("end", ["withdraw", "avoid"])
def test_end_of_mutual_interest_ends_the_agreement(session: Session, cast: Cast, match: Match, end: str) -> None:
    agreement_id = _signed(session, cast, match)
    if end == "withdraw":
        withdraw_decision(session, _now(session, cast.alice), match.id)
    else:
        avoid(session, _now(session, cast.alice), name=cast.bob.organization_name, kind="rival")
    state = get_agreement(session, _now(session, cast.carol), agreement_id).state
    assert (state, _secrets(session, cast, match)) == (AgreementState.ENDED, (None, None))
    assert _now(session, cast.bob).opened.get(match.need_id, Layer.ABSTRACT) is Layer.ABSTRACT


def test_proposal_is_taken_back_by_its_own_side_only(session: Session, cast: Cast, match: Match) -> None:
    _mutual(session, cast, match)
    row = propose_agreement(session, _now(session, cast.alice), match.id)
    with pytest.raises(Forbidden):
        take_back_agreement(session, _now(session, cast.bob), row.id)
    take_back_agreement(session, _now(session, cast.alice), row.id)
    with pytest.raises(Conflict):
        answer_agreement(session, _now(session, cast.bob), row.id, accepted=True)


@pytest.mark.parametrize("who", ["alice", "carol", "dave"])
def test_agreement_is_answered_by_the_other_side_only(session: Session, cast: Cast, match: Match, who: str) -> None:
    _mutual(session, cast, match)
    row = propose_agreement(session, _now(session, cast.alice), match.id)
    with pytest.raises(Forbidden):
        answer_agreement(session, _now(session, cast[who]), row.id, accepted=True)


def test_agreement_is_signed_by_whoever_answers_for_the_organization(
    session: Session, cast: Cast, match: Match
) -> None:
    _mutual(session, cast, match)
    with pytest.raises(Forbidden):
        propose_agreement(session, replace(_now(session, cast.alice), is_owner=False), match.id)


def test_outsider_does_not_find_an_agreement(session: Session, cast: Cast, match: Match) -> None:
    agreement_id = _signed(session, cast, match)
    with pytest.raises(NotFound):
        get_agreement(session, _now(session, cast.mallory), agreement_id)


def test_remark_is_limited(session: Session, cast: Cast, match: Match) -> None:
    _mutual(session, cast, match)
    with pytest.raises(Invalid):
        propose_agreement(session, _now(session, cast.alice), match.id, remark="长" * 1001)
