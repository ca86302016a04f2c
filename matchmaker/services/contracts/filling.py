"""Opening a contract from a deal, and filling in its form bit by bit."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_move_deal, is_deal_party, owns_deal
from matchmaker.services.contracts.amounts import set_amounts
from matchmaker.services.contracts.loading import changeable, touch
from matchmaker.services.contracts.reading import DeductionRow, read_deductions, read_fields
from matchmaker.services.deals import load_deal
from matchmaker.services.uploads import StoredFile

AMOUNTS = frozenset({"total_value", "technology_income"})
OVER = frozenset({DealState.LOST})


def can_open_contract(actor: Actor, deal: Deal) -> bool:
    """Whether `actor` may open a contract of a deal: its sides and its broker may, unless it came to nothing."""
    writes = actor.is_system or is_deal_party(actor, deal) or owns_deal(actor, deal)
    return writes and can_move_deal(actor, deal) and deal.state not in OVER


def open_contract(session: Session, actor: Actor, deal_id: int) -> Contract:
    """Open a contract of a deal as a draft, filled with what the platform knows.

    The need's side buys and the achievement's side sells; `swap_sides` puts it right where it is the other way round.

    Raises:
        NotFound: he may not know of the deal; no contract is without one. Forbidden: he is of neither side.
        Conflict: the deal came to nothing.
    """
    deal = load_deal(session, actor, deal_id)
    if not can_open_contract(actor, deal):
        if deal.state in OVER:
            raise Conflict(N_("这个跟进项目没有谈成；请先重新跟进，再录入合同。"))
        raise Forbidden(N_("合同由双方和负责的技术经纪人录入。"))
    achievement = deal.match.achievement if deal.match is not None else None
    contract = Contract(
        deal=deal,
        seller_organization_id=deal.other_organization_id,
        buyer_organization_id=deal.one_organization_id,
        broker_id=deal.owner_id,
        name=(_title(achievement) if achievement is not None else "")[:200],
        field=achievement.current.field if achievement is not None and achievement.current else None,
        opened_by_id=actor.user_id,
    )
    session.add(contract)
    session.flush()
    record(session, actor, "open", "contract", contract.id, after=contract.state, deal_id=deal.id)
    return contract


def save_contract(
    session: Session,
    actor: Actor,
    contract_id: int,
    raw: Mapping[str, str],
    *,
    version: int,
    deductions: Sequence[DeductionRow] | None = None,
    file: StoredFile | None = None,
    is_disputed: bool | None = None,
) -> Contract:
    """Save what is filled in so far; nothing needs to be complete yet, but what is there must be right.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable`; it was handed in already. Invalid: see the readers and amounts.
    """
    contract = _fillable(session, actor, contract_id, version)
    values = read_fields(raw)
    rows = None if deductions is None else read_deductions(deductions)
    set_amounts(
        contract,
        total=values.get("total_value", contract.total_value),
        income=values.get("technology_income", contract.technology_income),
        deductions=rows,
    )
    changed = _write(contract, {name: value for name, value in values.items() if name not in AMOUNTS})
    if is_disputed is not None and is_disputed != contract.is_disputed:
        contract.is_disputed = is_disputed
        changed.append("is_disputed")
    if file is not None:
        contract.file_name, contract.file_media_type, contract.file_sha256 = file.name, file.media_type, file.sha256
        changed.append("file")
    record(session, actor, "fill", "contract", contract.id, fields=changed)
    touch(session, contract)
    return contract


def swap_sides(session: Session, actor: Actor, contract_id: int, *, version: int) -> Contract:
    """Make the buyer the seller and the seller the buyer, with their contacts.

    Raises:
        NotFound, Forbidden, Conflict: see `save_contract`.
    """
    contract = _fillable(session, actor, contract_id, version)
    seller, buyer = contract.seller_organization_id, contract.buyer_organization_id
    contract.seller, contract.buyer = session.get_one(Organization, buyer), session.get_one(Organization, seller)
    contract.seller_contact, contract.buyer_contact = contract.buyer_contact, contract.seller_contact
    record(session, actor, "swap", "contract", contract.id)
    touch(session, contract)
    return contract


def _fillable(session: Session, actor: Actor, contract_id: int, version: int) -> Contract:
    contract = changeable(session, actor, contract_id, version)
    if not contract.is_open:
        raise Conflict(N_("合同已经提交，不能再修改；需要修改时请先撤回，或请登记人员退回。"))
    return contract


def _write(contract: Contract, values: Mapping[str, Any]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(contract, name) != value]
    for name in changed:
        setattr(contract, name, values[name])
    if "name" in changed and not contract.name:
        raise Invalid(N_("请填写合同名称。"), {"name": N_("请填写合同名称。")})
    return sorted(changed)


def _title(listing: Listing) -> str:
    return str(listing.current.title) if listing.current is not None else ""
