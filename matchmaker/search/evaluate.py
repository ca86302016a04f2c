"""Measuring the site's own ranking on a graded data set in the BEIR layout."""

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

import numpy as np

from matchmaker.search.agreement import Agreement, measure_agreement
from matchmaker.search.beir import Dataset, TextRow
from matchmaker.search.document import Document
from matchmaker.search.encoder import Encoder
from matchmaker.search.keywords import KeywordEntry, KeywordIndex
from matchmaker.search.metrics import RECALL_DEPTHS, Qrels, calibration_error, mrr, ndcg, recall, relevant_from
from matchmaker.search.pair_reader import PairReader
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import RELEVANT, PairScore, Ranker
from matchmaker.search.recall import ROLE, dense_leg, fused, keyword_leg, telling_words, union
from matchmaker.search.statistics import load_statistics
from matchmaker.search.text import join_han, tokenize
from matchmaker.search.tuned import TunedEncoder
from matchmaker.search.vectors import Matrix, VectorIndex

MODES = ("judged", "corpus")
PARTITION = "corpus"
ENCODE_BATCH, READ_BATCH = 64, 256
Progress = Callable[[str, int, int], None]


Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Texts:
    """Needs and achievements of a data set, by id, ready to be compared, and what a pair reader said of pairs."""

    needs: Mapping[str, Prepared]
    documents: Mapping[str, Prepared]
    readings: Mapping[Pair, float] = field(default_factory=dict)

    def read(self, query: str, documents: Iterable[str]) -> list[float | None]:
        """Return the readings of a need's documents, None where there is none."""
        return [self.readings.get((query, document)) for document in documents]


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured. `calibration` is the expected calibration error of P(grade >= 2); it, `agreement` and
    `predictions`, {(query, document): score}, are None or empty where grades do not exceed 1 or not only judged
    documents were ranked. `results` is the run, {query: {document: score}}."""

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
    agreement: Agreement | None
    results: dict[str, dict[str, float]] = field(repr=False)
    predictions: dict[Pair, PairScore] = field(repr=False)

    def to_json(self) -> str:
        """All figures as one JSON object, without the run."""
        shown = {each.name: getattr(self, each.name) for each in fields(self) if each.repr}
        shown["agreement"] = asdict(self.agreement) if self.agreement else None
        return json.dumps(shown, ensure_ascii=False, indent=1)

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
        if self.agreement is not None:
            rows += [
                f"1 / (1 + MAE) of grades           {self.agreement.contest_score:.4f}",
                f"quadratic weighted kappa          {self.agreement.kappa:.4f}",
                f"Spearman within needs, mean       {self.agreement.spearman:.4f}",
            ]
        return rows


def evaluate(
    dataset: Dataset,
    split: str,
    mode: str,
    encoder: Encoder,
    ranker: Ranker,
    progress: Progress | None = None,
    tuned: TunedEncoder | None = None,
    reader: PairReader | None = None,
) -> Report:
    """Rank as the site does: `judged` orders each query's judged documents, `corpus` recalls from all and orders."""
    say = progress or (lambda _what, _done, _total: None)
    texts = prepare_texts(dataset, mode, encoder, ranker, say)
    texts = texts if tuned is None else with_tuned(texts, tuned, say)
    texts = texts if reader is None or mode != "judged" else with_readings(texts, dataset.qrels, reader, say)
    return evaluate_texts(dataset.qrels, texts, split, mode, encoder.model_id, ranker)


def prepare_texts(dataset: Dataset, mode: str, encoder: Encoder, ranker: Ranker, say: Progress) -> Texts:
    """Encode and prepare the judged needs, and the documents that are judged (`judged`) or all (`corpus`)."""
    wanted = {document for grades in dataset.qrels.values() for document in grades}
    rows = [row for row in dataset.corpus.values() if mode == "corpus" or row.id in wanted]
    return Texts(
        prepare_rows([dataset.queries[found] for found in dataset.qrels], encoder, ranker, "queries", say),
        prepare_rows(rows, encoder, ranker, "documents", say),
    )


