"""Compare keyword engines on invented listings: tantivy, as the site uses it, and SQLite's FTS5 in a file of its own.

Prints for both, in one run: time to build, size, query times for short queries (4 words) and long ones (a need of 300
characters, cut to the words that the site sends), and the time from publishing to being found by another reader.

    python scripts/bench_keywords.py [--listings 100000]
"""

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from synthetic_listings import Listings, make_listings

from matchmaker.search.keywords import MAX_QUERY_WORDS, TITLE_BOOST, KeywordEntry, KeywordIndex

QUERIES = 200
PUBLISHED = 50
DEPTH = 200
PARTITION = "achievement/open"


class Engine(Protocol):
    """What both engines do; `find` opens nothing, it asks the reader that was opened beside the writer."""

    def build(self, listings: Listings) -> None:
        """Write all listings and commit."""

    def find(self, words: Sequence[str]) -> list[int]:
        """Return ids, best first."""

    def publish(self, number: int, title: Sequence[str], body: Sequence[str]) -> None:
        """Write one listing and commit."""

    def close(self) -> None:
        """Let go of the files."""


class Tantivy:
    """The site's own index; a second object on the same folder reads, as another process would."""

    def __init__(self, folder: Path) -> None:
        self._writing = KeywordIndex(folder)
        self._writer = self._writing.writer()
        self._reading = KeywordIndex(folder)

    def build(self, listings: Listings) -> None:
        for row in range(len(listings.topics)):
            self._add(row, listings.title(row), listings.body(row))
        self._writer.commit(1)

    def find(self, words: Sequence[str]) -> list[int]:
        self._reading.reload()
        return [hit.id for hit in self._reading.search(words, [PARTITION], DEPTH)]

    def publish(self, number: int, title: Sequence[str], body: Sequence[str]) -> None:
        self._add(number, title, body)
        self._writer.commit(number)

    def close(self) -> None:
        self._writer.close()

    def _add(self, number: int, title: Sequence[str], body: Sequence[str]) -> None:
        self._writer.replace(number, [KeywordEntry(number, "open", PARTITION, title, body)])


class FullText5:
    """FTS5 over the same tokens joined by spaces, one table for a partition, WAL, weights as tantivy's."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._writing = sqlite3.connect(folder / "keywords.db")
        self._writing.execute("PRAGMA journal_mode=WAL")
        self._writing.execute("CREATE VIRTUAL TABLE entry USING fts5(title, body, detail=column)")
        self._reading = sqlite3.connect(folder / "keywords.db")

    def build(self, listings: Listings) -> None:
        with self._writing:
            for row in range(len(listings.topics)):
                self._add(row, listings.title(row), listings.body(row))
            self._writing.execute("INSERT INTO entry(entry) VALUES ('optimize')")

    def find(self, words: Sequence[str]) -> list[int]:
        any_of = " OR ".join(f'"{word}"' for word in dict.fromkeys(words[:MAX_QUERY_WORDS]))
        query = "SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY bm25(entry, ?, 1) LIMIT ?"
        return [row[0] for row in self._reading.execute(query, (any_of, 1 + TITLE_BOOST, DEPTH))]

    def publish(self, number: int, title: Sequence[str], body: Sequence[str]) -> None:
        with self._writing:
            self._add(number, title, body)

    def close(self) -> None:
        self._reading.close()
        self._writing.close()

    def _add(self, number: int, title: Sequence[str], body: Sequence[str]) -> None:
        values = (number, " ".join(title), " ".join(body))
        self._writing.execute("INSERT INTO entry(rowid, title, body) VALUES (?, ?, ?)", values)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listings", type=int, default=100_000)
    count = parser.parse_args().listings
    listings, asked = make_listings(count), make_listings(max(QUERIES, PUBLISHED), seed=7)
    print(f"{count} listings of {listings.titles.shape[1]} + {listings.bodies.shape[1]} words; times in ms")
    print(f"{'':10} build s  size MB   short p50 / p95     long p50 / p95   publish to findable p50 / p95")
    engines: tuple[tuple[str, Callable[[Path], Engine]], ...] = (("tantivy", Tantivy), ("FTS5", FullText5))
    for name, engine in engines:
        with tempfile.TemporaryDirectory() as folder:
            opened = engine(Path(folder) / "index")
            print(f"{name:10}", _measure(opened, Path(folder), listings, asked), flush=True)
            opened.close()


def _measure(engine: Engine, folder: Path, listings: Listings, asked: Listings) -> str:
    build = _seconds(lambda: engine.build(listings))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    short = [_seconds(partial(engine.find, asked.title(row)[:4])) for row in range(QUERIES)]
    full = [_seconds(partial(engine.find, asked.title(row) + asked.body(row))) for row in range(QUERIES)]
    fresh = [_publish(engine, len(listings.topics) + row, asked, row) for row in range(PUBLISHED)]
    return f"{build:7.1f} {size:8.0f}   {_percentiles(short)}   {_percentiles(full)}   {_percentiles(fresh)}"


def _publish(engine: Engine, number: int, asked: Listings, row: int) -> float:
    own = f"unheard{number}"

    def publish_and_find() -> None:
        engine.publish(number, [own, *asked.title(row)], asked.body(row))
        assert engine.find([own]) == [number]

    return _seconds(publish_and_find)


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _percentiles(seconds: Sequence[float]) -> str:
    return " / ".join(f"{value * 1000:8.1f}" for value in np.percentile(seconds, (50, 95)))


if __name__ == "__main__":
    main()
