"""Contracts that may be one and the same: told before submission, and refused where there is no doubt."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.contracts import Contract, ContractState
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.permissions import Actor, can_see_contract

MOST = 5


@dataclass(frozen=True, slots=True)
class Double:
    """A contract that was handed in or registered and may be this one; `id` only for a reader who may open it."""

    id: int | None
    state: str
    reasons: tuple[Sentence, ...]


def doubles(session: Session, actor: Actor, contract: Contract) -> tuple[Double, ...]:
    """Return what may be the same as a contract that the caller has loaded for `actor`: of the same two parties with
    the same name or total, or of one of them with the same number. The latest come first, MOST at most."""
    sides = (Contract.deal, Deal.one_organization), (Contract.deal, Deal.other_organization)
    loaded = [joinedload(deal).joinedload(side) for deal, side in sides]
    alike = [sa.and_(_of_both(contract), Contract.name == contract.name)] if contract.name else []
    if contract.total_value is not None:
        alike.append(sa.and_(_of_both(contract), Contract.total_value == contract.total_value))
    if contract.number:
        alike.append(sa.and_(_of_either(contract), Contract.number == contract.number))
    query = _standing(contract).where(sa.or_(sa.false(), *alike)).options(*loaded).order_by(Contract.id.desc())
    return tuple(
        Double(found.id if can_see_contract(actor, found) else None, found.state, tuple(_reasons(contract, found)))
        for found in session.scalars(query.limit(MOST))
    )


def refuse_double(session: Session, contract: Contract) -> None:
    """A contract is registered once: the same parties, name and day of signing are the same contract.

    Raises:
        Conflict: it was handed in or registered before.
    """
    same = _standing(contract).where(
        _of_both(contract), Contract.name == contract.name, Contract.signed_on == contract.signed_on
    )
    found = session.scalars(same.limit(1)).one_or_none()
    if found is not None:
        raise Conflict(
            N_("同样的双方、名称和签订日期的合同已经提交或登记（第 %(id)d 号），一份合同只能登记一次。"), id=found.id
        )


def _reasons(contract: Contract, found: Contract) -> Iterator[Sentence]:
    is_of_both = _parties(contract) == _parties(found)
    if is_of_both and contract.name and found.name == contract.name:
        yield Sentence(N_("双方单位和合同名称相同"))
    if is_of_both and contract.total_value is not None and found.total_value == contract.total_value:
        yield Sentence(N_("双方单位和成交总额相同"))
    if contract.number and found.number == contract.number:
        yield Sentence(N_("合同编号相同"))


def _parties(contract: Contract) -> frozenset[int]:
    return frozenset((contract.seller_organization_id, contract.buyer_organization_id))


def _standing(contract: Contract) -> sa.Select[Contract]:
    states = ContractState.SUBMITTED, ContractState.REGISTERED
    return sa.select(Contract).where(Contract.id != contract.id, Contract.state.in_(states))


def _of_both(contract: Contract) -> sa.ColumnElement[bool]:
    parties = _parties(contract)
    return sa.and_(Contract.seller_organization_id.in_(parties), Contract.buyer_organization_id.in_(parties))


def _of_either(contract: Contract) -> sa.ColumnElement[bool]:
    parties = _parties(contract)
    return sa.or_(Contract.seller_organization_id.in_(parties), Contract.buyer_organization_id.in_(parties))
