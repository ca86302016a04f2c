"""A flat FAISS index over unit vectors, keyed by id: exact, and updated one listing at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from matchmaker.search.locks import SharedLock
from matchmaker.search.snapshots import Manifest, SnapshotError, read_manifest, read_snapshot, write_snapshot

__all__ = ["Hit", "Manifest", "SnapshotError", "VectorIndex", "read_manifest"]

Matrix = NDArray[np.float32]
VECTORS = "vectors.faiss"
IDS = "ids.npy"


@dataclass(frozen=True, slots=True)
class Hit:
    """A found id and its inner product with the query."""

    id: int
    score: float


class VectorIndex:
    """Inner product over float32 rows of one dimension; threads may search while one writes.

    Rows have no holes: a removed one is overwritten by the last, so neither a search nor a change slows down with use.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._index: Any = faiss.IndexFlatIP(dimension)
        self._ids: list[int] = []
        self._rows: dict[int, int] = {}
        self._lock = SharedLock()

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, wanted: int) -> bool:
        return wanted in self._rows

    @property
    def nbytes(self) -> int:
        """Bytes of vectors held."""
        return len(self) * self.dimension * 4

    def upsert(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Add rows of shape (len(ids), dimension), taking the place of what those ids had; of a repeated id, the last.

        Raises:
            ValueError: the vectors have another shape.
        """
        matrix = np.ascontiguousarray(vectors, dtype=np.float32).reshape(len(ids), self.dimension)
        places = {wanted: place for place, wanted in enumerate(ids)}
        with self._lock.writing():
            known = [wanted for wanted in places if wanted in self._rows]
            self._stored()[[self._rows[wanted] for wanted in known]] = matrix[[places.pop(wanted) for wanted in known]]
            self._append(list(places), matrix[list(places.values())])

    def remove(self, ids: Iterable[int]) -> None:
        """Forget ids; unknown ones are ignored."""
        with self._lock.writing():
            before = len(self)
            stored = self._stored()
            for row in (row for wanted in ids if (row := self._rows.pop(wanted, None)) is not None):
                last = self._ids.pop()
                if row < len(self._ids):
                    stored[row], self._ids[row], self._rows[last] = stored[len(self._ids)], last, row
            self._index.remove_ids(faiss.IDSelectorRange(len(self), before))

    def search(self, queries: Matrix, k: int) -> list[list[Hit]]:
        """Return for each row of `queries`, shape (n, dimension), up to `k` hits, best first."""
        matrix = np.ascontiguousarray(queries, dtype=np.float32).reshape(-1, self.dimension)
        # A single query is faster with one thread (13 ms against 76 ms at 100k x 512); the setting is the thread's own.
        faiss.omp_set_num_threads(1)
        with self._lock.reading():
            reach = min(k, len(self))
            if reach < 1:
                return [[] for _ in matrix]
            scores, rows = self._index.search(matrix, reach)
            # A vector that is not a number has no neighbours: FAISS fills its places with -1.
            return [
                [Hit(self._ids[row], score) for row, score in zip(places, line, strict=True) if row >= 0]
                for places, line in zip(rows.tolist(), scores.tolist(), strict=True)
            ]

    def save(self, folder: Path, model_id: str, last_change: int) -> None:
        """Write a snapshot aside and swap it in; readers have either the old one or the new one."""
        manifest = Manifest(model_id, self.dimension, len(self), last_change)

        def write(name: str, path: Path) -> None:
            if name == VECTORS:
                faiss.write_index(self._index, str(path))
            else:
                np.save(path, np.array(self._ids, dtype=np.int64))

        with self._lock.reading():
            write_snapshot(folder, manifest, (VECTORS, IDS), write)

    @classmethod
    def load(cls, folder: Path, model_id: str) -> tuple["VectorIndex", int]:
        """Return the index of a snapshot and its last change.

        Raises:
            SnapshotError: it is missing, damaged, or of another model; the caller builds the index again.
        """
        return read_snapshot(folder, model_id, cls._restore)

    @classmethod
    def _restore(cls, manifest: Manifest, paths: Mapping[str, Path]) -> tuple["VectorIndex", int]:
        restored = cls(manifest.dimension)
        restored._index = faiss.read_index(str(paths[VECTORS]))
        restored._ids = np.load(paths[IDS]).tolist()
        restored._rows = {wanted: row for row, wanted in enumerate(restored._ids)}
        sizes = {manifest.count, len(restored._rows), len(restored._ids), int(restored._index.ntotal)}
        if len(sizes) > 1 or restored._index.d != manifest.dimension:
            raise SnapshotError("its parts do not fit together")
        return restored, manifest.last_change

    def _append(self, ids: list[int], matrix: Matrix) -> None:
        if ids:
            self._index.add(matrix)
            self._rows.update({wanted: len(self._ids) + place for place, wanted in enumerate(ids)})
            self._ids.extend(ids)

    def _stored(self) -> Matrix:
        """The index's own rows, to be written to; only valid until rows are added."""
        if not self._ids:
            return np.empty((0, self.dimension), dtype=np.float32)
        flat: Matrix = faiss.rev_swig_ptr(self._index.get_xb(), len(self._ids) * self.dimension)
        return flat.reshape(-1, self.dimension)
