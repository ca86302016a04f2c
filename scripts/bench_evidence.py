"""How well and how fast evidence is found: labelled sentences of invented needs, and the milliseconds of a pair.

    python scripts/bench_evidence.py [--model default|hashing] [--models DIR]

`evidence_cases.json` holds pairs of texts in four languages and, for each sentence of a need, which sentences of the
achievement answer it. Every need is also compared with every other pair's achievement, where nothing is to be shown.
"shipped" are the site's own weights, which were fitted on these cases; "held out" fits them anew on twelve thirteenths
of the pairs and judges the rest, each pair once: what holds for texts that were never seen.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from matchmaker.search.clauses import clauses
from matchmaker.search.encoder import load_encoder
from matchmaker.search.evidence import ANSWERS, CERTAIN, Answering, Sentences

CASES = Path(__file__).with_name("evidence_cases.json")
FOLDS = 13
# Unrelated sentences outnumber the labelled ones a hundredfold.
UNRELATED_WEIGHT = 0.05

Likelihoods = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A pair of texts cut into sentences; `right[i]`: the sentences that answer the need's i-th, None: unlabelled."""

    need: list[str]
    achievement: list[str]
    right: list[set[int] | None]


@dataclass(frozen=True)
class Figures:
    """What was shown: `right` of `shown`, of `labelled` with an answer; and how much between unrelated texts."""

    right: int
    shown: int
    labelled: int
    unrelated: float
    unrelated_texts: float

    def __str__(self) -> str:
        precision, recall = self.right / max(self.shown, 1), self.right / self.labelled
        return (
            f"precision {precision:.3f} ({self.right}/{self.shown})  recall {recall:.3f} ({self.right}/{self.labelled})"
            f"  unrelated: {self.unrelated:.2%} of sentences, {self.unrelated_texts:.1%} of pairs of texts"
        )


def main() -> None:
    """Print precision and recall, shipped and held out, and the costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="default")
    parser.add_argument("--models", type=Path, default=Path("indexes/model"))
    chosen = parser.parse_args()
    cases = read_cases()
    answering = Answering(load_encoder(chosen.model, chosen.models))
    sides = [(answering.prepare(case.need), answering.prepare(case.achievement)) for case in cases]
    labelled = sum(right is not None for case in cases for right in case.right)
    print(f"{answering.method}: {len(cases)} pairs of texts, {labelled} labelled sentences")
    likelihoods = {
        (i, j): answering.likelihoods(need, achievement)
        for i, (need, _) in enumerate(sides)
        for j, (_, achievement) in enumerate(sides)
    }
    print("shipped   ", judge(cases, lambda i, j: likelihoods[i, j]))
    print("held out  ", judge(cases, held_out(cases, answering, sides)))
    costs(cases, answering, sides)


def read_cases() -> list[Case]:
    """Read the labelled pairs."""
    return [_case(row) for row in json.loads(CASES.read_text(encoding="utf-8"))]


def judge(cases: list[Case], likelihoods: Callable[[int, int], Likelihoods]) -> Figures:
    """Show what the page would show, for each pair and for all unrelated texts."""
    right = shown = labelled = strange = strange_texts = sentences = 0
    for i, case in enumerate(cases):
        for j in range(len(cases)):
            found = dict(answers(likelihoods(i, j)))
            if i != j:
                strange, strange_texts = strange + len(found), strange_texts + bool(found)
                sentences += len(case.need)
                continue
            judged = [place for place, wanted in enumerate(case.right) if wanted is not None]
            labelled += sum(bool(case.right[place]) for place in judged)
            shown += sum(place in found for place in judged)
            right += sum(place in found and found[place] in (case.right[place] or ()) for place in judged)
    texts = len(cases) * (len(cases) - 1)
    return Figures(right, shown, labelled, strange / sentences, strange_texts / texts)


def answers(likelihoods: Likelihoods) -> Iterator[tuple[int, int]]:
    """Yield (sentence of the need, what answers it) as the page shows them."""
    if likelihoods.max() < CERTAIN:
        return
    for row, best in enumerate(likelihoods.argmax(axis=1)):
        if likelihoods[row, best] >= ANSWERS:
            yield row, int(best)


def held_out(
    cases: list[Case], answering: Answering, sides: list[tuple[Sentences, Sentences]]
) -> Callable[[int, int], Likelihoods]:
    """Return likelihoods by weights that were fitted without either text of the pair."""
    features = {
        (i, j): answering.features(need, achievement)
        for i, (need, _) in enumerate(sides)
        for j, (_, achievement) in enumerate(sides)
    }
    fitted = [_fit(cases, features, fold) for fold in range(FOLDS)]

    def likelihoods(i: int, j: int) -> Likelihoods:
        values = features[i, j]
        flat = values.reshape(-1, values.shape[-1])
        found: Likelihoods = fitted[i % FOLDS].predict_proba(flat)[:, 1].reshape(values.shape[:2])
        return found

    return likelihoods


def _fit(cases: list[Case], features: dict[tuple[int, int], Likelihoods], fold: int) -> LogisticRegression:
    rows, labels, weights = [], [], []
    for (i, j), values in features.items():
        if fold in (i % FOLDS, j % FOLDS):
            continue
        for row, right in enumerate(cases[i].right):
            rows.append(values[row])
            labels += [i == j and right is not None and column in right for column in range(values.shape[1])]
            weights += [1.0 if i == j else UNRELATED_WEIGHT] * values.shape[1]
    return LogisticRegression(C=3, max_iter=2000).fit(np.concatenate(rows), labels, sample_weight=weights)


def costs(cases: list[Case], answering: Answering, sides: list[tuple[Sentences, Sentences]]) -> None:
    """Time sides of 24 sentences, which is the most that a reader is shown."""
    texts = [text for case in cases for text in case.need + case.achievement][:24]
    begun = time.perf_counter()
    prepared = answering.prepare(texts)
    encoding = time.perf_counter() - begun
    begun = time.perf_counter()
    for _ in range(20):
        answering.likelihoods(prepared, prepared)
    comparing = (time.perf_counter() - begun) / 20
    begun = time.perf_counter()
    for need, achievement in sides:
        answering.likelihoods(need, achievement)
    short = (time.perf_counter() - begun) / len(sides)
    print(f"a side of 24 sentences is prepared in {encoding * 1000:.0f} ms, once for all its pairs")
    print(f"a pair is compared in {comparing * 1000:.1f} ms (24 x 24), {short * 1000:.1f} ms (these cases)")


def _case(row: dict[str, object]) -> Case:
    need, achievement = _sentences(str(row["need"])), _sentences(str(row["achievement"]))
    right: list[set[int] | None] = [None] * len(need)
    for asked, said in row["answers"]:  # type: ignore[attr-defined]
        place = next(place for place, text in enumerate(need) if asked in text)
        found = {column for column, text in enumerate(achievement) for part in said if part in text}
        right[place] = (right[place] or set()) | found
    return Case(need, achievement, right)


def _sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in clauses(text)]


if __name__ == "__main__":
    main()
