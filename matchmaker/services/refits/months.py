"""What lists were worth, month by month: the scores that were shown against what people said of the pairs later."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matchmaker.domain.days import CITY_ZONE
from matchmaker.search.metrics import Qrels, Results, ndcg
from matchmaker.services.showings.reading import ShownList

Scores = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """One month ("2026-03"): nDCG@10 of what was shown then, and of another run, over `needs` with a positive grade and
    `pairs` that were shown and graded later."""

    month: str
    needs: int
    pairs: int
    served: float
    present: float


def shown_scores(lists: Iterable[ShownList]) -> dict[str, Scores]:
    """Return the score of each pair as it was last shown in each month, {month: {need: {achievement: score}}}."""
    found: dict[str, Scores] = defaultdict(lambda: defaultdict(dict))
    for shown in lists:
        month = f"{shown.at.astimezone(CITY_ZONE):%Y-%m}"
        for pair in shown.pairs:
            found[month][str(pair.need_id)][str(pair.achievement_id)] = pair.score
    return {month: dict(scores) for month, scores in found.items()}


def month_figures(shown: dict[str, Scores], grades: Qrels, present: Results) -> tuple[MonthFigure, ...]:
    """Measure each month's lists, and `present` on the same pairs, the earliest first; a month of which nothing was
    graded is left out."""
    figures = []
    for month, scores in sorted(shown.items()):
        judged = {need: _both(grades[need], scores[need]) for need in sorted(grades.keys() & scores.keys())}
        # With one pair of a need there is no order.
        judged = {need: row for need, row in judged.items() if len(row) > 1 and any(row.values())}
        if judged:
            pairs = sum(map(len, judged.values()))
            # A pair that `present` lacks would count as ranked last.
            known = {need: {name: present.get(need, {}).get(name, 0.0) for name in row} for need, row in judged.items()}
            figures.append(MonthFigure(month, len(judged), pairs, ndcg(judged, scores), ndcg(judged, known)))
    return tuple(figures)


def _both(graded: Mapping[str, int], scores: Mapping[str, float]) -> dict[str, int]:
    return {name: grade for name, grade in graded.items() if name in scores}
