"""Measuring the site's own ranking on a graded data set in the BEIR layout."""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from matchmaker.search.beir import Dataset, TextRow
from matchmaker.search.document import Document
from matchmaker.search.encoder import Encoder
from matchmaker.search.keywords import KeywordEntry, KeywordIndex
from matchmaker.search.metrics import RECALL_DEPTHS, calibration_error, mrr, ndcg, recall, relevant_from
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import RELEVANT, Ranker
from matchmaker.search.recall import ROLE, dense_leg, fused, keyword_leg, telling_words, union
from matchmaker.search.statistics import load_statistics
from matchmaker.search.text import join_han, tokenize
from matchmaker.search.vectors import Matrix, VectorIndex

MODES = ("judged", "corpus")
PARTITION = "corpus"
ENCODE_BATCH = 64
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured. `calibration` is the expected calibration error of P(grade >= 2), NaN-free: None where grades
    do not exceed 1 or not only judged documents were ranked. `results` is the run, {query: {document: score}}."""

    split: str
    mode: str
    model: str
    ranker: str
    queries: int
    pairs: int
    ndcg_10: float
    recall: dict[int, float]
    mrr_10: float
    calibration: float | None
    results: dict[str, dict[str, float]] = field(repr=False)

    def to_json(self) -> str:
        """All figures as one JSON object, without the run."""
        figures = asdict(self)
        del figures["results"]
        return json.dumps(figures, ensure_ascii=False, indent=1)

    def lines(self) -> list[str]:
        """The figures for a terminal."""
        rows = [
            f"split {self.split}, mode {self.mode}: {self.queries} queries, {self.pairs} judged pairs",
            f"model {self.model}, ranker {self.ranker}",
            f"nDCG@10      {self.ndcg_10:.4f}",
            *(f"Recall@{depth:<5} {value:.4f}" for depth, value in self.recall.items()),
            f"MRR@10       {self.mrr_10:.4f}",
        ]
        if self.calibration is not None:
            rows.append(f"calibration error of P(grade >= {RELEVANT})  {self.calibration:.4f}")
        return rows


def evaluate(
    dataset: Dataset, split: str, mode: str, encoder: Encoder, ranker: Ranker, progress: Progress | None = None
) -> Report:
    """Rank as the site does: `judged` orders each query's judged documents, `corpus` recalls from all and orders."""
    say = progress or (lambda _what, _done, _total: None)
    needs = prepare_rows([dataset.queries[found] for found in dataset.qrels], encoder, ranker, "queries", say)
    wanted = {document for grades in dataset.qrels.values() for document in grades}
    rows = [row for row in dataset.corpus.values() if mode == "corpus" or row.id in wanted]
    documents = prepare_rows(rows, encoder, ranker, "documents", say)
    rank = _judged if mode == "judged" else _corpus
    results, probabilities = rank(dataset, needs, documents, ranker)
    return _report(dataset, split, mode, encoder, ranker, results, probabilities)


def prepare_rows(
    rows: Sequence[TextRow], encoder: Encoder, ranker: Ranker, what: str, say: Progress
) -> dict[str, Prepared]:
    """Encode and prepare texts, by id."""
    documents = [Document(place, join_han(row.title), join_han(row.text)) for place, row in enumerate(rows)]
    prepared: dict[str, Prepared] = {}
    encode = encoder.encode_queries if ROLE == "query" else encoder.encode_documents
    for start in range(0, len(rows), ENCODE_BATCH):
        batch = documents[start : start + ENCODE_BATCH]
        titles = encode([document.title for document in batch])
        fulls = encode(
            [f"{document.title}\n{document.body}" if document.body else document.title for document in batch]
        )
        for row, document, title, full in zip(rows[start:], batch, titles, fulls, strict=False):
            prepared[row.id] = ranker.prepare(document, title, full)
        say(what, min(start + ENCODE_BATCH, len(rows)), len(rows))
    return prepared


Ranked = tuple[dict[str, dict[str, float]], dict[tuple[str, str], float]]


def _judged(dataset: Dataset, needs: dict[str, Prepared], documents: dict[str, Prepared], ranker: Ranker) -> Ranked:
    results: dict[str, dict[str, float]] = {}
    probabilities: dict[tuple[str, str], float] = {}
    for query, grades in dataset.qrels.items():
        names = list(grades)
        scores = ranker.score(needs[query], [documents[name] for name in names])
        results[query] = {name: score.score for name, score in zip(names, scores, strict=True)}
        probabilities |= {(query, name): score.probability for name, score in zip(names, scores, strict=True)}
    return results, probabilities


def _corpus(dataset: Dataset, needs: dict[str, Prepared], documents: dict[str, Prepared], ranker: Ranker) -> Ranked:
    names = list(documents)
    statistics = load_statistics()
    index = VectorIndex(len(documents[names[0]].title_vector))
    prepared = [documents[name] for name in names]
    index.upsert(range(len(names)), fused(*_vectors(prepared)))
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        keywords = _keyword_index(Path(folder), prepared)
        for query, need in needs.items():
            dense = dense_leg([index], fused(*_vectors([need]))[0])
            worded = keyword_leg(keywords, telling_words(need.document, statistics), [PARTITION])
            found = union(dense, worded)
            scores = ranker.score(need, [prepared[place] for place in found])
            results[query] = {names[place]: score.score for place, score in zip(found, scores, strict=True)}
    return results, {}


def _vectors(prepared: Sequence[Prepared]) -> tuple[Matrix, Matrix]:
    return np.array([item.title_vector for item in prepared]), np.array([item.full_vector for item in prepared])


def _keyword_index(folder: Path, prepared: Sequence[Prepared]) -> KeywordIndex:
    index = KeywordIndex(folder)
    writer = index.writer()
    for place, item in enumerate(prepared):
        title, body = tokenize(item.document.title), tokenize(item.document.body)
        writer.replace(place, [KeywordEntry(place, "open", PARTITION, title, body)])
    writer.commit(1)
    writer.close()
    return index


def _report(
    dataset: Dataset,
    split: str,
    mode: str,
    encoder: Encoder,
    ranker: Ranker,
    results: dict[str, dict[str, float]],
    probabilities: dict[tuple[str, str], float],
) -> Report:
    calibration = None
    if probabilities and relevant_from(dataset.qrels) == RELEVANT:
        outcomes = [dataset.qrels[query][document] >= RELEVANT for query, document in probabilities]
        calibration = calibration_error(list(probabilities.values()), outcomes)
    return Report(
        split,
        mode,
        encoder.model_id,
        ranker.version,
        len(dataset.qrels),
        sum(len(grades) for grades in dataset.qrels.values()),
        ndcg(dataset.qrels, results),
        {depth: recall(dataset.qrels, results, depth) for depth in RECALL_DEPTHS},
        mrr(dataset.qrels, results),
        calibration,
        results,
    )
