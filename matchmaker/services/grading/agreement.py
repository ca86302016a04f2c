"""How far the graders agree: any two of them, each against the others together, and all over all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy.orm import Session

from matchmaker.domain.permissions import Actor, can_see_all_grades
from matchmaker.search.agreement import Kappa, measure_kappa
from matchmaker.search.graders import NEWCOMER, Grader
from matchmaker.services.grading.blind import graded_pairs
from matchmaker.services.grading.weights import graders, is_doubtful

Blind = Mapping[int, int]
"""What was said of one pair, by the grader's id."""
FEWEST_PAIRS = 10
"""Common pairs below which no kappa is told: its interval would span half the scale."""


@dataclass(frozen=True, slots=True)
class Couple:
    """Two graders: their common pairs, on how many they say the same, and kappa, None where there are too few."""

    one: str
    other: str
    pairs: int
    same: int
    kappa: Kappa | None

    @property
    def share_same(self) -> float:
        """The part on which they say the same."""
        return self.same / self.pairs


@dataclass(frozen=True, slots=True)
class GraderLine:
    """One grader against what the others together say of the same pairs, each weighed by how far he can be relied on.

    `difference` is the mean of his grade less theirs: below 0 he is harsher. `weight` and `is_doubtful` are for those
    who see all grades, None and False for the grader himself.
    """

    user_id: int
    name: str
    pairs: int
    same: int
    difference: float
    kappa: Kappa | None
    weight: float | None
    is_doubtful: bool

    @property
    def share_same(self) -> float:
        """The part on which he says what the others say."""
        return self.same / self.pairs


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """`overall` is None where too few pairs were graded twice; `pairs` is their number."""

    pairs: int
    overall: Kappa | None
    couples: tuple[Couple, ...]
    graders: tuple[GraderLine, ...]
    sees_all: bool


def agreement_page(session: Session, actor: Actor) -> AgreementPage:
    """Return how far graders agree, as far as the actor may know: a grader of himself, the bureau of everybody.

    Only what was said blind counts.

    Raises:
        Forbidden: he neither grades nor sees all grades.
    """
    pairs = graded_pairs(session, actor)
    sees_all = can_see_all_grades(actor)
    names = {row.grader_id: row.name for pair in pairs for row in pair.rows}
    said = [{row.grader_id: row.blind for row in pair.rows} for pair in pairs]
    shown = sorted(names) if sees_all else sorted(names.keys() & {actor.user_id})
    thought = graders(session)
    return AgreementPage(
        pairs=len(pairs),
        overall=_kappa([sorted(grades.values()) for grades in said], ordered=False),
        couples=tuple(_couples(said, names, None if sees_all else actor.user_id)),
        graders=tuple(_line(user_id, names[user_id], said, thought, sees_all=sees_all) for user_id in shown),
        sees_all=sees_all,
    )


def _couples(given: Sequence[Blind], names: Mapping[int, str], own: int | None) -> Iterable[Couple]:
    """Any two who share a pair, those first who share most; only the actor's own where he sees no others."""
    said: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for pair in given:
        for (one, first), (other, second) in combinations(sorted(pair.items()), 2):
            if own in (None, one, other):
                said[one, other].append((first, second))
    for (one, other), grades in sorted(said.items(), key=lambda row: (-len(row[1]), row[0])):
        same = sum(1 for first, second in grades if first == second)
        yield Couple(names[one], names[other], len(grades), same, _kappa(grades, ordered=True))


def _line(
    user_id: int, name: str, given: Sequence[Blind], thought: Mapping[int, Grader], *, sees_all: bool
) -> GraderLine:
    against = [(pair[user_id], _consensus(pair, user_id, thought)) for pair in given if user_id in pair]
    rounded = [(grade, round(others)) for grade, others in against]
    estimate = thought[user_id]
    return GraderLine(
        user_id=user_id,
        name=name,
        pairs=len(against),
        same=sum(1 for grade, others in rounded if grade == others),
        difference=sum(grade - others for grade, others in against) / len(against),
        kappa=_kappa(rounded, ordered=True),
        weight=estimate.reliability if sees_all else None,
        is_doubtful=sees_all and is_doubtful(estimate),
    )


def _consensus(pair: Blind, without: int, thought: Mapping[int, Grader]) -> float:
    """What the others say of a pair together. Somebody who weighs nothing still speaks where nobody else does."""
    others = {user: grade for user, grade in pair.items() if user != without}
    weights = {user: max(thought[user].reliability, NEWCOMER / 100) for user in others}
    return sum(weights[user] * grade for user, grade in others.items()) / sum(weights.values())


def _kappa(given: Sequence[Sequence[int]], *, ordered: bool) -> Kappa | None:
    return measure_kappa(given, ordered=ordered) if len(given) >= FEWEST_PAIRS else None
