"""Measuring the model on the list of terms: does the term in another language lie nearest to its Chinese one?

It needs no data from outside, so any site can do it; short terms are harder to tell than texts.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.language_measures import MeasureMethod
from matchmaker.search.encoder import Encoder
from matchmaker.search.languages import LANGUAGES, SOURCE
from matchmaker.services.engine import Engine
from matchmaker.services.job_runner import JobContext, Steps
from matchmaker.services.languages import record_measure
from matchmaker.services.terms import all_terms

BATCH = 16
DEPTHS = (1, 10)

Matrix = NDArray[np.float32]


def measure_terms(engine: Engine, context: JobContext) -> Steps:
    """Encode the first wording of each term and write the figures of all languages at the end; a few minutes."""
    encoder = engine.encoder
    with context.database.read() as session:
        terms = [row.term for row in all_terms(session)]
    chinese = [term.zh[0] for term in terms]
    pairs = {
        language: [(place, term.wordings(language)[0]) for place, term in enumerate(terms) if term.wordings(language)]
        for language in LANGUAGES
        if language != SOURCE
    }
    expected = len(chinese) + sum(map(len, pairs.values()))
    rows: list[Matrix] = []
    done = 0
    texts = chinese + [wording for found in pairs.values() for _, wording in found]
    for batch in _encoded(encoder, texts):
        rows.append(batch)
        done += len(batch)
        with context.database.transaction() as session:
            context.advance(session, done, expected)
        yield
    vectors = np.concatenate(rows) if rows else np.empty((0, encoder.dimension), np.float32)
    documents, start = vectors[: len(chinese)], len(chinese)
    with context.database.transaction() as session:
        for language, found in pairs.items():
            queries = vectors[start : start + len(found)]
            start += len(found)
            if found:
                recall = _recall(queries, documents, [place for place, _ in found])
                sizes = (len(found), len(chinese))
                record_measure(session, language, MeasureMethod.TERMS, encoder.model_id, sizes, recall)
        context.advance(session, expected, expected, {"languages": [name for name, found in pairs.items() if found]})


def _encoded(encoder: Encoder, texts: Sequence[str]) -> Iterator[Matrix]:
    for start in range(0, len(texts), BATCH):
        yield encoder.encode_queries(texts[start : start + BATCH])


def _recall(queries: Matrix, documents: Matrix, wanted: Sequence[int]) -> tuple[float, float]:
    """Return the share of queries of which at most 0, or 9, documents lie nearer than the wanted one."""
    cosines = queries @ documents.T
    own = cosines[np.arange(len(wanted)), list(wanted)]
    nearer = (cosines > own[:, None]).sum(axis=1)
    first, tenth = (float((nearer < depth).mean()) for depth in DEPTHS)
    return first, tenth
