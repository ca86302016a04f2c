"""Which counts may be told together, so that no sum or difference of them speaks of fewer than three enterprises.

Declines are dealt into atoms, the finest groups that the report knows (one achievement, one reason). What is told are
counts of sets of atoms. A reader may add and subtract whatever is told: he learns something of one or two enterprises
exactly where some linear combination of the told sets is nothing but atoms that they alone have decided. So a set is
told only where at least three enterprises stand behind it, and where, for every two enterprises, no such combination
comes to be: leaving out the atoms of those two must not make the told sets depend on one another more than before.
That takes in complements (a total less its shown parts) and crossing tables alike.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

FEWEST = 3
"""Enterprises that must stand behind whatever is told."""

PRIME = 2_147_483_647
"""Sums are reckoned modulo this prime: exact, and within 64 bits."""

Row = NDArray[np.int64]


class Telling:
    """The sets of atoms told so far; `atoms` are the enterprises behind each atom."""

    def __init__(self, atoms: Sequence[frozenset[int]]) -> None:
        self._atoms = atoms
        few = sorted({each for atom in atoms if len(atom) < FEWEST for each in atom})
        # What one has decided alone is among what he and any second one have.
        groups = list(combinations(few, FEWEST - 1)) or [tuple(few)]
        spaces = {self._behind(set(group)) for group in groups}
        self._spaces = [_Space(len(atoms), inside) for inside in spaces if inside]

    def tell(self, told: frozenset[int]) -> bool:
        """Tell a set of atoms, by their places, if it may be told beside the former ones; return whether it was."""
        behind = frozenset().union(*(self._atoms[place] for place in told))
        if len(behind) < FEWEST:
            return False
        reduced = [space.reduced(told) for space in self._spaces]
        if any(space.gives_away(row) for space, row in zip(self._spaces, reduced, strict=True)):
            return False
        for space, row in zip(self._spaces, reduced, strict=True):
            space.add(row)
        return True

    def _behind(self, group: set[int]) -> frozenset[int]:
        return frozenset(place for place, atom in enumerate(self._atoms) if atom <= group)


class _Space:
    """What is told, as rows in echelon form, with the atoms of one pair of enterprises last."""

    def __init__(self, size: int, inside: frozenset[int]) -> None:
        order = [place for place in range(size) if place not in inside] + sorted(inside)
        self._column = {place: column for column, place in enumerate(order)}
        self._outside = size - len(inside)
        self._rows: dict[int, Row] = {}

    def reduced(self, told: frozenset[int]) -> Row:
        row = np.zeros(len(self._column), dtype=np.int64)
        row[[self._column[place] for place in told]] = 1
        for pivot, known in self._rows.items():
            if row[pivot]:
                row = (row - row[pivot] * known) % PRIME
        return row

    def gives_away(self, row: Row) -> bool:
        """Whether nothing is left of a reduced row but what the pair alone has decided."""
        return bool(not row[: self._outside].any() and row[self._outside :].any())

    def add(self, row: Row) -> None:
        if row.any():
            pivot = int(np.flatnonzero(row)[0])
            self._rows[pivot] = row * pow(int(row[pivot]), -1, PRIME) % PRIME
