"""How well texts in one language find their counterparts in another: each leg of recall alone, and the site's ranking.

A data set in the BEIR layout of which each query has one counterpart among all documents.
"""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchmaker.search.beir import Dataset
from matchmaker.search.encoder import Encoder
from matchmaker.search.evaluate import Progress, prepare_rows
from matchmaker.search.keywords import KeywordEntry, KeywordIndex
from matchmaker.search.languages import detect_language
from matchmaker.search.metrics import recall
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import Ranker
from matchmaker.search.recall import dense_leg, fused, keyword_leg, telling_words, union
from matchmaker.search.statistics import load_statistics
from matchmaker.search.terms import Phrase, shipped_list
from matchmaker.search.text import tokenize
from matchmaker.search.vectors import VectorIndex

LEGS = ("meaning", "keywords", "hybrid")
DEPTHS = (1, 10)
EACH_LEG = 120
PARTITION = "corpus"


@dataclass(frozen=True, slots=True)
class LanguageFigures:
    """Recall at each of DEPTHS for each of LEGS, from queries in `language` (the one that most of them are in)."""

    language: str | None
    queries: int
    documents: int
    model: str
    recall: Mapping[str, tuple[float, ...]]

    @property
    def best(self) -> float:
        """Recall at 1 of what the site does: recall from both legs, ordered by the ranker."""
        return self.recall["hybrid"][0]


def measure_language(dataset: Dataset, encoder: Encoder, ranker: Ranker, say: Progress) -> LanguageFigures:
    """Look for each query's counterpart among all documents."""
    names = list(dataset.corpus)
    needs = prepare_rows([dataset.queries[query] for query in dataset.qrels], encoder, ranker, "queries", say)
    prepared = list(prepare_rows([dataset.corpus[name] for name in names], encoder, ranker, "documents", say).values())
    results: dict[str, dict[str, dict[str, float]]] = {leg: {} for leg in LEGS}
    vectors = VectorIndex(encoder.dimension)
    vectors.upsert(range(len(names)), _fused(prepared))
    with tempfile.TemporaryDirectory() as folder:
        keywords = _keyword_index(Path(folder), prepared)
        for query, need in needs.items():
            dense = dense_leg([vectors], _fused([need])[0], EACH_LEG)
            worded = keyword_leg(keywords, _words(need), [PARTITION], EACH_LEG, _terms(need))
            found = union(dense, worded)
            scores = ranker.score(need, [prepared[place] for place in found])
            results["meaning"][query] = _by_place(names, dense)
            results["keywords"][query] = _by_place(names, worded)
            results["hybrid"][query] = {names[place]: score.score for place, score in zip(found, scores, strict=True)}
    languages = Counter(detect_language(f"{row.title}\n{row.text}") for row in dataset.queries.values())
    return LanguageFigures(
        language=languages.most_common(1)[0][0],
        queries=len(needs),
        documents=len(names),
        model=encoder.model_id,
        recall={leg: tuple(recall(dataset.qrels, results[leg], depth) for depth in DEPTHS) for leg in LEGS},
    )


def table(figures: Sequence[LanguageFigures]) -> list[str]:
    """Return the figures as the rows of a Markdown table."""
    heads = [f"{leg}, recall@{depth}" for leg in LEGS for depth in DEPTHS]
    rows = [["from", "queries", "documents", *heads]]
    for each in figures:
        values = [f"{value:.3f}" for leg in LEGS for value in each.recall[leg]]
        rows.append([each.language or "?", str(each.queries), str(each.documents), *values])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], "|---" * len(rows[0]) + "|", *lines[1:]]


def _by_place(names: Sequence[str], found: Sequence[int]) -> dict[str, float]:
    return {names[place]: -float(rank) for rank, place in enumerate(found)}


def _fused(prepared: Sequence[Prepared]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    titles = np.array([item.title_vector for item in prepared])
    return fused(titles, np.array([item.full_vector for item in prepared]))


def _words(need: Prepared) -> list[str]:
    return telling_words(need.document, load_statistics())


def _terms(need: Prepared) -> list[tuple[Phrase, ...]]:
    return shipped_list().expand(f"{need.document.title}\n{need.document.body}")


def _keyword_index(folder: Path, prepared: Sequence[Prepared]) -> KeywordIndex:
    index = KeywordIndex(folder)
    writer = index.writer()
    for place, item in enumerate(prepared):
        words = tokenize(item.document.title), tokenize(item.document.body)
        writer.replace(place, [KeywordEntry(place, "open", PARTITION, *words)])
    writer.commit(1)
    writer.close()
    index.reload()
    return index
