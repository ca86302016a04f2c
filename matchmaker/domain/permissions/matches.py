"""Matches: who proposes pairs, and who sees those of others."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.campaigns import is_branch_staff
from matchmaker.domain.permissions.listings import REVIEWERS


def can_propose_match(actor: Actor) -> bool:
    """Pairs are proposed by hand by brokers only."""
    return actor.role is Role.BROKER


def can_shape_lists(actor: Actor) -> bool:
    """Members of the two sides of the market say what comes last in their own organization's lists."""
    return actor.organization_id is not None and actor.role in {Role.ENTERPRISE, Role.UNIVERSITY}


def can_read_decline_reports(actor: Actor) -> bool:
    """A university reads why its own achievements were declined; the bureau, but no branch, reads of each."""
    if actor.role is Role.UNIVERSITY:
        return actor.organization_id is not None
    return actor.role is Role.ADMIN or (actor.role is Role.BUREAU and not is_branch_staff(actor))


def can_see_all_matches(actor: Actor) -> bool:
    """Brokers, bureau and admin see every pair."""
    return actor.reads_all


def can_report_match(actor: Actor, *, is_mutual_party: bool) -> bool:
    """Brokers and the bureau hand the report of a pair to its sides; a party has its own once both are interested."""
    return actor.role in REVIEWERS or is_mutual_party
