"""Reading the BEIR layout (corpus.jsonl, queries.jsonl, qrels/NAME.tsv) and writing TREC run files."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from matchmaker.search.metrics import Results, ranked

HEADER = ["query-id", "corpus-id", "score"]


class DatasetError(Exception):
    """A data set cannot be read; the text names file, line and fault."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """One query or document: id, title, text (either may be empty, not both)."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """Queries and documents by id, and graded judgements {query id: {document id: grade}} of one split."""

    queries: dict[str, TextRow]
    corpus: dict[str, TextRow]
    qrels: dict[str, dict[str, int]]


def read_dataset(folder: Path, split: str) -> Dataset:
    """Read one split of a folder in the BEIR layout.

    Raises:
        DatasetError: a file is missing or malformed, or a judgement names an unknown id.
    """
    queries = _read_texts(folder / "queries.jsonl")
    corpus = _read_texts(folder / "corpus.jsonl")
    path = folder / "qrels" / f"{split}.tsv"
    qrels: dict[str, dict[str, int]] = defaultdict(dict)
    for number, (query, document, grade) in _judgements(path):
        if query not in queries or document not in corpus:
            missing = query if query not in queries else document
            raise DatasetError(f"{path}, line {number}: unknown id {missing!r}")
        qrels[query][document] = grade
    if not qrels:
        raise DatasetError(f"{path}: no judgements")
    return Dataset(queries, corpus, dict(qrels))


def write_run(path: Path, results: Results, tag: str) -> None:
    """Write a TREC run: query, Q0, document, rank (from 1), score, tag."""
    with path.open("w", encoding="utf-8") as file:
        for query in sorted(results):
            for place, document in enumerate(ranked(results[query]), start=1):
                file.write(f"{query} Q0 {document} {place} {results[query][document]:.6f} {tag}\n")


def write_grades(path: Path, grades: Mapping[tuple[str, str], tuple[int, float]]) -> None:
    """Write predicted grades, a line a pair without a header: query, document, grade (0 to 3), expected grade."""
    with path.open("w", encoding="utf-8") as file:
        for (query, document), (grade, expected) in grades.items():
            file.write(f"{query}\t{document}\t{grade}\t{expected:.6f}\n")


def _read_texts(path: Path) -> dict[str, TextRow]:
    rows: dict[str, TextRow] = {}
    for number, line in _lines(path):
        try:
            row = json.loads(line)
            found = TextRow(str(row["_id"]), str(row.get("title") or ""), str(row.get("text") or ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DatasetError(f"{path}, line {number}: a JSON object with _id, title and text is needed") from error
        rows[found.id] = found
    if not rows:
        raise DatasetError(f"{path}: empty")
    return rows


def _judgements(path: Path) -> Iterator[tuple[int, tuple[str, str, int]]]:
    for number, line in _lines(path):
        parts = line.rstrip("\r\n").split("\t")
        if number == 1 and parts == HEADER:
            continue
        try:
            query, document, grade = parts
            yield number, (query, document, int(grade))
        except ValueError as error:
            raise DatasetError(f"{path}, line {number}: query-id, corpus-id and a whole score are needed") from error


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except FileNotFoundError as error:
        raise DatasetError(f"{path}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: {error}") from error
