"""Contracts: who sees one, who fills it in, who registers it."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.campaigns import is_branch_staff
from matchmaker.domain.permissions.deals import keeps_deal, owns_deal
from matchmaker.domain.permissions.subjects import ContractLike


def is_contract_party(actor: Actor, contract: ContractLike) -> bool:
    """Whether the actor acts for the seller or the buyer."""
    sides = {contract.seller_organization_id, contract.buyer_organization_id}
    return actor.role is not None and actor.organization_id in sides


def can_see_contract(actor: Actor, contract: ContractLike) -> bool:
    """Both parties, the broker of its deal, whoever judges it, and the administrator, who looks on."""
    is_office = can_judge_contract(actor, contract) or actor.role is Role.ADMIN
    return is_office or is_contract_party(actor, contract) or owns_deal(actor, contract.deal)


def can_fill_contract(actor: Actor, contract: ContractLike) -> bool:
    """Both parties and the broker of its deal write it; the office only judges what it is given."""
    return actor.is_system or is_contract_party(actor, contract) or owns_deal(actor, contract.deal)


def can_judge_contract(actor: Actor, contract: ContractLike) -> bool:
    """Who returns, registers, amends and strikes off: the bureau's own staff every contract, a branch's those of its
    organizations, as with deals."""
    return keeps_deal(actor, contract.deal)


def can_register_contracts(actor: Actor) -> bool:
    """The bureau and its branches keep the register; which contracts each judges says `can_judge_contract`."""
    return actor.is_system or actor.role is Role.BUREAU


def can_list_contracts(actor: Actor) -> bool:
    """Whoever acts for an organization has a list, if only an empty one."""
    return actor.role is not None


def can_see_rules(actor: Actor) -> bool:
    """The office that judges by the rules, and the administrator."""
    return actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}


def can_keep_rules(actor: Actor) -> bool:
    """The bureau's own staff write what holds for the whole city; a branch reads it."""
    return actor.is_system or (actor.role is Role.BUREAU and not is_branch_staff(actor))
