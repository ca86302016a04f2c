"""Measuring what a fit learned on needs that it never saw: families of needs dealt into folds, each held out once."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.search.evaluate import Texts, rank_judged
from matchmaker.search.metrics import Qrels
from matchmaker.search.ranker import PairScore, Ranker
from matchmaker.search.training.judgements import Grades

FOLDS = 5


@dataclass(slots=True)
class Held:
    """What was said of needs by fits that had not seen them: the run, and the scores of its pairs."""

    results: dict[str, dict[str, float]]
    predictions: dict[tuple[str, str], PairScore]


def deal(family: Mapping[str, str], count: int = FOLDS, seed: int = 0) -> tuple[frozenset[str], ...]:
    """Deal needs into folds of about equal size, whole families at a time; fewer where there are fewer families."""
    names = sorted(set(family.values()))
    random.Random(f"folds {seed}").shuffle(names)  # noqa: S311 - not for secrets
    count = min(count, len(names))
    place = {name: turn % count for turn, name in enumerate(names)}
    return tuple(frozenset(need for need in family if place[family[need]] == fold) for fold in range(count))


def hold_out_each(
    grades: Grades, measured: Qrels, texts: Texts, folds: Sequence[frozenset[str]], fit: Callable[[Grades], Ranker]
) -> Iterator[Held]:
    """Fit without each fold and rank its `measured` pairs; yields what is known so far, after every fold."""
    held = Held({}, {})
    for fold in folds:
        ranker = fit({need: row for need, row in grades.items() if need not in fold})
        results, predictions = rank_judged({n: row for n, row in measured.items() if n in fold}, texts, ranker)
        held.results |= results
        held.predictions |= predictions
        yield held
