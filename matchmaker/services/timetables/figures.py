"""What is known of a timetable, as plain JSON: what of each tier is held, and the solver's own figures."""

from typing import Any

from matchmaker.services.timetables.building import Plan
from matchmaker.timetable.problem import Solution


def figures_of(plan: Plan, solution: Solution, stage: str) -> dict[str, Any]:
    """Return the figures of a solution: `musts`, `likes`, `matches` and `meetings` are [held, all of them]."""
    held = {plan.pair_of(assignment.meeting) for assignment in solution.assignments}
    claims = {pair: row.claim for pair, row in plan.candidates.items()}
    tiers = {
        "musts": {pair: claim.musts for pair, claim in claims.items()},
        "likes": {pair: claim.likes for pair, claim in claims.items()},
        "matches": {pair: int(row.match_id is not None) for pair, row in plan.candidates.items()},
        "meetings": dict.fromkeys(claims, 1),
    }
    counts = {
        name: [sum(count for pair, count in tier.items() if pair in held), sum(tier.values())]
        for name, tier in tiers.items()
    }
    return {
        **counts,
        "status": solution.status,
        "stage": stage,
        "value": float(solution.value),
        "bound": float(solution.bound),
        "gap": solution.gap_to_bound,
        "gaps": solution.gaps,
        "served": float(solution.served),
        "table_changes": solution.table_changes,
        "seconds": round(solution.seconds, 1),
    }
