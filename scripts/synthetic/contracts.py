"""Contracts: filled in, handed in, returned now and then, registered; paid, amended, a few struck off."""

import io
from datetime import timedelta
from decimal import Decimal
from functools import partial

from matchmaker.domain import codes
from matchmaker.domain.contracts import Contract, ContractState
from matchmaker.domain.deals import Deal
from matchmaker.services.contracts.amending import amend_contract
from matchmaker.services.contracts.filling import open_contract, save_contract
from matchmaker.services.contracts.moving import (
    cancel_contract,
    register_contract,
    return_contract,
    submit_contract,
)
from matchmaker.services.contracts.payments import plan_payment, receive_payment
from matchmaker.services.contracts.reading import DeductionRow
from matchmaker.services.uploads import StoredFile, store_upload
from synthetic.commissions import propose
from synthetic.papers import draft
from synthetic.story import Person, Story

KINDS = {"commissioned_development": 5, "joint_development": 3, "patent_licence": 2, "consulting": 2}
KINDS |= {"technical_service": 4, "secret_transfer": 1, "patent_transfer": 1}
# Yuan of a contract as e to the power of a normal number, times ten thousand: many small ones, a few large ones.
MEAN, SPREAD = 5.75, 1.1
DEDUCTS, RETURNED, AMENDED, CANCELLED, PAID = 0.62, 0.12, 0.06, 0.03, 0.85
MOST_BYTES = 2**20
CENT = Decimal("0.01")


def sign(story: Story, deal: Deal, owner: Person) -> None:
    """Let the broker of a deal write down its contract and hand it in."""
    contract = open_contract(story.session, story.actor(owner), deal.id)
    _fill(story, owner, contract)
    draft(story, contract, owner)
    _submit(contract.id, owner, story)
    propose(story, deal, owner, contract.total_value or Decimal(0))
    story.counts["contracts signed"] += 1


def _fill(story: Story, owner: Person, contract: Contract) -> None:
    total = _yuan(story.random.lognormvariate(MEAN, SPREAD) * 10_000)
    deductions = _deductions(story, total)
    transaction = total - sum((Decimal(row.amount) for row in deductions), Decimal(0))
    today = story.today()
    raw = {
        "name": f"{contract.name or '技术合作'}（{contract.id}号）"[:200],
        "kind": story.random.choices(list(KINDS), list(KINDS.values()))[0],
        "summary": "卖方提供工艺包、样机和现场调试，买方提供试验条件。",
        "signed_on": today.isoformat(),
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=story.random.randint(90, 900))).isoformat(),
        "total_value": f"{total:f}",
        "technology_income": f"{_part(story, transaction, 50, 100):f}",
        "equal_reason": "" if deductions else "合同不含设备和材料费用",
        "payment_way": story.random.choice(("once", "instalments")),
        "ip_kind": story.random.choice(("invention", "secret", "software_copyright", "no_ip")),
        "plan_source": "unplanned",
        "goal": "goal_industry",
        "seller_contact": "王工 0991-0000001",
        "buyer_contact": "李经理 0991-0000002",
    }
    if contract.field is None:
        raw["field"] = "manufacturing"
    actor = story.actor(owner)
    save_contract(
        story.session, actor, contract.id, raw, version=contract.version, deductions=deductions, file=_text(story)
    )
    _plan_payments(story, owner, contract)


def _deductions(story: Story, total: Decimal) -> list[DeductionRow]:
    if story.random.random() > DEDUCTS:
        return []
    kinds = story.random.sample([row.code for row in codes.table("contract_deductions")], story.random.randint(1, 3))
    return [DeductionRow(kind, "现场设备和材料", f"{_part(story, total, 3, 14):f}") for kind in kinds]


def _plan_payments(story: Story, owner: Person, contract: Contract) -> None:
    """Agree on one to three payments that make up the total, each received on its day or late."""
    count, left = story.random.randint(1, 3), contract.total_value or Decimal(0)
    for number in range(1, count + 1):
        amount = left if number == count else _part(story, left, 30, 60)
        left -= amount
        on = story.today() + timedelta(days=30 * number)
        payment = plan_payment(
            story.session,
            story.actor(owner),
            contract.id,
            on=on.isoformat(),
            amount=f"{amount:f}",
            version=contract.version,
        )
        story.later((on - story.today()).days + 3, "contracts", partial(_receive, contract.id, payment.id, owner))


