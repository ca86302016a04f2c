"""Compare the default model's runtimes on the same texts, in one process and in turns, as a Markdown table.

    python scripts/bench_encoder.py [--rounds 3] [DIR:SPLIT ...]

Columns: titles a second, texts of 500 tokens a second, one query (median, milliseconds), mean cosine to plain torch
over those titles and texts, and for each DIR:SPLIT in the BEIR layout the nDCG@10 over judged documents of two cosines'
sum: query title to document title, and query title and text to document title. Rates are the best of all rounds. The
model is prepared first where that has not been done.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from synthetic_listings import make_listings

from matchmaker.config import load_settings
from matchmaker.search.beir import Dataset, read_dataset
from matchmaker.search.conversion import prepare_default_model
from matchmaker.search.encoder import Encoder, load_encoder
from matchmaker.search.metrics import ndcg
from matchmaker.search.runtime import best_runtime
from matchmaker.search.text import join_han

RUNTIMES = {"torch": "torch, float32", "bfloat16": "torch, bfloat16", "onnx": "onnxruntime, float32"}
RUNTIMES["int8"] = "onnxruntime, int8"
TITLES, TEXTS, QUERIES = 256, 16, 50
TOKENS = 500
TOLERANCE = 0.005
CONSOLE = Console(stderr=True)

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts that every runtime encodes."""

    titles: list[str]
    texts: list[str]


@dataclass(slots=True)
class Measured:
    """Best figures of one runtime so far: texts a second, milliseconds a query; vectors of the sample; nDCG by data."""

    titles: float
    texts: float
    query: float
    vectors: Vectors
    ndcg: list[float]


def main() -> None:
    """Measure every runtime and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*", help="DIR:SPLIT, a folder in the BEIR layout and one of its splits")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    directory = prepare_default_model(load_settings().indexes / "model", None, CONSOLE.log)
    datasets = {name: _read(name) for name in chosen.data}
    sample = make_sample(directory)
    encoders = {runtime: load_encoder("default", directory, runtime) for runtime in RUNTIMES}
    found: dict[str, Measured] = {}
    for number in range(chosen.rounds):
        for runtime, encoder in encoders.items():
            CONSOLE.log(f"round {number + 1}: {runtime}")
            found[runtime] = measure(encoder, sample, found.get(runtime))
    for runtime, encoder in encoders.items():
        CONSOLE.log(f"judged nDCG@10: {runtime}")
        found[runtime].ndcg = [judge(encoder, dataset) for dataset in datasets.values()]
    print("\n".join(table(found, list(datasets))))


def make_sample(directory: Path) -> Sample:
    """Invent titles of some 16 characters and texts of exactly 500 tokens."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    listings = make_listings(TITLES + 4 * TEXTS)
    bodies = ["，".join(listings.body(row)) for row in range(TITLES, TITLES + 4 * TEXTS)]
    long = ["。".join(bodies[4 * row : 4 * row + 4]) for row in range(TEXTS)]
    spans = [tokenizer.encode(text, add_special_tokens=False).offsets for text in long]
    texts = [text[: span[TOKENS - 1][1]] for text, span in zip(long, spans, strict=True)]
    return Sample(["".join(listings.title(row)) for row in range(TITLES)], texts)


def measure(encoder: Encoder, sample: Sample, before: Measured | None) -> Measured:
    """Time one round; keep the better of it and what was measured `before`."""
    encoder.encode_queries(sample.titles[:8])
    titles, short = _timed(lambda: encoder.encode_documents(sample.titles))
    texts, long = _timed(lambda: encoder.encode_documents(sample.texts))
    waits = [_timed(partial(encoder.encode_queries, [title]))[1] for title in sample.titles[:QUERIES]]
    now = Measured(TITLES / short, TEXTS / long, 1000 * statistics.median(waits), np.vstack([titles, texts]), [])
    if before is not None:
        now.titles, now.texts = max(now.titles, before.titles), max(now.texts, before.texts)
        now.query = min(now.query, before.query)
    return now


def judge(encoder: Encoder, dataset: Dataset) -> float:
    """Rank each query's judged documents by cosine, in the role of a query on both sides as the site does it."""
    documents = {found for grades in dataset.qrels.values() for found in grades}
    rows = {name: dataset.queries[name] for name in dataset.qrels}
    short = _encode(encoder, {name: row.title for name, row in rows.items()})
    full = _encode(encoder, {name: f"{row.title}\n{row.text}" for name, row in rows.items()})
    found = _encode(encoder, {name: join_han(dataset.corpus[name].title) for name in documents})
    results = {
        query: {name: float((short[query] + full[query]) @ found[name]) for name in grades}
        for query, grades in dataset.qrels.items()
    }
    return ndcg(dataset.qrels, results)


def table(found: Mapping[str, Measured], names: Sequence[str]) -> list[str]:
    """Return the lines of the table and of the choice that it leads to."""
    head = ["runtime", "titles/s", f"{TOKENS}-token texts/s", "one query, ms", "cosine to torch"]
    head += [f"nDCG@10 {Path(name).name}" for name in names]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    plain = found["torch"]
    for runtime, row in found.items():
        cosine = float((row.vectors * plain.vectors).sum(axis=1).mean())
        cells = [RUNTIMES[runtime], f"{row.titles:.0f}", f"{row.texts:.1f}", f"{row.query:.1f}", f"{cosine:.4f}"]
        lines.append(f"| {' | '.join(cells + [f'{value:.4f}' for value in row.ndcg])} |")
    kept = [
        runtime
        for runtime, row in found.items()
        if all(mine >= theirs - TOLERANCE for mine, theirs in zip(row.ndcg, plain.ndcg, strict=True))
    ]
    fastest = max(kept, key=lambda runtime: found[runtime].texts)
    lines += [
        "",
        f"Fastest on long texts within {TOLERANCE} of plain torch: {fastest}; auto takes {best_runtime()} here.",
    ]
    return [*lines, f"{platform.platform()}, {platform.processor() or platform.machine()}"]


def _encode(encoder: Encoder, texts: Mapping[str, str]) -> dict[str, Vectors]:
    return dict(zip(texts, encoder.encode_queries(list(texts.values())), strict=True))


def _read(name: str) -> Dataset:
    folder, _, split = name.rpartition(":")
    return read_dataset(Path(folder), split)


def _timed(work: Callable[[], Vectors]) -> tuple[Vectors, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


if __name__ == "__main__":
    main()
