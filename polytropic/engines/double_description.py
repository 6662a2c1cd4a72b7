"""Exact double description: the extreme rays of a cone, one inequality after the other.

A pointed cone ``{y : rows @ y >= 0}`` starts as a simplicial one, described by as many independent
rows as there are coordinates.  Every further row cuts off the rays on its negative side and puts a
new one where an edge crosses its hyperplane.  Zero sets are bits and edges are found by compiled
kernels (`polytropic.engines.adjacency`).  Coordinates are machine integers that are proven not to
overflow (`polytropic.engines.machine_rays`); what cannot be proven is computed in Python integers.

How many rays there are on the way depends on the order of the rows, often wildly.  No order is good
for all cones, so several are raced: each runs until it holds too many rays, then the next one has a
turn, and when all have failed the limit is raised and they go on from where they stopped.

References
----------
Motzkin, Raiffa, Thompson, Thrall, "The double description method" (1953); Fukuda and Prodon,
"Double description method revisited" (1996).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray, ObjectArray, frozen
from polytropic.arithmetic.sparse import csr_of_flags
from polytropic.engines.simplicial_start import independent_rows, positive_inverse, row_sequence
from polytropic.engines.wide_integers import (
    MACHINE,
    combined_exactly,
    exact_product,
    magnitude,
    narrow,
    packed,
    primitive_rows,
    reduced,
    rough_signs,
    rounded,
    signs_of,
    unpacked,
)
from polytropic.errors import BudgetError, InputError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["ORDERS", "RayDescription", "Statistics", "extreme_rays"]

ORDERS = ("auto", "given", "lexicographic", "short", "deepest")
"""Orders in which rows are inserted: as they come; lexicographic; by the sum of absolute values,
then lexicographic; always the row that cuts off most rays (slow with many rows)."""

Progress = Callable[[int, int, int], Any]
"""Called as ``progress(rows_done, n_rows, n_rays)``."""

_SHORT = 2**10  # rows of entries below this stay in the coordinates that they came in
_FIRST_LIMIT = 8192
_RAISE = 8
_TURN = 2**17  # values computed between two looks at the clock
_FEW_ROWS = 256  # only then is it worth asking every row how much it cuts


@dataclass(frozen=True)
class Statistics:
    """How a double description went.

    Attributes
    ----------
    order : str
        The order of rows that finished.
    arithmetic : str
        ``"int64"``, or ``"integers"`` if the rays of some step did not fit in machine words.
    largest : int
        Most rays held at once.
    inserted : int
        Rows that cut off something when their turn came.
    """

    order: str
    arithmetic: str
    largest: int
    inserted: int


@dataclass(frozen=True, eq=False)
class RayDescription:
    """Extreme rays of a pointed cone, and which rows vanish on them.

    Attributes
    ----------
    rays : int64 or object array, shape (n, D)
        Primitive rows; objects (Python integers) only if some do not fit in a machine word.
    bits : uint64 array, shape (n, ceil(n_rows / 64))
        Bit j of row i (bit ``j % 64`` of word ``j // 64``): row j vanishes on ray i.
    n_rows : int
    statistics : Statistics
    """

    rays: NDArray[Any]
    bits: NDArray[np.uint64]
    n_rows: int
    statistics: Statistics

    @cached_property
    def integers(self) -> ObjectArray:
        """The rays in Python integers."""
        return frozen(self.rays.astype(object))

    @cached_property
    def incidence(self) -> NDArray[np.bool_]:
        """Whether row j vanishes on ray i, shape (n, n_rows)."""
        return frozen(unpacked(self.bits, self.n_rows))

    def members(self) -> csr_array:
        """The incidence as a sparse table."""
        return csr_of_flags(self.incidence)

    @cached_property
    def implicit(self) -> IntArray:
        """Rows that vanish on the whole cone: it is full-dimensional if only zero rows do."""
        everywhere = np.bitwise_and.reduce(self.bits, axis=0, initial=np.uint64(2**64 - 1))
        return frozen(np.flatnonzero(unpacked(everywhere[None], self.n_rows)[0]))


def extreme_rays(
    rows: NDArray[Any],
    *,
    order: str = "auto",
    max_rays: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> RayDescription:
    """Extreme rays of the pointed cone ``{y : rows @ y >= 0}``.

    By duality: the facets of the cone that the rows span, if they span a full-dimensional one.

    Parameters
    ----------
    rows : int64 or object array, shape (n, D)
        Of rank D >= 1.  Redundant, repeated and zero rows do no harm.
    order : str
        One of `ORDERS`; ``"auto"`` races several.
    max_rays : int, optional
        Most rays that may be held at once.
    time_limit : float, optional
        In seconds; looked at between two rows.
    progress : callable, optional
        Called as ``progress(rows_done, n_rows, n_rays)``; may go back when another order is tried.

    Returns
    -------
    RayDescription
        Rays in no particular order.  A cone that is not full-dimensional has rows that vanish on
        all of it: they are its `implicit` equations.  The cone {0} has no rays.

    Raises
    ------
    InputError
        If the rows do not have rank D: then the cone contains lines.
    BudgetError
        If there are too many rays, or it takes too long.

    Notes
    -----
    Output-sensitive only in luck: the number of rays on the way may exceed that at the end by any
    factor.  With N rays on the way, a row costs O(N D) and the search for edges, which between
    simple rays is O(N D) as well and in the worst case O(N^3) in all.

    Examples
    --------
    >>> square = np.array([[1, 1, 0], [1, -1, 0], [1, 0, 1], [1, 0, -1]])
    >>> found = extreme_rays(square)
    >>> sorted(found.rays.tolist())
    [[1, -1, -1], [1, -1, 1], [1, 1, -1], [1, 1, 1]]
    >>> found.incidence.sum(axis=1).tolist()
    [2, 2, 2, 2]
    """
    rows = np.asarray(rows)
    if rows.ndim != 2 or not rows.shape[1]:
        raise InputError(f"rows must have shape (n, D) with D >= 1, got {rows.shape}")
    if order not in ORDERS:
        raise InputError(f"there is no order {order!r}; choose one of {', '.join(ORDERS)}")
    rows = reduced(rows)
    names = [order] if order != "auto" else ["lexicographic", "short", "given"]
    if order == "auto" and len(rows) <= _FEW_ROWS:
        names.insert(2, "deepest")
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    finished = _race(rows, names, math.inf if max_rays is None else max_rays, deadline, progress)
    return finished.description(rows)


def _race(
    rows: NDArray[Any],
    names: list[str],
    max_rays: float,
    deadline: float,
    progress: Progress | None,
) -> _Growing:
    limit = min(_FIRST_LIMIT, max_rays) if len(names) > 1 else max_rays
    racers: list[_Growing] = []
    while True:
        # The one that has most of its rows behind it goes on first.
        racers.sort(key=lambda racer: len(racer.waiting))
        for place in range(len(names)):
            if place == len(racers):
                racers.append(_Growing(rows, names[place]))
            if racers[place].grow(limit, deadline, progress):
                return racers[place]
        if limit >= max_rays:
            best = min(racers, key=lambda racer: len(racer.waiting))
            raise BudgetError(
                f"max_rays={int(max_rays)} was exceeded: there were {len(best.rays)} rays with "
                f"{len(best.waiting)} of {len(rows)} rows still to come; raise max_rays"
            )
        limit = min(_RAISE * limit, max_rays)


class _Growing:
    """A cone whose rows are inserted one after the other."""

    def __init__(self, rows: NDArray[Any], order: str) -> None:
        self.order = order
        sequence = row_sequence(rows, order)
        basis = sequence[independent_rows(rows[sequence])]
        width = rows.shape[1]
        inverse = positive_inverse(rows[basis])
        self.rows, self.rays, self.coordinates = rows, narrow(primitive_rows(inverse.T)), None
        if magnitude(rows) >= _SHORT:
            changed = reduced(exact_product(rows, inverse.T))
            if magnitude(changed) < magnitude(rows):
                self.rows, self.coordinates = changed, inverse
                self.rays = np.eye(width, dtype=np.int64)
        self.bits = packed(~np.eye(width, dtype=bool))
        self.columns = basis.tolist()  # which row each bit stands for
        chosen = set(self.columns)
        self.waiting = [row for row in sequence[::-1].tolist() if row not in chosen]
        self.largest = width
        self.rough = np.empty((0, width))  # the rays in floats, once they are Python integers
        self.is_machine = self.rays.dtype != object and self.rows.dtype != object

    def grow(self, limit: float, deadline: float, progress: Progress | None) -> bool:
        """Insert rows until none is left (True), or there are more rays than the limit."""
        while self.waiting:
            if len(self.rays) > limit:
                return False
            if time.monotonic() > deadline:
                raise BudgetError(
                    f"time_limit was exceeded: there were {len(self.rays)} rays with "
                    f"{len(self.waiting)} of {len(self.rows)} rows still to come"
                )
            if self.order == "deepest" or not self.is_machine or not self._insert_some(limit):
                self._insert(self._next())
            if progress is not None:
                progress(len(self.rows) - len(self.waiting), len(self.rows), len(self.rays))
        return len(self.rays) <= limit

    def _insert_some(self, limit: float) -> int:
        """Insert rows in machine words as long as they fit; how many."""
        from polytropic.engines.machine_rays import insert_rows

        sequence = np.array(self.waiting[::-1], dtype=np.int64)
        most = int(min(limit, MACHINE))
        self.rays, self.bits, done, columns, largest = insert_rows(
            self.rays, self.bits, self.rows, sequence, len(self.columns), most, _TURN
        )
        del self.waiting[len(self.waiting) - done :]
        self.columns += columns.tolist()
        self.largest = max(self.largest, largest)
        return int(done)

    def _next(self) -> int:
        if self.order == "deepest":
            # Floats may err here: any order is right.
            rays = self.rays.astype(np.float64)
            values = rays @ self.rows[self.waiting].astype(np.float64).T
            return self.waiting.pop(int((values < 0).sum(axis=0).argmax()))
        return self.waiting.pop()

    def _insert(self, index: int) -> None:
        from polytropic.engines.adjacency import crossing_edges
        from polytropic.engines.machine_rays import common_zeros

        row = self.rows[index]
        values, fits, signs = self._values(row)
        if not (signs < 0).any():
            # Redundant, now and for good: its bit would say nothing that the others do not.
            return
        column = len(self.columns)
        self.columns.append(index)
        if column // 64 == self.bits.shape[1]:
            more = np.zeros((len(self.bits), 1), dtype=np.uint64)
            self.bits = np.concatenate([self.bits, more], axis=1)
        pairs = crossing_edges(self.bits, signs, self.rows.shape[1])
        zeros = common_zeros(self.bits, pairs, column)
        if not self.is_machine:
            ends = np.unique(pairs)
            values[ends] = self.rays[ends] @ row.astype(object)
        rays = self._combined(values, fits, pairs)
        self.bits[signs == 0, column // 64] |= np.uint64(1 << column % 64)
        kept = signs >= 0
        self.bits = np.concatenate([self.bits[kept], zeros])
        self.rays = np.concatenate([self.rays[kept], rays])
        if len(self.rough) == len(kept):
            self.rough = np.concatenate([self.rough[kept], rounded(rays)])
        self.largest = max(self.largest, len(self.rays))

    def _values(self, row: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_], IntArray]:
        """Values of a row, which of them are known in machine words, and their signs.

        When rays are Python integers, only those values are computed that floats leave open.
        """
        from polytropic.engines.machine_rays import products

        if self.is_machine:
            values, fits = products(self.rays, row)
            if fits.all():
                return values, fits, values
            values = values.astype(object)
            opened = ~fits
        else:
            if len(self.rough) != len(self.rays):
                self.rough = rounded(self.rays)
            signs, opened = rough_signs(self.rough, rounded(row[None])[0])
            values, fits = signs.astype(object), np.zeros(len(self.rays), dtype=bool)
        values[opened] = self.rays[opened].astype(object) @ row.astype(object)
        return values, fits, signs_of(values)

    def _combined(
        self, values: NDArray[Any], fits: NDArray[np.bool_], pairs: IntArray
    ) -> NDArray[Any]:
        from polytropic.engines.machine_rays import combined

        if not self.is_machine:
            return combined_exactly(self.rays, values, pairs)
        machine = np.where(fits, values, 0).astype(np.int64)
        rays, proven = combined(self.rays, machine, fits, pairs)
        if proven.all():
            return rays
        exact = narrow(combined_exactly(self.rays, values, pairs[~proven]))
        if exact.dtype == object:
            self.is_machine = False
            self.rays, rays = self.rays.astype(object), rays.astype(object)
        rays[~proven] = exact
        return rays

    def description(self, rows: NDArray[Any]) -> RayDescription:
        """Rays and zero sets in terms of the rows as they came."""
        rays = self.rays
        if self.coordinates is not None:
            rays = primitive_rows(exact_product(rays, self.coordinates))
        flags = np.empty((len(rays), len(rows)), dtype=bool)
        flags[:, self.columns] = unpacked(self.bits, len(self.columns))
        others = np.setdiff1d(np.arange(len(rows)), self.columns)
        if len(others):
            flags[:, others] = exact_product(self.rays, self.rows[others]) == 0
        arithmetic = "int64" if self.is_machine else "integers"
        statistics = Statistics(self.order, arithmetic, self.largest, len(self.columns))
        return RayDescription(frozen(narrow(rays)), frozen(packed(flags)), len(rows), statistics)
