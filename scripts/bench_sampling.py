"""What the grades of drawn pairs teach, by the way they are drawn: `bench_sampling.py DIR SPLIT [SEEDS]`.

Of a graded data set in the BEIR layout (see `evaluate`) a share of the needs is held out. Of the other pairs some are
drawn, as if only those had been graded, the shipped weights are fitted to them, and the held-out needs are ranked.
"""

import random
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path

from matchmaker.cli.training import configured_encoder
from matchmaker.config import load_settings
from matchmaker.domain.judgements import DrawnFor
from matchmaker.search.beir import read_dataset
from matchmaker.search.evaluate import Texts, evaluate_texts, prepare_texts, rank_judged
from matchmaker.search.metrics import Qrels
from matchmaker.search.ranker import PairScore, Ranker, default_weights
from matchmaker.search.rankers import gauge_for, ranker_for
from matchmaker.search.statistics import load_statistics
from matchmaker.search.training.additive import fit_additive
from matchmaker.search.training.judgements import hold_out
from matchmaker.services.grading.candidates import Candidate, Pool, Side
from matchmaker.services.grading.choosing import choose_pairs
from matchmaker.services.reasons import MEANING, WORDING, added_by

HELD_OUT = 0.3
DRAWN = (40, 80, 160)
LOW = 0.5
"""The part of the pairs, least likely first, that stands for what the lists hide."""

Pair = tuple[str, str]
Scores = Mapping[Pair, PairScore]


def strategies(scores: Scores) -> dict[str, Pool | None]:
    """Return the pools to draw from, by name; None draws by chance."""
    order = sorted(scores, key=lambda pair: scores[pair].probability)
    hidden, likely = order[: int(len(order) * LOW)], order[int(len(order) * LOW) :]
    uncertain = {pair: -abs(scores[pair].probability - 0.5) for pair in order}
    apart = _apart(scores, likely)
    parts = {
        DrawnFor.UNCERTAIN: _candidates(uncertain),
        DrawnFor.DISAGREEING: _candidates(apart),
        DrawnFor.THIN: _candidates(dict.fromkeys(order, 0.0)),
        DrawnFor.HIDDEN: _candidates(dict.fromkeys(hidden, 0.0)),
    }
    return {
        "by chance": None,
        "uncertain only": Pool({DrawnFor.UNCERTAIN: parts[DrawnFor.UNCERTAIN]}),
        "disagreeing only": Pool({DrawnFor.DISAGREEING: parts[DrawnFor.DISAGREEING]}),
        "the shares": Pool(parts),
    }


def draw(pool: Pool | None, qrels: Qrels, count: int, seed: int) -> dict[str, dict[str, int]]:
    """Return the grades of drawn pairs, as if nothing else had been graded."""
    pairs = [(need, document) for need, row in qrels.items() for document in row]
    if pool is None:
        chosen = random.Random(seed).sample(pairs, count)
    else:
        numbers = {_number(name): name for pair in pairs for name in pair}
        chosen = [(numbers[row.need_id], numbers[row.achievement_id]) for row in choose_pairs(pool, count, seed)]
    drawn: dict[str, dict[str, int]] = {}
    for need, document in chosen:
        drawn.setdefault(need, {})[document] = qrels[need][document]
    return drawn


def main(folder: Path, split: str, seeds: int) -> None:
    """Print nDCG@10 and 1 / (1 + MAE) on held-out needs, by strategy and number of drawn pairs."""
    encoder = configured_encoder(load_settings())
    dataset = read_dataset(folder, split)
    shipped, gauge = ranker_for(encoder), gauge_for(encoder)
    texts = prepare_texts(dataset, "judged", encoder, shipped, lambda _what, _done, _total: None)
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for seed in range(seeds):
        parts = hold_out(dataset, HELD_OUT, seed)
        pooled: Qrels = {need: {**parts.learned.get(need, {}), **parts.seen.get(need, {})} for need in parts.learned}
        found.setdefault(("shipped", 0), []).append(_measure(parts.unseen, texts, shipped))
        _, scores = rank_judged(pooled, texts, shipped)
        for name, pool in strategies(scores).items():
            for count in DRAWN:
                content = fit_additive(default_weights(), draw(pool, pooled, count, seed), texts, gauge, "bench")
                ranker = Ranker(content, load_statistics(), gauge)
                found.setdefault((name, count), []).append(_measure(parts.unseen, texts, ranker))
    for (name, count), rows in found.items():
        ndcg, contest = (statistics.mean(column) for column in zip(*rows, strict=True))
        print(f"{name:<18}{count:>5} pairs   nDCG@10 {ndcg:.4f}   1/(1+MAE) {contest:.4f}")


def _measure(qrels: Qrels, texts: Texts, ranker: Ranker) -> tuple[float, float]:
    report = evaluate_texts(qrels, texts, "held out", "judged", "", ranker)
    return report.ndcg_10, report.agreement.contest_score if report.agreement else 0.0


def _apart(scores: Scores, pairs: list[Pair]) -> dict[Pair, float]:
    told = {pair: [[term.name, term.value, term.contribution] for term in scores[pair].terms] for pair in pairs}
    places: list[dict[Pair, float]] = []
    for family in (MEANING, WORDING):
        ordered = sorted(pairs, key=lambda pair, family=family: added_by(told[pair], family))  # type: ignore[misc]
        places.append({pair: place / max(1, len(pairs) - 1) for place, pair in enumerate(ordered)})
    return {pair: abs(places[0][pair] - places[1][pair]) for pair in pairs}


def _candidates(worth: Mapping[Pair, float]) -> list[Candidate]:
    return [
        Candidate(_side(need, "need"), _side(other, "achievement"), value) for (need, other), value in worth.items()
    ]


def _side(name: str, kind: str) -> Side:
    return Side(_number(name), kind, 0, None, "", "zh")


_NUMBERS: dict[str, int] = {}


def _number(name: str) -> int:
    return _NUMBERS.setdefault(name, len(_NUMBERS) + 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 5)
