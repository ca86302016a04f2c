"""The keyword leg: BM25 over ready-made tokens (tantivy), in partitions, written by one process and read by many.

A commit is atomic and carries the number of the last change that it contains, so that a writer killed at any moment
goes on exactly where the index stands. Against SQLite's FTS5 see `scripts/bench_keywords.py`.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tantivy

from matchmaker.search.segments import damaged_files
from matchmaker.search.text import vocabulary_version

FORMAT = 2
WRITER_MEMORY = 64_000_000
TITLE_BOOST = 2.0
# A query of more words than this gains nothing but time; callers pass their most telling words first.
MAX_QUERY_WORDS = 40
_MARK = "mark"


class KeywordIndexError(Exception):
    """The index is damaged, of another format, or made of words cut by other rules: the caller builds it again."""


class KeywordIndexBusy(KeywordIndexError):
    """Another process writes to the index now; nothing is wrong with it."""


@dataclass(frozen=True, slots=True)
class KeywordEntry:
    """One text of a listing in one scope: its partition (such as "need/open") and its tokens."""

    id: int
    scope: str
    partition: str
    title: Sequence[str]
    body: Sequence[str]


@dataclass(frozen=True, slots=True)
class KeywordHit:
    """A found listing and its BM25 score."""

    id: int
    score: float


class KeywordIndex:
    """Reads, and writes through `writer()`. Opening a folder that is empty makes an empty index.

    What was committed since, by whichever process, is seen after `reload()`.
    """

    def __init__(self, folder: Path) -> None:
        """Open `folder`.

        Raises:
            KeywordIndexError: it is damaged, or of another format.
        """
        self._folder = folder
        self._schema = _schema()
        with self._guard():
            folder.mkdir(parents=True, exist_ok=True)
            self._refuse_damage()
            self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
            self._index.config_reader("manual", 1)
        self.reload()

    def reload(self) -> None:
        """See the last commit, by whichever process."""
        with self._guard():
            self._index.reload()
            self._searcher = self._index.searcher()
            self._last_change = self._read_mark()

    @property
    def last_change(self) -> int:
        """The change up to which the reloaded index is complete; 0 for an empty one."""
        return self._last_change or 0

    def __len__(self) -> int:
        """Entries, one for each scope of a listing."""
        return int(self._searcher.num_docs) - (self._last_change is not None)

    def search(
        self,
        words: Sequence[str],
        partitions: Sequence[str],
        k: int,
        expansions: Sequence[Sequence[Sequence[str]]] = (),
    ) -> list[KeywordHit]:
        """Return up to `k` listings that hold any of `words`, best first; a listing in two scopes comes once.

        `expansions` widen the query: each is one term as several phrases, of which a listing must hold all words of
        one; it counts about as much as one word.
        """
        distinct = list(dict.fromkeys(words))[:MAX_QUERY_WORDS]
        if not (distinct or expansions) or not partitions or k < 1:
            return []
        best: dict[int, float] = {}
        with self._guard():
            searcher = self._searcher
            for score, address in searcher.search(self._query(distinct, partitions, expansions), k, count=False).hits:
                best.setdefault(int(searcher.doc(address)["id"][0]), float(score))
        return [KeywordHit(found, score) for found, score in best.items()]

    def writer(self) -> "KeywordWriter":
        """Return the writer; only one may be open at a time. One that was killed holds nothing back.

        Raises:
            KeywordIndexBusy: another process writes now.
            KeywordIndexError: the index is damaged.
        """
        with self._guard():
            return KeywordWriter(self, self._index.writer(WRITER_MEMORY, 1))

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn what tantivy says of damaged files into our error; deep inside it panics, past `Exception`."""
        try:
            yield
        except KeywordIndexError:
            raise
        except (ValueError, OSError, KeyError, TypeError) as error:
            if "LockBusy" in str(error):
                raise KeywordIndexBusy(f"{self._folder}: {error}") from error
            raise KeywordIndexError(f"{self._folder}: {error}") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise KeywordIndexError(f"{self._folder}: {error}") from error

    def _refuse_damage(self) -> None:
        damaged = damaged_files(self._folder)
        if damaged:
            raise KeywordIndexError(f"{self._folder}: {', '.join(damaged)} damaged")

    def _read_mark(self) -> int | None:
        found = self._searcher.search(tantivy.Query.term_query(self._schema, "partition", _MARK), 1)
        if not found.hits:
            return None
        mark = json.loads(self._searcher.doc(found.hits[0][1])["mark"][0])
        if mark["format"] != FORMAT:
            raise KeywordIndexError(f"{self._folder}: format {mark['format']}, not {FORMAT}")
        if mark["words"] != vocabulary_version():
            raise KeywordIndexError(f"{self._folder}: its words were cut by other rules")
        return int(mark["last_change"])

    def _query(
        self, words: Sequence[str], partitions: Sequence[str], expansions: Sequence[Sequence[Sequence[str]]]
    ) -> tantivy.Query:
        query, occur = tantivy.Query, tantivy.Occur
        terms = [(occur.Should, query.term_query(self._schema, "body", word)) for word in words]
        for word in words:
            title = query.term_query(self._schema, "title", word)
            terms.append((occur.Should, query.boost_query(title, TITLE_BOOST)))
        terms += [(occur.Should, self._expansion(phrases)) for phrases in expansions]
        places = [(occur.Should, query.term_query(self._schema, "partition", name)) for name in partitions]
        inside = query.const_score_query(query.boolean_query(places), 0.0)
        return query.boolean_query([(occur.Must, query.boolean_query(terms)), (occur.Must, inside)])

    def _expansion(self, phrases: Sequence[Sequence[str]]) -> tantivy.Query:
        query, occur = tantivy.Query, tantivy.Occur
        alternatives = []
        for phrase in phrases:
            together = [(occur.Must, query.term_query(self._schema, "body", word)) for word in phrase]
            alternatives.append(query.boost_query(query.boolean_query(together), 1 / len(phrase)))
        return query.disjunction_max_query(alternatives)


