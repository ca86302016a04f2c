"""Matches: who proposes pairs, and who sees those of others."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor


def can_propose_match(actor: Actor) -> bool:
    """Pairs are proposed by hand by brokers only."""
    return actor.role is Role.BROKER


def can_see_all_matches(actor: Actor) -> bool:
    """Brokers, bureau and admin see every pair."""
    return actor.reads_all
