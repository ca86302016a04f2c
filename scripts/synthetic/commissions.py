"""Commissions: proposed by the broker of a deal with a contract, agreed by all; at times the payer objects first."""

from decimal import Decimal
from functools import partial

from matchmaker.domain.commissions import Commission
from matchmaker.domain.deals import Deal
from matchmaker.services.commissions import ShareRow, agree_commission, object_to_commission, propose_commission
from matchmaker.services.commissions.loading import latest_commission
from synthetic.story import Person, Story

PROPOSED, SHARED, OBJECTED = 0.6, 0.3, 0.15
HUNDREDTH = Decimal("0.01")


def propose(story: Story, deal: Deal, owner: Person, total: Decimal) -> None:
    """Let the broker of a deal propose a hundredth of its contract as fee, at times shared with a colleague."""
    if story.random.random() < PROPOSED:
        _propose(deal.id, owner, (total * HUNDREDTH).quantize(HUNDREDTH), story)


def _propose(deal_id: int, owner: Person, fee: Decimal, story: Story) -> None:
    latest = latest_commission(story.session, deal_id)
    colleague = story.random.choice([broker for broker in story.cast.brokers if broker != owner] or [owner])
    shares = [ShareRow(str(owner.user_id), "100")]
    if colleague != owner and story.random.random() < SHARED:
        shares = [ShareRow(str(owner.user_id), "70"), ShareRow(str(colleague.user_id), "30")]
    proposal = propose_commission(
        story.session,
        story.actor(owner),
        deal_id,
        number=latest.number if latest else 0,
        fee=f"{fee:f}",
        payer="one",
        shares=shares,
        note="技术合同登记后十个工作日内支付",
    )
    story.counts["commissions proposed"] += 1
    story.later(story.random.randint(2, 9), "commissions", partial(_answer, proposal.id, owner))


def _answer(commission_id: int, owner: Person, story: Story) -> None:
    """Let the others agree to their shares and the payer to the fee; a payer who objects is offered half."""
    proposal = story.session.get_one(Commission, commission_id)
    payer = story.of_organization(proposal.payer_id)
    if proposal.number == 1 and story.random.random() < OBJECTED:
        object_to_commission(story.session, story.actor(payer), commission_id, reason="佣金偏高，希望减半")
        story.counts["commissions objected to"] += 1
        story.later(
            3, "commissions", partial(_propose, proposal.deal_id, owner, (proposal.fee / 2).quantize(HUNDREDTH))
        )
        return
    waiting = [story.person(share.broker_id) for share in proposal.shares if share.agreed_at is None]
    for person in filter(None, (*waiting, payer)):
        agree_commission(story.session, story.actor(person), commission_id)
    story.counts["commissions agreed"] += 1