def _submit(contract_id: int, owner: Person, story: Story) -> None:
    contract = story.session.get_one(Contract, contract_id)
    submit_contract(story.session, story.actor(owner), contract.id, version=contract.version)
    story.later(story.random.randint(2, 12), "contracts", partial(_judge, contract_id, owner))


def _judge(contract_id: int, owner: Person, story: Story) -> None:
    """Let the bureau register a contract, or send it back to be mended and handed in again."""
    contract, bureau = story.session.get_one(Contract, contract_id), story.bureau()
    if story.random.random() < RETURNED:
        reason = story.random.choice([row.code for row in codes.table("contract_returns")])
        note = "请核对扣除项后重新提交。"
        return_contract(story.session, bureau, contract.id, reason=reason, note=note, version=contract.version)
        story.counts["contracts returned"] += 1
        story.later(story.random.randint(1, 10), "contracts", partial(_submit, contract_id, owner))
        return
    number = f"{story.year}650100{contract.id:06d}"
    today = story.today().isoformat()
    register_contract(story.session, bureau, contract.id, number=number, on=today, version=contract.version)
    story.counts["contracts registered"] += 1
    chance = story.random.random()
    if chance < AMENDED:
        story.later(story.random.randint(15, 60), "contracts", partial(_amend, contract_id))
    elif chance > 1 - CANCELLED:
        story.later(story.random.randint(20, 90), "contracts", partial(_cancel, contract_id))


def _receive(contract_id: int, payment_id: int, owner: Person, story: Story) -> None:
    contract = story.session.get_one(Contract, contract_id)
    payment = next((each for each in contract.payments if each.id == payment_id), None)
    if payment is None or contract.state == ContractState.CANCELLED or story.random.random() > PAID:
        return
    whole, most = contract.total_value or Decimal(0), contract.technology_income or Decimal(0)
    income = (payment.planned_amount * most / whole).quantize(CENT, "ROUND_DOWN") if whole else Decimal(0)
    receive_payment(
        story.session,
        story.actor(owner),
        contract.id,
        payment.id,
        on=story.today().isoformat(),
        amount=f"{payment.planned_amount:f}",
        income=f"{income:f}",
        version=contract.version,
    )
    story.counts["payments"] += 1


def _amend(contract_id: int, story: Story) -> None:
    """Let a contract grow by a fifth; its items stay."""
    contract = story.session.get_one(Contract, contract_id)
    if contract.state != ContractState.REGISTERED:
        return
    total = ((contract.total_value or Decimal(0)) * Decimal("1.2")).quantize(CENT)
    amend_contract(
        story.session,
        story.bureau(),
        contract.id,
        effective_on=story.today().isoformat(),
        reason="补充协议：增加一条生产线",
        total_value=f"{total:f}",
        technology_income=f"{contract.technology_income:f}",
        ends_on=contract.ends_on.isoformat() if contract.ends_on else "",
        deductions=[DeductionRow(each.kind, each.name, f"{each.amount:f}") for each in contract.deductions],
        version=contract.version,
    )
    story.counts["contracts amended"] += 1


def _cancel(contract_id: int, story: Story) -> None:
    contract, today = story.session.get_one(Contract, contract_id), story.today()
    if contract.state == ContractState.REGISTERED:
        reason = "双方解除合同"
        cancel_contract(
            story.session, story.bureau(), contract.id, on=today.isoformat(), reason=reason, version=contract.version
        )
        story.counts["contracts cancelled"] += 1


def _text(story: Story) -> StoredFile:
    """Return the signed text: one for all, as nobody reads it."""
    if story.signed_text is None:
        content = io.BytesIO("技术合同（虚构）\n双方签字盖章。\n".encode())
        story.signed_text = store_upload(story.settings.data, "技术合同.txt", content, MOST_BYTES)
    return story.signed_text


def _yuan(amount: float) -> Decimal:
    return Decimal(round(amount))


def _part(story: Story, amount: Decimal, least: int, most: int) -> Decimal:
    """Draw a part of an amount, from `least` to `most` hundredths of it."""
    return (amount * story.random.randint(least, most) / 100).quantize(CENT, "ROUND_DOWN")
