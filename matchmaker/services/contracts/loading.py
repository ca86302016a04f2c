"""Loading a contract for somebody, and locking it against others who change it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain.base import utc_now
from matchmaker.domain.contracts import Contract
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_fill_contract, can_judge_contract, can_see_contract
from matchmaker.services.matches import LARGEST_ID

MISSING = N_("没有找到这份合同。")
OVERTAKEN = N_("这份合同刚刚有人更新过。您填写的内容仍在本页，请看过现在的情况再保存。")


def load_contract(session: Session, actor: Actor, contract_id: int) -> Contract:
    """Return a contract that `actor` may see, with all that belongs to it.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    known = 0 < contract_id <= LARGEST_ID
    contract = session.get(Contract, contract_id, options=contract_options()) if known else None
    if contract is None or not can_see_contract(actor, contract):
        raise NotFound(MISSING)
    return contract


def contract_options() -> list[Any]:
    """What to load with contracts so that showing them asks the database a fixed number of times."""
    one = (Contract.deal, Contract.seller, Contract.buyer, Contract.broker)
    many = (Contract.deductions, Contract.payments, Contract.amendments)
    return [*(joinedload(each) for each in one), *(selectinload(each) for each in many)]


def changeable(session: Session, actor: Actor, contract_id: int, version: int) -> Contract:
    """Return a contract that `actor` writes, locked, as he last saw it.

    Raises:
        NotFound: he may not know of it. Forbidden: he looks on only. Conflict: somebody changed it since `version`.
    """
    contract = load_contract(session, actor, contract_id)
    if not can_fill_contract(actor, contract):
        raise Forbidden(N_("合同由双方和负责的技术经纪人填写。"))
    return locked(session, contract, version)


def judged(session: Session, actor: Actor, contract_id: int, version: int) -> Contract:
    """Return a contract that `actor` judges, locked, as he last saw it.

    Raises:
        NotFound: he may not know of it. Forbidden: the office that judges it is another one, or he is of none.
        Conflict: somebody changed it since.
    """
    contract = load_contract(session, actor, contract_id)
    if not can_judge_contract(actor, contract):
        raise Forbidden(N_("合同由科技局的登记人员办理。"))
    return locked(session, contract, version)


def locked(session: Session, contract: Contract, version: int) -> Contract:
    """Hold a contract against everybody else until the end of the transaction.

    Raises:
        Conflict: somebody changed it since `version`.
    """
    # Without the joins: PostgreSQL does not lock the outer side of one.
    query = sa.select(Contract.version).where(Contract.id == contract.id).with_for_update()
    if session.scalars(query).one() != version:
        raise Conflict(OVERTAKEN)
    return contract


def touch(session: Session, contract: Contract) -> None:
    """Note that a contract was changed."""
    contract.version += 1
    contract.changed_at = utc_now()
    session.flush()
