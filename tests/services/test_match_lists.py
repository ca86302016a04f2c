"""What keeps a pair: what people have made of it outlives its place in a list."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.matches import Match
from matchmaker.services.deals import open_for_match
from matchmaker.services.decisions import decide, withdraw_decision
from matchmaker.services.match_lists import undecided
from tests.cast import Cast
from tests.pairs import pair, publish


def test_pair_of_a_deal_stays_when_interest_is_taken_back(session: Session, cast: Cast) -> None:
    needs = [publish(session, cast.alice, "need", title) for title in ("风机叶片除冰", "塔筒防腐")]
    achievement = publish(session, cast.bob, "achievement", "疏冰涂层")
    dealt, idle = (pair(session, need, achievement) for need in needs)
    for member in (cast.alice, cast.bob):
        decide(session, member.actor, dealt.id, "interested")
    open_for_match(session, cast.carol.actor, dealt.id, next_step="约谈", next_step_on=today().isoformat())
    for member in (cast.alice, cast.bob):
        withdraw_decision(session, member.actor, dealt.id)
    assert session.scalars(sa.select(Match.id).where(*undecided())).all() == [idle.id]
