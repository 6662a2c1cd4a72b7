"""List the chambers of a central arrangement by deletion and restriction.

Hyperplanes are inserted one after the other.  The chambers that a new one cuts correspond to the
chambers of the arrangement that the old ones leave on it, which is one dimension lower and found
in the same way; they are looked up by their sign vectors.  Only where restricted hyperplanes
coincide is a question of flats, and rows are restricted exactly.  Every chamber carries a float
point in it, which says on which side of the next hyperplane it lies; points are proven with error
bounds, and what floats cannot prove is done in integers.

A restriction depends only on the distinct rows that are left, so what was found for them is kept:
in a degenerate arrangement most flats are reached in many ways.

    T. Zaslavsky, Facing up to arrangements (Memoirs of the AMS 154, 1975): an arrangement has as
    many chambers as its deletion and its restriction together.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray
from polytropic.arithmetic.rows import Rows
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.arrangements.inserting import cone_exact, integer_forms
from polytropic.geometry.arrangements.inserting import exact as insertion_exact
from polytropic.geometry.arrangements.inserting.column_scaling import (
    column_exponents,
    scaled_back,
    scaled_rows,
)
from polytropic.geometry.arrangements.inserting.exact import Vector
from polytropic.geometry.arrangements.inserting.growing import Cells, Growing, no_cells
from polytropic.geometry.arrangements.inserting.integer_forms import Forms
from polytropic.geometry.arrangements.sign_vectors import Words, n_words

__all__ = ["Chambers", "Progress", "insert_hyperplanes"]

Progress: TypeAlias = Callable[[int, int, int], None]
"""Called as ``progress(rows_done, n_rows, n_chambers)``."""

_Start: TypeAlias = FloatArray | Vector | None

_AT_ONCE = 512  # planes in space that are inserted in one compiled loop, with room for the worst
_COMPILED, _FEW = 4, 100  # most dimensions and rows for which pieces are listed in a compiled loop
_KEPT = 1 << 28  # bytes of restrictions that are kept for another time


class Chambers(NamedTuple):
    """Chambers of an arrangement, each with its sign vector and a point in it.

    Attributes
    ----------
    bits : uint64 array, shape (N, W)
        Bit ``i % 64`` of word ``i // 64`` is set where row i is positive.
    points : float array, shape (N, n)
        A point of each chamber, proven: the float's own bits, not what they round.
    exact_points : dict of int to tuple of int
        Integer points of the rare chambers whose float point is only near.
    """

    bits: Words
    points: FloatArray
    exact_points: dict[int, Vector]


def insert_hyperplanes(
    rows: ExactArray,
    *,
    walls: int = 1,
    max_chambers: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Chambers:
    """List the chambers of a central arrangement that lie on the positive side of the first rows.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
        Normals, of rank n: m >= 1, none of them zero, no two parallel or opposite.
    walls : int
        How many of the first rows; one or more.  The pieces for all their orientations, in which
        one row may be left as it is, are the whole arrangement.
    max_chambers : int, optional
        Most chambers to list.
    time_limit : float, optional
        Seconds after which to give up.
    progress : callable, optional
        Called as ``progress(rows_done, n_rows, n_chambers)``.

    Returns
    -------
    Chambers
        In no particular order; the chambers of the opposite cone are their opposites.  There may be
        none if there is more than one wall.

    Raises
    ------
    InputError
        If `walls` is not between 1 and m.
    BudgetError
        If there are more chambers than `max_chambers`, or time is up; with one wall in advance if
        there are bound to be more: at least (m - n + 2) 2^n / 4.

    Notes
    -----
    For N chambers about ``n N`` chambers are met in all restrictions together, fewer if flats are
    met again; each costs O(m n).  Memory is about n times that of the result at most.

    With more walls, rows that do not cut their cone are set aside first, here and in every
    restriction, so that only chambers within the cone and its sections are met.  Whether a row cuts
    a cone of w walls is a linear program of Seidel's, w n! steps or so.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> chambers = insert_hyperplanes(exact([[1, 0], [0, 1], [1, 1]]))
    >>> sorted(chambers.bits.ravel().tolist())
    [1, 5, 7]
    """
    m, n = rows.shape
    if not 1 <= walls <= m:
        raise InputError(f"walls must be between 1 and the {m} rows, got {walls}")
    # Rank n: n rows are independent and give 2^(n-1) chambers on one side; every other row is cut
    # by them in 2^(n-2) at least.
    least = 1 if n == 1 else (m - n + 2) * 2**n // 4
    limit = math.inf if max_chambers is None else max_chambers
    if walls == 1 and least > limit:
        raise BudgetError(
            f"{m} hyperplanes of rank {n} have at least {least} chambers on one side of the first, "
            f"more than max_chambers={max_chambers}"
        )
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    vectors = [tuple(row) for row in Rows.of(rows).integers().tolist()]
    exponents = column_exponents(vectors)
    if exponents is not None:
        vectors = scaled_rows(vectors, exponents)
    cells = _Insertion(limit, deadline).insert(Forms.of(vectors, n), walls, progress)
    if exponents is None:
        return Chambers(cells.bits, cells.points, cells.exact)
    return Chambers(cells.bits, *scaled_back(cells.points, cells.exact, exponents))


class _Insertion:
    """One run: its budgets, and the restrictions that it has seen."""

    def __init__(self, limit: float, deadline: float) -> None:
        from polytropic.geometry.arrangements.inserting import cone_kernels
        from polytropic.geometry.arrangements.inserting import kernels as insertion_kernels

        self.kernels = insertion_kernels
        self.cones = cone_kernels
        self.limit = limit
        self.deadline = deadline
        self.seen: dict[Any, Cells] = {}
        self.room = _KEPT

    def restriction(self, forms: Forms, walls: int) -> Cells:
        """Chambers of rows that may have been seen before; none if there are no walls."""
        if walls == 0:
            return no_cells(len(forms), forms.width)
        key = walls, forms.key
        cells = self.seen.get(key)
        if cells is None:
            cells = self.insert(forms, walls)
            size = cells.bits.nbytes + cells.points.nbytes + len(cells.sure)
            if size <= self.room:
                self.room -= size
                self.seen[key] = cells
        return cells

    def insert(self, forms: Forms, walls: int, progress: Progress | None = None) -> Cells:
        """Chambers of rows in any dimension, where the first ones are positive."""
        if time.monotonic() > self.deadline:
            raise BudgetError("time_limit was exceeded while the chambers were being listed")
        if forms.width <= 2:
            cells = self._pencil(forms, walls)
        elif walls > 1:
            cells = self._in_cone(forms, walls, progress)
        else:
            cells = self._from(forms, walls, None, progress)
        if progress is not None:
            progress(len(forms), len(forms), len(cells.bits))
        return cells

    def _in_cone(self, forms: Forms, walls: int, progress: Progress | None) -> Cells:
        """Chambers of the rows that matter in the cone of the walls; the others are constant."""
        m = len(forms)
        if forms.width <= _COMPILED and forms.small is not None and m <= _FEW:
            count, bits, points = self.cones.pieces(forms.small, walls)
            assert count != -2, "a chamber of the restriction is none of the arrangement"
            if count >= 0:
                self._admit(0, count)
                return Cells(bits, points, np.ones(count, dtype=bool), {})
        signs, start = self._sides(forms, walls)
        if start is None:
            return no_cells(m, forms.width)
        kept = np.flatnonzero(signs == 0)
        if len(kept) == m:
            return self._from(forms, walls, start, progress)
        idle = m - len(kept)

        def tell(done: int, total: int, found: int) -> None:
            if progress is not None:
                progress(done + idle, total + idle, found)

        cells = self._from(forms.take(kept), int((kept < walls).sum()), start, tell)
        # A wall is positive here: so is every positive multiple of it, and what is like one.
        which = np.zeros(m, dtype=np.int64)
        which[kept] = np.arange(len(kept))
        signs[kept] = 1
        return cells._replace(bits=self.kernels.expand(cells.bits, which, signs, n_words(m)))

    def _sides(self, forms: Forms, walls: int) -> tuple[IntArray, _Start]:
        """The signs of rows that do not matter, 0 for the others; a point of the cone or None."""
        if forms.small is not None:
            signs, point = np.zeros(len(forms), dtype=np.int64), np.empty(forms.width)
            status = self.cones.sides(forms.small, walls, signs, point)
            if status >= 0:
                return signs, point if status else None
        exact_signs, vector = cone_exact.sides_exactly(forms.vectors, walls)
        return np.array(exact_signs, dtype=np.int64), vector

    def _from(self, forms: Forms, walls: int, start: _Start, progress: Progress | None) -> Cells:
        """Chambers of rows from the one of the walls, of which a point is given if it is needed."""
        compiled = forms.width == 3 and forms.small is not None and len(forms) <= _AT_ONCE
        if start is None:
            start = forms.columns[:, 0] if compiled else forms.vectors[0]
        if compiled and not isinstance(start, tuple):
            cells = self._planes(forms, walls, start)
            if cells is not None:
                return cells
        if not isinstance(start, tuple):
            start = insertion_exact.integer_vector(start)
        return self._insert(forms, walls, start, progress)

    def _planes(self, forms: Forms, walls: int, start: FloatArray) -> Cells | None:
        """Chambers of planes in space, unless machine numbers do not suffice."""
        count, bits, points = self.kernels.planes(
            forms.small, forms.columns, forms.bounds, walls, np.ascontiguousarray(start)
        )
        assert count != -2, "a chamber of the restriction is none of the arrangement"
        if count < 0:
            return None
        self._admit(0, count)
        return Cells(bits[:count].copy(), points[:count].copy(), np.ones(count, dtype=bool), {})

    def _admit(self, found: int, more: int) -> None:
        if found + more > self.limit:
            raise BudgetError(
                f"there are more than max_chambers={self.limit} chambers on the positive side of "
                f"the walls: {found} were listed and {more} more were about to be"
            )

    def _pencil(self, forms: Forms, walls: int) -> Cells:
        """Chambers of lines in the plane, or of the line."""
        if forms.width == 2 and forms.small is not None:
            bits, points = self.kernels.pencil(forms.small, walls)
            return Cells(bits, points, np.ones(len(bits), dtype=bool), {})
        if forms.width == 2:
            signs, located = insertion_exact.pencil_exactly(forms.vectors, walls)
        else:
            signs = [1]
            located = [insertion_exact.rounded(forms.vectors, 1, forms.vectors[0])]
        if not signs:
            return no_cells(len(forms), forms.width)
        return Cells(
            insertion_exact.as_words(signs, len(forms)),
            np.array([point for point, _ in located]),
            np.array([vector is None for _, vector in located]),
            {i: vector for i, (_, vector) in enumerate(located) if vector is not None},
        )

    def _insert(self, forms: Forms, walls: int, start: Vector, progress: Progress | None) -> Cells:
        m, width = len(forms), n_words(len(forms))
        growing = Growing(forms, width, walls, start)
        for j in range(walls, m):
            column, classes, which, flips, left = self._restrict(forms, j, walls)
            below = self.restriction(classes, left)
            self._admit(growing.count, len(below.bits))
            section = below._replace(bits=self.kernels.expand(below.bits, which, flips, width))
            growing.split(self.kernels.split, j, column, section)
            if progress is not None and j + 1 < m:
                progress(j + 1, m, growing.count)
        return growing.cells()

    def _restrict(
        self, forms: Forms, j: int, walls: int
    ) -> tuple[int, Forms, IntArray, IntArray, int]:
        width = forms.width - 1
        if forms.small is not None:
            column, small, which, flips, largest, left = self.kernels.restrict(
                forms.small, j, walls
            )
            if largest < integer_forms.SMALL:
                return column, Forms(small, None, width), which, flips, left
            vectors = [tuple(row) for row in small.tolist()]
            return column, Forms(None, vectors, width), which, flips, left
        column, vectors, which, flips, left = insertion_exact.restrict_exactly(
            forms.vectors, j, walls
        )
        return column, Forms.of(vectors, width), which, flips, left
