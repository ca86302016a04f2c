"""Commission agreements: proposed by one, held once every broker and the payer have agreed, anew for each change."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.commissions import Commission
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.people import Role
from matchmaker.services.commissions import (
    ShareRow,
    agree_commission,
    deal_commissions,
    my_commissions,
    object_to_commission,
    propose_commission,
)
from tests.cast import Cast, Member, make_member, make_organization
from tests.deals import make_deal

pytestmark = pytest.mark.slow


@pytest.fixture
def heidi(session: Session, cast: Cast) -> Member:
    return make_member(session, make_organization(session, "agency", "丝路技术转移"), "heidi", "海蒂", Role.BROKER)


@pytest.fixture
def deal_id(session: Session, cast: Cast) -> int:
    return make_deal(session, cast).id


def propose(
    session: Session, by: Member, deal_id: int, *shares: tuple[Member, str], number: int = 0, fee: str = "50000"
) -> Commission:
    rows = [ShareRow(str(member.user_id), percent) for member, percent in shares]
    return propose_commission(session, by.actor, deal_id, number=number, fee=fee, payer="one", shares=rows)


def test_all_agree_and_it_holds(session: Session, cast: Cast, heidi: Member, deal_id: int) -> None:
    proposal = propose(session, cast.carol, deal_id, (cast.carol, "60"), (heidi, "39.5"))
    assert (proposal.state, proposal.fee) == ("tabled", Decimal(50000))
    assert [row.may_agree for row in my_commissions(session, heidi.actor)] == [True]
    agree_commission(session, heidi.actor, proposal.id)
    assert proposal.state == "tabled"
    agree_commission(session, cast.alice.actor, proposal.id)
    assert proposal.state == "agreed"
    said = sa.select(JournalEntry.action, JournalEntry.actor_id).where(JournalEntry.subject_kind == "commission")
    assert [tuple(row) for row in session.execute(said.order_by(JournalEntry.id))] == [
        ("propose", cast.carol.user_id),
        ("agree_share", cast.carol.user_id),
        ("agree_share", heidi.user_id),
        ("agree_fee", cast.alice.user_id),
        ("move", cast.alice.user_id),
    ]


def test_changed_proposal_needs_all_anew_and_the_former_holds_until_then(
    session: Session, cast: Cast, heidi: Member, deal_id: int
) -> None:
    first = propose(session, cast.carol, deal_id, (cast.carol, "100"))
    agree_commission(session, cast.alice.actor, first.id)
    second = propose(session, cast.alice, deal_id, (cast.carol, "70"), (heidi, "30"), number=1)
    shown = deal_commissions(session, cast.alice.actor, deal_id)
    assert shown.holding is not None
    assert (shown.holding.id, first.state, second.state) == (first.id, "agreed", "tabled")
    assert second.fee_agreed_at is not None
    for member in (cast.carol, heidi):
        agree_commission(session, member.actor, second.id)
    assert (first.state, second.state) == ("superseded", "agreed")


def test_stale_and_replaced_ones_are_refused(session: Session, cast: Cast, deal_id: int) -> None:
    first = propose(session, cast.carol, deal_id, (cast.carol, "100"))
    with pytest.raises(Conflict):
        propose(session, cast.bob, deal_id, (cast.carol, "10"), number=0)
    propose(session, cast.bob, deal_id, (cast.carol, "10"), number=1)
    with pytest.raises(Conflict):
        agree_commission(session, cast.alice.actor, first.id)


def test_objection_has_a_reason_and_ends_it(session: Session, cast: Cast, deal_id: int) -> None:
    proposal = propose(session, cast.carol, deal_id, (cast.carol, "100"))
    with pytest.raises(Invalid):
        object_to_commission(session, cast.alice.actor, proposal.id, reason=" ")
    object_to_commission(session, cast.alice.actor, proposal.id, reason="太高")
    assert proposal.state == "objected"
    with pytest.raises(Conflict):
        agree_commission(session, cast.alice.actor, proposal.id)


@pytest.mark.parametrize(
    ("fee", "percents", "field"),
    [
        ("-1", ["50"], "fee"),
        ("NaN", ["50"], "fee"),
        ("1e30", ["50"], "fee"),
        ("", ["50"], "fee"),
        ("10.001", ["50"], "fee"),
        ("1", ["60", "40.01"], "shares"),
        ("1", ["0"], "shares"),
        ("1", ["x"], "shares"),
        ("1", ["33.333"], "shares"),
        ("1", [], "shares"),
    ],
)
def test_amounts_that_cannot_be_are_refused(
    session: Session, cast: Cast, heidi: Member, deal_id: int, fee: str, percents: list[str], field: str
) -> None:
    shares = list(zip((cast.carol, heidi), percents, strict=False))
    with pytest.raises(Invalid) as refused:
        propose(session, cast.carol, deal_id, *shares, fee=fee)
    assert list(refused.value.errors) == [field]


def test_one_broker_twice_and_no_broker_are_refused(session: Session, cast: Cast, deal_id: int) -> None:
    for shares in ([(cast.carol, "10"), (cast.carol, "10")], [(cast.bob, "10")]):
        with pytest.raises(Invalid):
            propose(session, cast.carol, deal_id, *shares)


def test_who_may(session: Session, cast: Cast, heidi: Member, deal_id: int) -> None:
    with pytest.raises(NotFound):
        propose(session, cast.mallory, deal_id, (cast.carol, "1"))
    for name in ("dave", "erin"):
        with pytest.raises(Forbidden):
            propose(session, cast[name], deal_id, (cast.carol, "1"))
    proposal = propose(session, cast.carol, deal_id, (cast.carol, "50"))
    with pytest.raises(NotFound):
        agree_commission(session, heidi.actor, proposal.id)
    with pytest.raises(Forbidden):
        agree_commission(session, cast.bob.actor, proposal.id)
    with pytest.raises(Conflict):
        agree_commission(session, cast.carol.actor, proposal.id)
