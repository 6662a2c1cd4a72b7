"""All generators of a complex that is put together from parts, each under one name."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.geometry.subdividing.lineage import Lineage
from polytropic.geometry.subdividing.loops import Loops

__all__ = ["Generators", "Registry"]


class Generators(NamedTuple):
    """Generators in the order of their names, behind the roots: those made on edges.

    Attributes
    ----------
    parents : int array, shape (k, 2)
    stages, columns : int arrays, shape (k,)
        The function that vanishes at each.
    places : Bounded, shape (k, d)
        Coordinates of points and directions.
    heights : array, shape (k,)
        1 for points and 0 for directions.
    """

    parents: IntArray
    stages: NDArray[np.int32]
    columns: NDArray[np.int32]
    places: Bounded
    heights: FloatArray


class Registry:
    """Names generators by the edges they lie on.

    The complex is face-to-face: an edge is cut once, so its ends name what lies between, and parts
    of the complex that were cut apart from one another find the same names.
    """

    def __init__(self, lineage: Lineage, n_roots: int, dimension: int, loops: Loops) -> None:
        self._loops = loops
        self.lineage = lineage
        self.n_roots = self._size = n_roots
        self._slots = np.full((1024, 2), -1, dtype=np.int64)
        self._parts: list[Generators] = []
        self._dimension = dimension

    def __len__(self) -> int:
        return self._size

    def add(self, known: IntArray, part: Generators) -> IntArray:
        """Names of all generators of a part whose first ones are known, in the part's order."""
        self._slots, self._size, names, fresh = self._loops.register(
            self._slots, self._size, self.n_roots, known, part.parents
        )
        if len(fresh) < len(part.parents):
            part = Generators(
                part.parents[fresh],
                part.stages[fresh],
                part.columns[fresh],
                part.places.rows(fresh),
                part.heights[fresh],
            )
        if len(fresh):
            self._parts.append(part._replace(parents=names[part.parents]))
        result: IntArray = names
        return result

    def generators(self) -> Generators:
        """All that were added, in the order of their names."""
        if not self._parts:
            nothing: NDArray[Any] = np.zeros((0, self._dimension))
            few = np.zeros(0, dtype=np.int32)
            return Generators(
                np.zeros((0, 2), dtype=np.int64), few, few, Bounded(nothing, nothing), np.zeros(0)
            )
        columns = list(zip(*self._parts, strict=True))
        places = Bounded(*(np.concatenate(part) for part in zip(*columns[3], strict=True)))
        merged = Generators(
            np.concatenate(columns[0]),
            np.concatenate(columns[1]),
            np.concatenate(columns[2]),
            places,
            np.concatenate(columns[4]),
        )
        self._parts = [merged]
        return merged