def with_tuned(texts: Texts, tuned: TunedEncoder, say: Progress) -> Texts:
    """Return the texts with their vectors in a tuned model."""
    return replace(
        texts,
        needs=_tuned(texts.needs, tuned, "queries, tuned", say),
        documents=_tuned(texts.documents, tuned, "documents, tuned", say),
    )


def with_readings(texts: Texts, qrels: Qrels, reader: PairReader, say: Progress) -> Texts:
    """Return the texts with what a pair reader says of all judged pairs."""
    pairs = [(query, document) for query, row in qrels.items() for document in row]
    found: dict[Pair, float] = {}
    for start in range(0, len(pairs), READ_BATCH):
        batch = pairs[start : start + READ_BATCH]
        numbers = reader.read([(texts.needs[need].document, texts.documents[name].document) for need, name in batch])
        found |= dict(zip(batch, numbers.tolist(), strict=True))
        say("pairs, read", len(found), len(pairs))
    return replace(texts, readings={**texts.readings, **found})


def _tuned(rows: Mapping[str, Prepared], tuned: TunedEncoder, what: str, say: Progress) -> dict[str, Prepared]:
    names = list(rows)
    found: dict[str, Prepared] = {}
    for start in range(0, len(names), ENCODE_BATCH):
        batch = names[start : start + ENCODE_BATCH]
        vectors = tuned.encode([rows[name].document for name in batch])
        found |= {name: replace(rows[name], tuned_vector=vector) for name, vector in zip(batch, vectors, strict=True)}
        say(what, len(found), len(names))
    return found


def evaluate_texts(qrels: Qrels, texts: Texts, split: str, mode: str, model: str, ranker: Ranker) -> Report:
    """Rank prepared texts and measure against `qrels`, a part of those that the texts were prepared for."""
    rank = rank_judged if mode == "judged" else _corpus
    return report_of(qrels, *rank(qrels, texts, ranker), split, mode, model, ranker.version)


def report_of(
    qrels: Qrels,
    results: dict[str, dict[str, float]],
    predictions: dict[Pair, PairScore],
    split: str,
    mode: str,
    model: str,
    ranker: str,
) -> Report:
    """Measure a run and, where there are any, predictions against `qrels`."""
    calibration = agreement = None
    if predictions and relevant_from(qrels) == RELEVANT:
        outcomes = [qrels[query][document] >= RELEVANT for query, document in predictions]
        calibration = calibration_error([score.probability for score in predictions.values()], outcomes)
        agreement = measure_agreement(
            qrels,
            {pair: score.grade for pair, score in predictions.items()},
            {pair: score.expected_grade for pair, score in predictions.items()},
        )
    return Report(
        split,
        mode,
        model,
        ranker,
        len(qrels),
        sum(len(grades) for grades in qrels.values()),
        ndcg(qrels, results),
        {depth: recall(qrels, results, depth) for depth in RECALL_DEPTHS},
        mrr(qrels, results),
        calibration,
        agreement,
        results,
        predictions,
    )


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


Ranked = tuple[dict[str, dict[str, float]], dict[Pair, PairScore]]


def rank_judged(qrels: Qrels, texts: Texts, ranker: Ranker) -> Ranked:
    """Score each need's judged documents; return the run and the predictions."""
    results: dict[str, dict[str, float]] = {}
    predictions: dict[Pair, PairScore] = {}
    for query, grades in qrels.items():
        documents = [texts.documents[name] for name in grades]
        scores = ranker.score(texts.needs[query], documents, texts.read(query, grades))
        found = dict(zip(grades, scores, strict=True))
        results[query] = {name: score.score for name, score in found.items()}
        predictions |= {(query, name): score for name, score in found.items()}
    return results, predictions


def _corpus(qrels: Qrels, texts: Texts, ranker: Ranker) -> Ranked:
    names = list(texts.documents)
    statistics = load_statistics()
    prepared = [texts.documents[name] for name in names]
    index = VectorIndex(len(prepared[0].title_vector))
    index.upsert(range(len(names)), fused(*_vectors(prepared)))
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        keywords = _keyword_index(Path(folder), prepared)
        for query in qrels:
            need = texts.needs[query]
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
