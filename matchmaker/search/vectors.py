"""A flat FAISS index over unit vectors, keyed by id: exact, updated one listing at a time, saved and checked."""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
FORMAT = 1
MANIFEST = "manifest.json"
VECTORS = "vectors.faiss"
IDS = "ids.npy"
# Removed rows stay as holes until they are this share of all: a flat index moves every row behind a removed one.
COMPACT_SHARE = 0.2
COMPACT_LEAST = 256


class SnapshotError(Exception):
    """A snapshot is missing, damaged, or of another model: the caller builds the index again."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A found id and its inner product with the query."""

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself. `last_change` is the newest change of the log that it contains."""

    format: int
    model_id: str
    dimension: int
    count: int
    last_change: int
    sha256: dict[str, str]


class VectorIndex:
    """Inner product over float32 rows of one dimension. Not safe for writing from several threads."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._index = faiss.IndexFlatIP(dimension)
        self._ids = np.empty(0, dtype=np.int64)
        self._rows: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, found: int) -> bool:
        return found in self._rows

    def upsert(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Add rows of shape (len(ids), dimension), taking the place of what those ids had."""
        if not len(ids):
            return
        matrix = np.ascontiguousarray(vectors, dtype=np.float32).reshape(len(ids), self.dimension)
        distinct = {found: place for place, found in enumerate(ids)}
        self._forget(distinct)
        start = self._index.ntotal
        self._index.add(matrix[list(distinct.values())])
        self._ids = np.concatenate([self._ids, np.fromiter(distinct, dtype=np.int64)])
        self._rows.update({found: start + place for place, found in enumerate(distinct)})
        self._compact_if_worth_it()

    def remove(self, ids: Sequence[int]) -> None:
        """Forget ids; unknown ones are ignored."""
        self._forget(ids)
        self._compact_if_worth_it()

    def search(self, queries: Matrix, k: int) -> list[list[Hit]]:
        """Return for each row of `queries` up to `k` hits, best first."""
        matrix = np.ascontiguousarray(queries, dtype=np.float32).reshape(-1, self.dimension)
        if not self._rows or k < 1:
            return [[] for _ in matrix]
        reach = min(self._index.ntotal, k + self._holes)
        scores, rows = self._index.search(matrix, reach)
        return [self._hits(line, places, k) for line, places in zip(scores, rows, strict=True)]

    @property
    def nbytes(self) -> int:
        """Bytes of vectors held, holes included."""
        return int(self._index.ntotal) * self.dimension * 4

    @property
    def _holes(self) -> int:
        return int(self._index.ntotal) - len(self._rows)

    def _hits(self, scores: NDArray[np.float32], rows: NDArray[np.int64], k: int) -> list[Hit]:
        ids = self._ids[rows]
        found = [Hit(int(i), float(s)) for i, s, row in zip(ids, scores, rows, strict=True) if row >= 0 and i >= 0]
        return found[:k]

    def _forget(self, ids: Sequence[int] | dict[int, int]) -> None:
        for found in ids:
            row = self._rows.pop(found, None)
            if row is not None:
                self._ids[row] = -1

    def _compact_if_worth_it(self) -> None:
        if self._holes > max(COMPACT_LEAST, COMPACT_SHARE * self._index.ntotal):
            kept = np.flatnonzero(self._ids >= 0)
            matrix = self._matrix()[kept].copy()
            ids = self._ids[kept].copy()
            self._index, self._ids, self._rows = faiss.IndexFlatIP(self.dimension), np.empty(0, dtype=np.int64), {}
            self._index.add(matrix)
            self._ids = ids
            self._rows = {int(found): row for row, found in enumerate(ids)}

    def _matrix(self) -> Matrix:
        flat = faiss.rev_swig_ptr(self._index.get_xb(), self._index.ntotal * self.dimension)
        return np.asarray(flat, dtype=np.float32).reshape(self._index.ntotal, self.dimension)

    def save(self, folder: Path, model_id: str, last_change: int) -> None:
        """Write a snapshot beside `folder` and swap it in."""
        aside = folder.with_name(f"{folder.name}.{os.getpid()}.new")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        faiss.write_index(self._index, str(aside / VECTORS))
        np.save(aside / IDS, self._ids)
        sums = {name: _sha256(aside / name) for name in (VECTORS, IDS)}
        manifest = Manifest(FORMAT, model_id, self.dimension, len(self), last_change, sums)
        (aside / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))
        _swap(aside, folder)

    @classmethod
    def load(cls, folder: Path, model_id: str) -> tuple["VectorIndex", int]:
        """Return the index of a snapshot and its last change.

        Raises:
            SnapshotError: it is missing, damaged, or of another model.
        """
        manifest = read_manifest(folder)
        if manifest.model_id != model_id:
            raise SnapshotError(f"{folder}: made with {manifest.model_id}, not {model_id}")
        try:
            if any(_sha256(folder / name) != digest for name, digest in manifest.sha256.items()):
                raise SnapshotError(f"{folder}: damaged")
            index = cls(manifest.dimension)
            index._index = faiss.read_index(str(folder / VECTORS))
            index._ids = np.load(folder / IDS)
        except (OSError, RuntimeError, ValueError) as error:
            raise SnapshotError(f"{folder}: {error}") from error
        index._rows = {int(found): row for row, found in enumerate(index._ids) if found >= 0}
        if len(index) != manifest.count or index._index.ntotal != len(index._ids):
            raise SnapshotError(f"{folder}: {len(index)} vectors where {manifest.count} were saved")
        return index, manifest.last_change


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a snapshot.

    Raises:
        SnapshotError: there is none that can be read.
    """
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise SnapshotError(f"{folder}: {error}") from error
    if manifest.format != FORMAT:
        raise SnapshotError(f"{folder}: format {manifest.format}")
    return manifest


def _swap(fresh: Path, folder: Path) -> None:
    old = folder.with_name(f"{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
