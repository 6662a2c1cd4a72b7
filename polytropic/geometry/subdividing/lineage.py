"""Exact generators, rebuilt from the edges they were made on when something has to be exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import IntArray, ObjectArray
from polytropic.geometry.subdividing.stages import ExactValues

__all__ = ["ExactForms", "Lineage"]

ExactForms = Callable[[int, ObjectArray, IntArray], ExactValues]
"""Values of some functions of a stage at homogeneous integer generators."""


class Lineage:
    """Where generators come from: roots known exactly, the others each on an edge.

    Lineages are values: `extended` makes a longer one, and what it finds out about generators of
    the shorter one is kept there.

    Parameters
    ----------
    roots : object array, shape (n, ambient)
        Homogeneous integer rows of the first generators.
    parents : int array, shape (k, 2)
        Ends of the edges on which the other generators lie, ends before what lies between.
    stages, columns : int arrays, shape (k,)
        The function that vanishes at each: its stage, and its column there.
    """

    def __init__(
        self, roots: ObjectArray, parents: IntArray, stages: IntArray, columns: IntArray
    ) -> None:
        self.roots = roots
        self.parents, self.stages, self.columns = parents, stages, columns
        self._shorter: Lineage | None = None
        self._known: dict[int, tuple[int, ...]] = {
            name: tuple(row) for name, row in enumerate(roots.tolist())
        }

    @staticmethod
    def of_roots(roots: ObjectArray) -> Lineage:
        """Only roots."""
        nothing: IntArray = np.zeros(0, dtype=np.int64)
        return Lineage(roots, np.zeros((0, 2), dtype=np.int64), nothing, nothing)

    def __len__(self) -> int:
        return len(self.roots) + len(self.parents)

    def __reduce__(self) -> tuple[object, ...]:
        # What can be found again is not stored.
        return Lineage, (self.roots, self.parents, self.stages, self.columns)

    def extended(self, parents: IntArray, stage: int, columns: IntArray) -> Lineage:
        """A lineage with more generators, made in one stage."""
        longer = Lineage.__new__(Lineage)
        longer.roots = self.roots
        longer.parents = np.concatenate([self.parents, parents])
        longer.stages = np.concatenate([self.stages, np.full(len(parents), stage)])
        longer.columns = np.concatenate([self.columns, columns])
        longer._shorter, longer._known = self, {}
        return longer

    def restricted(self, names: IntArray) -> tuple[Lineage, IntArray]:
        """Only some generators and those they come from; also their new names."""
        n = len(self.roots)
        needed = np.zeros(len(self), dtype=bool)
        needed[names] = True
        needed[:n] = True
        before = -1
        while before != (made := np.flatnonzero(needed[n:])).size:
            before = made.size
            needed[self.parents[made].ravel()] = True
        new = np.cumsum(needed) - 1
        lineage = Lineage(
            self.roots, new[self.parents[made]], self.stages[made], self.columns[made]
        )
        return lineage, new[names]

    # -- exactly -------------------------------------------------------------------------------
    def _row(self, name: int) -> tuple[int, ...] | None:
        here: Lineage | None = self
        while here is not None:
            if name in here._known:
                return here._known[name]
            here = here._shorter
        return None

    def _store(self, name: int, row: tuple[int, ...]) -> None:
        here = self
        while here._shorter is not None and name < len(here._shorter):
            here = here._shorter
        here._known[name] = row

    def exact_rows(self, names: Sequence[int], forms: ExactForms) -> ObjectArray:
        """Homogeneous primitive integer rows of some generators.

        A generator made on the edge (u, v) by a function h is ``|h(v)| u + |h(u)| v``, because h
        is linear on the edge.  They come in waves, those whose parents are known together.
        """
        missing = self._unknown_ancestors(names)
        n = len(self.roots)
        while missing:
            groups: dict[int, list[int]] = {}
            later = []
            for name in missing:
                first, second = self.parents[name - n].tolist()
                if self._row(first) is not None and self._row(second) is not None:
                    groups.setdefault(int(self.stages[name - n]), []).append(name)
                else:
                    later.append(name)
            for stage, ready in groups.items():
                self._rebuild(ready, stage, forms)
            missing = later
        return integer_rows([self._row(name) or () for name in names], self.roots.shape[1])

    def _unknown_ancestors(self, names: Sequence[int]) -> list[int]:
        found: set[int] = set()
        n = len(self.roots)
        stack = list(names)
        while stack:
            name = stack.pop()
            if name in found or self._row(name) is not None:
                continue
            found.add(name)
            stack += self.parents[name - n].tolist()
        return sorted(found)

    def _rebuild(self, names: list[int], stage: int, forms: ExactForms) -> None:
        """Exact generators made in one stage, on edges whose ends are known."""
        made = np.array(names) - len(self.roots)
        pairs = self.parents[made].tolist()
        ends = sorted({end for pair in pairs for end in pair})
        known = [self._row(end) or () for end in ends]
        rows = integer_rows(known, self.roots.shape[1])
        columns, which = np.unique(self.columns[made], return_inverse=True)
        values = forms(stage, rows, columns).numerators
        place = {end: row for row, end in enumerate(ends)}
        for name, (u, v), column in zip(names, pairs, which.tolist(), strict=True):
            a, b = abs(values[place[v], column]), abs(values[place[u], column])
            pair = zip(known[place[u]], known[place[v]], strict=True)
            self._store(name, primitive([a * x + b * y for x, y in pair]))
