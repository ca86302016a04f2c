"""Settling the evidence of one pair into one grade and one weight.

The rule: only the highest tier counts. An outcome's grade stands as it is. A meeting means 2 at least, more where the
opinions say so, and 1 where somebody said afterwards that the two do not fit. Of opinions it is the weighted median,
the lower middle where both halves weigh the same: one for 2 and one for 0 make 1. Weights add up, to 1 at most. What a
list's places correct is a pair's weight, never its grade.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from matchmaker.domain.teaching import EVIDENCE_RULES, UNFITTING, EvidenceRule, Tier

LEAST_WEIGHT = 1e-4
"""Below this evidence counts for nothing, and no pair is taught."""
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece: its code in the rules, when, and its grade where that is the grader's own.

    `trust` is how far the person behind it is believed, 0 to 1; `correction` what the places of lists make of its
    weight, 1 where they do not matter.
    """

    code: str
    at: datetime
    grade: int | None = None
    trust: float = 1.0
    correction: float = 1.0

    @property
    def rule(self) -> EvidenceRule:
        """The rule that it goes by."""
        return EVIDENCE_RULES[self.code]

    @property
    def taught(self) -> int | None:
        """The grade that it speaks for."""
        return self.grade if self.rule.is_graded else self.rule.grade

    @property
    def belief(self) -> float:
        """How much it counts when a pair's grade is settled."""
        return self.rule.weight * self.trust

    @property
    def weight(self) -> float:
        """How much it counts when a ranker is fitted."""
        return self.belief * self.correction


@dataclass(frozen=True, slots=True)
class Settled:
    """What a pair's evidence comes to: `grade` 0 to 3, `weight` in (0, 1] and `belief`, the weight before places of
    lists corrected it, and the pieces that it rests on."""

    grade: int
    weight: float
    belief: float
    evidence: tuple[Evidence, ...]


def settle(pieces: Iterable[Evidence]) -> Settled | None:
    """Settle one pair's evidence; None where it teaches nothing."""
    telling = [piece for piece in pieces if piece.taught is not None and piece.belief > LEAST_WEIGHT]
    if not telling:
        return None
    tier = max(piece.rule.tier for piece in telling)
    deciding = [piece for piece in telling if piece.rule.tier == tier]
    grade = _middle(deciding)
    if tier == Tier.MEETING:
        spoken = [piece for piece in telling if piece.rule.tier == Tier.OPINION]
        after = [piece for piece in spoken if piece.code in UNFITTING and piece.at > max(met.at for met in deciding)]
        grade = 1 if after else max(grade, _middle(spoken) if spoken else 0)
    weight, belief = (min(1.0, sum(each)) for each in zip(*((p.weight, p.belief) for p in deciding), strict=True))
    return Settled(grade, weight, belief, tuple(deciding)) if weight > LEAST_WEIGHT else None


def _middle(pieces: Sequence[Evidence]) -> int:
    """The weighted median of their grades, of two middles the mean, rounded down."""
    ordered = sorted((piece.taught or 0, piece.belief) for piece in pieces)
    half, reached = sum(belief for _, belief in ordered) / 2, 0.0
    for place, (grade, belief) in enumerate(ordered):
        reached += belief
        if abs(reached - half) < SAME and place + 1 < len(ordered):
            return (grade + ordered[place + 1][0]) // 2
        if reached > half:
            return grade
    return ordered[-1][0]
