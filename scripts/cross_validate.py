"""What tuning the embedding model gains on needs never seen: each need is ranked by members that learned from others.

    python scripts/cross_validate.py DIR [--splits train dev] [--folds 5] [--members 2] [--work FOLDER]

Families of needs (see training/judgements.py) are dealt into folds. For each fold the gentle members of a tuned model
learn from all other needs; then its needs are ranked by the shipped ranker and the members in the proportions of
training (see training/blend.py). Printed beside the shipped ranker and the best untrained ranking, the sum of the six
similarities, each in its own spread: judged nDCG@10, and the gains with 95 % intervals over needs. A call that was cut
short goes on from what lies in FOLDER. An accelerator is used where there is one; on two cores a member of a fold takes
some ten minutes.
"""

import argparse
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
from matching_parts import LEGS

from matchmaker.config import load_settings
from matchmaker.search.beir import Dataset, read_dataset
from matchmaker.search.encoder import Encoder, load_encoder
from matchmaker.search.evaluate import Texts, evaluate_texts, prepare_texts, with_tuned
from matchmaker.search.features import tuned_cosines
from matchmaker.search.metrics import Qrels, Results, ndcg
from matchmaker.search.ranker import Ranker, default_weights
from matchmaker.search.rankers import gauge_for, ranker_for
from matchmaker.search.statistics import load_statistics
from matchmaker.search.training.blend import beside_members, proportions
from matchmaker.search.training.bootstrap import gain_interval
from matchmaker.search.training.judgements import families
from matchmaker.search.training.networks import SEATS
from matchmaker.search.training.tuning import TuningPlan, examples_of, tune
from matchmaker.search.tuned import Member, TunedEncoder

Scores = dict[tuple[str, str], float]
GENTLE = [seat for seat in SEATS if seat.is_gentle]


