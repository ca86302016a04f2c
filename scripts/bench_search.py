"""Time a whole match query on invented listings, beside a bare FAISS flat search of the same vectors in the same run.

    python scripts/bench_search.py [--listings 10000 100000] [--dimension 384] [--queries 200]

A match query is what the site does for one listing once it has its vectors: recall from both legs, then the ranker on
every candidate. Texts are drawn from word frequencies, vectors are random with the same topics (see
synthetic_listings.py); no model is run and no database is read. Publishing is measured to the moment when a second
reader of the keyword index, and the vector index, find the listing.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import faiss
import numpy as np
from numpy.typing import NDArray
from synthetic_listings import Listings, make_listings, make_vectors

from matchmaker.search.document import Document
from matchmaker.search.keywords import KeywordEntry, KeywordIndex
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import default_ranker
from matchmaker.search.recall import EACH_LEG, dense_leg, fused, keyword_leg, telling_words, union
from matchmaker.search.statistics import load_statistics
from matchmaker.search.text import tokenize
from matchmaker.search.vectors import VectorIndex

PARTITION = "achievement/open"
PUBLISHED = 50
Rows = NDArray[np.float32]
Result = TypeVar("Result")


@dataclass(slots=True)
class Side:
    """Invented listings of one side with their vectors, rows (n, d)."""

    listings: Listings
    titles: Rows
    fulls: Rows

    @classmethod
    def make(cls, count: int, dimension: int, seed: int) -> "Side":
        listings = make_listings(count, seed)
        return cls(listings, *(make_vectors(listings.topics, dimension, seed * 2 + part) for part in (0, 1)))

    def document(self, row: int) -> Document:
        return Document(row, "".join(self.listings.title(row)), "".join(self.listings.body(row)))

    def prepared(self, row: int) -> Prepared:
        return default_ranker().prepare(self.document(row), self.titles[row], self.fulls[row])

    def fused(self, row: int) -> Rows:
        found: Rows = fused(self.titles[row : row + 1], self.fulls[row : row + 1])[0]
        return found


@dataclass(slots=True)
class Site:
    """Both indexes over one side, and a second reader of the keyword index."""

    vectors: VectorIndex
    keywords: KeywordIndex
    reader: KeywordIndex

    def candidates(self, vector: Rows, words: Sequence[str]) -> list[int]:
        return union(dense_leg([self.vectors], vector), keyword_leg(self.reader, words, [PARTITION]))


def main() -> None:
    """Measure every size and print one block for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listings", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--queries", type=int, default=200)
    chosen = parser.parse_args()
    load_statistics()
    tokenize("预热")
    for count in chosen.listings:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            _measure(count, chosen.dimension, chosen.queries, Path(folder))


def _measure(count: int, dimension: int, queries: int, folder: Path) -> None:
    supply, demand = Side.make(count, dimension, 1), Side.make(max(queries, PUBLISHED), dimension, 2)
    print(f"\n{count} listings, {dimension} dimensions, {queries} queries; p50 / p95 in ms")
    before = _resident()
    build, site = _timed(lambda: build_site(supply, folder / "keywords"))
    print(f"  build both indexes                     {build:8.1f} s")
    grown = f"the process grew by {_resident() - before:.0f} MB"
    print(f"  vectors in memory                      {site.vectors.nbytes / 1e6:8.1f} MB ({grown})")
    print(f"  keyword index on disk                  {_size(folder / 'keywords'):8.1f} MB")
    _measure_snapshot(site.vectors, folder / "snapshot")
    _measure_queries(site, supply, demand, queries)
    _measure_publishing(site, demand, count)


def _measure_snapshot(index: VectorIndex, folder: Path) -> None:
    saved, _ = _timed(lambda: index.save(folder, "bench", 1))
    loaded, _ = _timed(lambda: VectorIndex.load(folder, "bench"))
    print(f"  snapshot saved / loaded                {saved * 1e3:8.0f} / {loaded * 1e3:8.0f}")


def _measure_queries(site: Site, supply: Side, demand: Side, queries: int) -> None:
    needs = [demand.prepared(row) for row in range(queries)]
    words = [telling_words(need.document, load_statistics()) for need in needs]
    found = [site.candidates(demand.fused(row), words[row]) for row in range(queries)]
    each, ready = _timed(lambda: {row: supply.prepared(row) for row in {row for rows in found for row in rows}})
    flat = faiss.IndexFlatIP(supply.titles.shape[1])
    flat.add(fused(supply.titles, supply.fulls))
    faiss.omp_set_num_threads(1)

    def match(row: int) -> None:
        rows = site.candidates(demand.fused(row), words[row])
        default_ranker().score(needs[row], [ready[found] for found in rows])

    bare = [_timed(partial(flat.search, demand.fused(row).reshape(1, -1), EACH_LEG))[0] for row in range(queries)]
    whole = [_timed(partial(match, row))[0] for row in range(queries)]
    legs = [_timed(partial(site.candidates, demand.fused(row), words[row]))[0] for row in range(queries)]
    ratio = np.percentile(whole, 95) / np.percentile(bare, 95)
    print(f"  bare flat search                       {_percentiles(bare)}")
    size = np.mean([len(rows) for rows in found])
    print(f"  recall from both legs                  {_percentiles(legs)}   ({size:.0f} candidates)")
    print(f"  whole match query                      {_percentiles(whole)}   ({ratio:.2f} x bare at p95)")
    print(f"  preparing one listing, once            {each / max(1, len(ready)) * 1e3:8.2f}")


def _measure_publishing(site: Site, demand: Side, count: int) -> None:
    writer = site.keywords.writer()

    def publish(row: int) -> None:
        number, own = count + row, f"unheard{row}"
        title = [own, *demand.listings.title(row)]
        writer.replace(number, [KeywordEntry(number, "open", PARTITION, title, demand.listings.body(row))])
        writer.commit(number)
        site.vectors.upsert([number], demand.fused(row).reshape(1, -1))
        site.reader.reload()
        assert keyword_leg(site.reader, [own], [PARTITION]) == [number]
        assert dense_leg([site.vectors], demand.fused(row), 1) == [number]

    times = [_timed(partial(publish, row))[0] for row in range(PUBLISHED)]
    writer.close()
    print(f"  publish to findable                    {_percentiles(times)}")


def build_site(side: Side, folder: Path) -> Site:
    """Index one side in `folder`."""
    vectors = VectorIndex(side.titles.shape[1])
    vectors.upsert(range(len(side.titles)), fused(side.titles, side.fulls))
    keywords = KeywordIndex(folder)
    writer = keywords.writer()
    for row in range(len(side.titles)):
        title, body = side.listings.title(row), side.listings.body(row)
        writer.replace(row, [KeywordEntry(row, "open", PARTITION, title, body)])
    writer.commit(1)
    writer.close()
    return Site(vectors, keywords, KeywordIndex(folder))


def _timed(act: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = act()
    return time.perf_counter() - start, result


def _percentiles(seconds: Sequence[float]) -> str:
    return " / ".join(f"{value * 1e3:8.1f}" for value in np.percentile(seconds, (50, 95)))


def _resident() -> float:
    """Megabytes of memory that the process holds now (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    main()