class KeywordWriter:
    """Adds, replaces and removes; nothing is seen before `commit`."""

    def __init__(self, index: KeywordIndex, writer: tantivy.IndexWriter) -> None:
        self._index = index
        self._writer = writer
        self._closed = False

    def replace(self, listing_id: int, entries: Iterable[KeywordEntry]) -> None:
        """Let `entries` be all that is indexed of a listing; none removes it."""
        with self._index._guard():
            self._writer.delete_documents_by_term("listing", str(listing_id))
            for entry in entries:
                self._writer.add_document(_document(entry))

    def clear(self) -> None:
        """Remove everything; what was there is found until the commit."""
        with self._index._guard():
            self._writer.delete_all_documents()

    def commit(self, last_change: int) -> None:
        """Make everything seen, and on record that the index is complete up to `last_change`."""
        mark = json.dumps({"format": FORMAT, "words": vocabulary_version(), "last_change": last_change})
        with self._index._guard():
            self._writer.delete_documents_by_term("partition", _MARK)
            self._writer.add_document(tantivy.Document(partition=_MARK, mark=mark))
            self._writer.commit()
        self._index.reload()

    def close(self) -> None:
        """Let another process write; what was not committed is dropped. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        with self._index._guard():
            self._writer.rollback()
            self._writer.wait_merging_threads()


def delete_keyword_index(folder: Path) -> None:
    """Remove a damaged index; it is made again from the database."""
    shutil.rmtree(folder, ignore_errors=True)


def _document(entry: KeywordEntry) -> tantivy.Document:
    document = tantivy.Document(
        listing=str(entry.id),
        partition=entry.partition,
        title=" ".join(entry.title),
        body=" ".join((*entry.title, *entry.body)),
    )
    document.add_integer("id", entry.id)
    return document


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, fast=True)
    builder.add_text_field("listing", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("partition", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("mark", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()