def main() -> None:
    """Parse the arguments, learn fold by fold, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--splits", nargs="+", default=["train", "dev"])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--members", type=int, default=len(GENTLE), choices=range(1, len(GENTLE) + 1))
    parser.add_argument("--work", type=Path, default=Path("cross-validation"))
    options = parser.parse_args()
    dataset, texts, encoder, base = prepared(options.directory, options.splits)
    cosines: Scores = {}
    dealt = folds(dataset, options.folds)
    for place, held in enumerate(dealt):
        cosines |= fold_cosines(options.work / f"fold-{place + 1}", dataset, held, texts, base, options.members)
        print(f"fold {place + 1} of {options.folds}: {len(held)} needs", flush=True)
        report(dataset.qrels, texts, cosines, encoder, dealt[: place + 1])


def prepared(directory: Path, splits: list[str]) -> tuple[Dataset, Texts, Encoder, Path]:
    """Return the graded pairs of all splits, their texts, and the model that is tuned, loaded and as a directory."""
    settings = load_settings()
    base = settings.indexes / "model"
    encoder = load_encoder(settings.model, base, settings.runtime)
    dataset = joined([read_dataset(directory, split) for split in splits])
    return dataset, prepare_texts(dataset, "judged", encoder, ranker_for(encoder), say), encoder, base


def joined(parts: list[Dataset]) -> Dataset:
    """Put splits of one corpus together."""
    queries = {name: row for part in parts for name, row in part.queries.items()}
    qrels = {query: row for part in parts for query, row in part.qrels.items()}
    return Dataset(queries, parts[0].corpus, qrels)


def folds(dataset: Dataset, count: int) -> list[set[str]]:
    """Deal the families of needs into folds, the same ones in each call."""
    family = families({query: dataset.queries[query] for query in sorted(dataset.qrels)})
    names = sorted(set(family.values()))
    order = random.Random("folds").sample(names, len(names))
    at = {name: place % count for place, name in enumerate(order)}
    return [{query for query in dataset.qrels if at[family[query]] == fold} for fold in range(count)]


def fold_cosines(work: Path, dataset: Dataset, held: set[str], texts: Texts, base: Path, members: int) -> Scores:
    """Return the mean cosine of the held-out pairs in members that learned from all others."""
    kept = work / f"cosines-{members}.json"
    if not kept.is_file():
        learned = {query: row for query, row in dataset.qrels.items() if query not in held}
        made = []
        for seat in GENTLE[:members]:
            plan = replace(TuningPlan().gentle(), seed=seat.turn)
            examples = examples_of(learned, texts, base, seat.reads)
            model = tune(base, examples, plan, work / f"member-{seat.turn}.pt", say, f"member {seat.turn + 1}")
            made.append(Member(model, seat.reads))
        rows = {query: dataset.qrels[query] for query in held}
        wanted = {document for row in rows.values() for document in row}
        part = replace(
            texts,
            needs={query: texts.needs[query] for query in held},
            documents={name: texts.documents[name] for name in wanted},
        )
        part = with_tuned(part, TunedEncoder(base, made), say)
        found = []
        for query, row in rows.items():
            others = [part.documents[name] for name in row]
            numbers = tuned_cosines(part.needs[query], others)[:, 0].tolist()
            found += [(query, name, number) for name, number in zip(row, numbers, strict=True)]
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(found), encoding="utf-8")
    return {(query, name): number for query, name, number in json.loads(kept.read_text(encoding="utf-8"))}


def report(qrels: Qrels, texts: Texts, cosines: Scores, encoder: object, done: list[set[str]]) -> None:
    """Print the figures of the folds that are done."""
    judged = {query: qrels[query] for held in done for query in sorted(held)}
    ranker = ranker_for(encoder)  # type: ignore[arg-type]
    shipped = evaluate_texts(judged, texts, "cross-validation", "judged", ranker.model, ranker)
    pairs = list(shipped.predictions)
    names = next(iter(shipped.predictions.values())).names
    columns = [[shipped.predictions[pair].values[names.index(leg)] or 0.0 for pair in pairs] for leg in LEGS]
    six = np.sum([standard(np.array(column)) for column in columns], axis=0)
    beside = Ranker(beside_members(default_weights()), load_statistics(), gauge_for(encoder))  # type: ignore[arg-type]
    score = additive_scores(judged, texts, beside)
    additive, tuned = proportions()[0, 0], proportions()[0, 1:-1].sum()
    mixed = np.zeros(len(pairs))
    for held in done:
        # Members of two folds have other scales.
        own = np.array([query in held for query, _ in pairs])
        meaning = np.array([cosines[pair] for pair, mine in zip(pairs, own, strict=True) if mine])
        mixed[own] = additive * standard(score[own]) + tuned * standard(meaning)
    best = results(pairs, six)
    print(f"{len(judged)} needs, {len(pairs)} pairs; judged nDCG@10: sum of six {ndcg(judged, best):.4f}", flush=True)
    for name, found in (("shipped ranker", shipped.results), ("with tuned meaning", results(pairs, mixed))):
        gain = gain_interval(judged, best, found)
        print(f"  {name:<20} {ndcg(judged, found):.4f}  {gain.mean:+.4f} ({gain.low:+.4f} to {gain.high:+.4f})")


def additive_scores(qrels: Qrels, texts: Texts, ranker: Ranker) -> np.ndarray:
    """Return the scores of all pairs, in their order."""
    rows = [ranker.score(texts.needs[query], [texts.documents[name] for name in row]) for query, row in qrels.items()]
    return np.array([score.score for row in rows for score in row])


def standard(values: np.ndarray) -> np.ndarray:
    """Return values with mean 0 and spread 1."""
    return (values - values.mean()) / values.std()


def results(pairs: list[tuple[str, str]], scores: np.ndarray) -> Results:
    """Return scores as results by need."""
    found: dict[str, dict[str, float]] = {}
    for (query, document), score in zip(pairs, scores.tolist(), strict=True):
        found.setdefault(query, {})[document] = score
    return found


def say(what: str, done: int, total: int) -> None:
    """Tell of progress now and then."""
    if total and done % max(1, total // 4) == 0:
        print(f"  {what}: {done} of {total}", flush=True)


if __name__ == "__main__":
    main()
