"""The cost half of evaluate_matching.py: milliseconds per pair, and per refresh of a need among invented listings."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from bench_search import Side, build_site

from matchmaker.search.document import Document
from matchmaker.search.pair_reader import PairReader
from matchmaker.search.ranker import default_ranker
from matchmaker.search.recall import telling_words
from matchmaker.search.statistics import load_statistics
from matchmaker.search.trained import TrainedModel
from matchmaker.search.tuned import TunedEncoder

HEAD, NEEDS, DIMENSION = 30, 20, 384


def measure_costs(sizes: Sequence[int], base: Path, trained: TrainedModel) -> list[tuple[str, str]]:
    """Return (what, milliseconds) of the parts of a refresh; medians."""
    demand = Side.make(NEEDS, DIMENSION, 2)
    texts = [demand.document(row) for row in range(NEEDS)]
    found = [*_tuned(base, trained, texts), *_read(base, trained, texts)]
    for count in sizes:
        found += _refresh(count, demand)
    return found


def _tuned(base: Path, trained: TrainedModel, texts: Sequence[Document]) -> list[tuple[str, str]]:
    if trained.tuned is None:
        return []
    encoder = TunedEncoder.load(base, trained.tuned)
    return [("one text through the tuned model, once, ms", _milliseconds(lambda: encoder.encode(texts), len(texts)))]


def _read(base: Path, trained: TrainedModel, texts: Sequence[Document]) -> list[tuple[str, str]]:
    if trained.reader is None:
        return []
    reader = PairReader.load(base, trained.reader)
    pairs = [(texts[0], texts[place % len(texts)]) for place in range(HEAD)]
    one = _milliseconds(lambda: reader.read(pairs), HEAD)
    return [("one pair read by the pair reader, once, ms", one)]


def _refresh(count: int, demand: Side) -> list[tuple[str, str]]:
    supply, ranker, statistics = Side.make(count, DIMENSION, 1), default_ranker(), load_statistics()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        site = build_site(supply, Path(folder))
        needs = [demand.prepared(row) for row in range(NEEDS)]
        words = [telling_words(need.document, statistics) for need in needs]
        found = [site.candidates(demand.fused(row), words[row]) for row in range(NEEDS)]
        ready = {row: supply.prepared(row) for rows in found for row in rows}
        whole, scoring = [], []
        for row in range(NEEDS):
            start = time.perf_counter()
            rows = site.candidates(demand.fused(row), words[row])
            middle = time.perf_counter()
            ranker.score(needs[row], [ready[place] for place in rows])
            end = time.perf_counter()
            whole.append((end - start) * 1e3)
            scoring.append((end - middle) * 1e3 / max(1, len(rows)))
    return [
        (f"one pair scored, of {count} listings, ms", f"{median(scoring):.3f}"),
        (f"recall and scores of one need among {count} listings, ms", f"{median(whole):.1f}"),
    ]


def _milliseconds(act: Callable[[], object], count: int) -> str:
    act()
    times = []
    for _turn in range(3):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return f"{median(times) * 1e3 / count:.1f}"
