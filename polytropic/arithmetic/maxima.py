"""Exact maxima and minima over the rows of big products, from one float product and its error.

For a row u every entry of ``u @ V.T`` errs by at most ``c sum_j |u_j| max_i |v_ij|``: one bound for
the whole row, computed beside the product.  What lies further from the extreme than twice that
bound is decided; what is closer goes to exact integers.  Small integers (and what becomes such
after scaling by a power of two) are multiplied by floats without any error: their ties are ties.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, integer_rounding
from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.dots import floats_exactly, row_ratios
from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray, frozen
from polytropic.arithmetic.rows import Rows

__all__ = ["Extremes", "Graph", "least_signs", "row_maxima"]

_UNIT = 2.0**-53
_TINY = 2.0**-1000  # far above what underflow can commit
_BLOCK = 1 << 18  # entries of one block of the product: what stays in a cache
_CHUNK = 32  # rows of the right factor that are tried before the losers are dropped
_GRID_BITS = 25
_SETTLED = 1 << 16  # candidates whose exact values are computed together
_CELLS = 1 << 14  # of directions, for each of which the end of the last walk is kept
_SAMPLE = 1 << 12  # rows that are looked at together
_PER_ENTRY = 1.3e-9  # seconds that NumPy takes for one entry

_Index = NDArray[np.intp]
_Candidates = tuple[_Index, _Index, _Index]  # a maximum of each row; rows and columns of ties


class Extremes(NamedTuple):
    """Which entries of every row of a product are greatest, exactly.

    Attributes
    ----------
    indptr : int array, shape (m + 1,)
    indices : int array
        The columns of row i, ascending, are ``indices[indptr[i] : indptr[i + 1]]``.
    """

    indptr: NDArray[np.intp]
    indices: NDArray[np.intp]


class Graph(NamedTuple):
    """Bounded edges of a pointed polyhedron: who is a neighbour of whom, row by row."""

    indptr: NDArray[np.integer]
    indices: NDArray[np.integer]


def row_maxima(left: Rows, right: ExactArray, graph: Graph | None = None) -> Extremes:
    """Positions of the maxima of every row of ``left @ right.T``, exactly.

    Parameters
    ----------
    left : Rows, shape (m, d)
        A positive factor of a row changes nothing.
    right : ExactArray, shape (n, d)
        At least one row.
    graph : Graph, optional
        If the right rows are the vertices of a polyhedron: its edges.  (Rows of the left on which
        it is unbounded get nonsense.)

    Returns
    -------
    Extremes

    Notes
    -----
    One product in blocks that stay in the cache, two passes over each, and exact arithmetic for
    entries that rounding does not tell from the maximum.  With a graph only the neighbours of few
    vertices are compared for each row, in a compiled loop.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> found = row_maxima(Rows(np.array([[1.0, 0], [1, 1]])), exact([[0, 0], [1, 0], [0, 1]]))
    >>> found.indptr.tolist(), found.indices.tolist()
    ([0, 1, 3], [1, 1, 2])
    """
    product = _Product(left.bounded(), _common_rounding(right))
    m = len(left)
    first, rows, columns = _climbed(product, graph) if graph else _compared(product)
    if not len(rows):
        return Extremes(np.arange(m + 1), first)
    if not product.is_exact:
        kept = _greatest(left, right, rows, columns)
        rows, columns = rows[kept], columns[kept]
    return _merged(first, rows, columns)


def _compared(product: _Product) -> _Candidates:
    """Compare all entries of every row."""
    first = np.zeros(len(product.error), dtype=np.intp)
    tied = [(first[:0], first[:0])]
    alone = _alone
    if worth_compiling(len(first) * len(product.right.value) * _PER_ENTRY):
        alone = _alone_compiled
    for start, values, error in product.blocks():
        top, best, open_rows = alone(values, error)
        first[start : start + len(values)] = best
        if len(open_rows):
            # Written so that NaN is close.
            close = ~(values[open_rows] < (top - 2 * error)[open_rows, None])
            row, column = np.nonzero(close)
            tied.append((open_rows[row] + start, column))
    rows, columns = (np.concatenate(part) for part in zip(*tied, strict=True))
    return first, rows, columns


def _alone(values: FloatArray, error: FloatArray) -> tuple[FloatArray, _Index, _Index]:
    """Greatest entry of every row, where it is, and the rows in which others may be greater."""
    rows = np.arange(len(values))
    best = values.argmax(axis=1)
    top = values[rows, best]
    values[rows, best] = -np.inf
    (open_rows,) = np.nonzero(~(values.max(axis=1) < top - 2 * error))
    values[rows, best] = top
    return top, best, open_rows


def _alone_compiled(values: FloatArray, error: FloatArray) -> tuple[FloatArray, _Index, _Index]:
    from polytropic.arithmetic.maxima_kernels import near

    top = values.max(axis=1)
    best, counts = np.empty((2, len(values)), dtype=np.intp)
    near(values, top - 2 * error, best, counts)
    (open_rows,) = np.nonzero(counts != 1)
    return top, best, open_rows


def _climbed(product: _Product, graph: Graph) -> _Candidates:
    """Walk along edges from cell to cell of the normal fan."""
    from polytropic.arithmetic.maxima_kernels import climb

    left, right = (
        frozen(np.ascontiguousarray(table.value).view()) for table in (product.left, product.right)
    )
    m, d = left.shape
    per_axis = min(_CELLS, m // 8) / max(1, 2 * d)
    side = max(1, int(per_axis ** (1 / max(1, d - 1))))
    indptr, indices = graph.indptr.astype(np.int64), graph.indices.astype(np.int32)
    first, rows, columns = climb(
        left, right, product.error, indptr, indices, np.ptp(right, axis=0), side
    )
    return first, rows, columns


def least_signs(left: Rows, right: ObjectArray) -> NDArray[np.int8]:
    """Sign of the least entry of every row of ``left @ right.T``, exactly.

    Parameters
    ----------
    left : Rows, shape (m, d)
    right : object array, shape (k, d)
        Integer rows; the empty minimum is positive.

    Returns
    -------
    int8 array, shape (m,)
        For points and facets: -1 outside, 0 on the boundary, 1 inside.

    Examples
    --------
    >>> from polytropic.arithmetic.linalg import integer_rows
    >>> points = Rows(np.array([[1.0, -1], [1, 0], [1, 2]]))
    >>> least_signs(points, integer_rows([[0, 1]], 2)).tolist()
    [-1, 0, 1]
    """
    signs = np.ones(len(left), dtype=np.int8)
    alive = np.arange(len(left))
    floats, weights = left.bounded(), integer_rounding(right)
    for begin in range(0, len(right), _CHUNK):
        chunk = slice(begin, begin + _CHUNK)
        some = floats if len(alive) == len(left) else floats.rows(alive)
        product = _Product(some, Bounded(weights.value[chunk], weights.error[chunk]))
        found = np.ones(len(alive), dtype=np.int8)
        for start, values, error in product.blocks():
            least = values.min(axis=1)
            part = found[start : start + len(values)]
            part[least < -error] = -1
            (open_rows,) = np.nonzero(~(np.abs(least) > error))
            if len(open_rows):
                part[open_rows] = _open_signs(
                    left, right[chunk], alive[start + open_rows], values[open_rows],
                    error[open_rows],
                )  # fmt: skip
        signs[alive] = np.minimum(signs[alive], found)
        alive = alive[found >= 0]
    return signs


class _Product:
    """Blocks of a product with one error bound for every row."""

    def __init__(self, left: Bounded, right: Bounded) -> None:
        self.left, self.right = _normal_rows(left), _normal_whole(right)
        reach = np.abs(self.right.value).max(axis=0, initial=0)
        blur = self.right.error.max(axis=0, initial=0)
        size = np.abs(self.left.value) @ reach
        self.is_exact = self._on_grid(float(size.max(initial=0)))
        if self.is_exact:
            self.error: FloatArray = np.zeros(len(size))
            return
        d = len(reach)
        error = (2 * d + 8) * _UNIT * size + _TINY
        if blur.any():
            error += 2 * (np.abs(self.left.value) @ blur)
        if self.left.error.any():
            error += 2 * (self.left.error @ (reach + blur))
        self.error = error

    def _on_grid(self, size: float) -> bool:
        """Whether all products and sums are integers that floats hold."""
        if self.left.error.any() or self.right.error.any():
            return False
        grids = [_grid(self.left.value), _grid(self.right.value)]
        return None not in grids and size * 2.0 ** sum(g for g in grids if g) < 2.0**52

    def blocks(self) -> Iterator[tuple[int, FloatArray, FloatArray]]:
        """First row, product (to be overwritten at will), and errors of each block."""
        right = np.ascontiguousarray(self.right.value.T)
        step = max(1, _BLOCK // max(1, right.shape[1]))
        step = min(step, max(1, len(self.error)))
        buffer = np.empty((step, right.shape[1]))
        for start in range(0, len(self.error), step):
            rows = self.left.value[start : start + step]
            with np.errstate(all="ignore"):
                values = np.matmul(rows, right, out=buffer[: len(rows)])
            yield start, values, self.error[start : start + step]


def _grid(table: FloatArray) -> int | None:
    """Least tried exponent that makes integers of all entries."""
    largest = float(np.abs(table).max(initial=0))
    if not largest:
        return 0
    for shift in (0, _GRID_BITS - int(np.frexp(largest)[1])):
        if all(_is_whole(np.ldexp(part, shift)) for part in _parts(table)):
            return shift
    return None


def _is_whole(table: FloatArray) -> bool:
    return bool((table == np.rint(table)).all())


def _parts(table: FloatArray) -> Iterator[FloatArray]:
    # Few rows at first: most tables without a grid show it at once.
    for start in range(0, len(table), _SAMPLE):
        yield table[start : start + _SAMPLE]


_MODERATE = 2.0**400


def _normal_rows(table: Bounded) -> Bounded:
    """Every row times a power of two, unless all sizes are moderate already."""
    entries = np.abs(table.value)
    if entries.max(initial=1) < _MODERATE and entries.min(initial=1) > 1 / _MODERATE:
        return table
    size = entries.max(axis=1, initial=0)
    if ((size < _MODERATE) & ((size > 1 / _MODERATE) | (size == 0))).all():
        return table
    shift = -np.frexp(size)[1][:, None]
    return Bounded(np.ldexp(table.value, shift), _shifted_error(table.error, shift))


def _normal_whole(table: Bounded) -> Bounded:
    size = float(np.abs(table.value).max(initial=0))
    if not size or 1 / _MODERATE < size < _MODERATE:
        return table
    shift = np.array(-np.frexp(size)[1])
    return Bounded(np.ldexp(table.value, shift), _shifted_error(table.error, shift))


def _shifted_error(error: FloatArray, shift: NDArray[np.int32]) -> FloatArray:
    # Scaling down may lose digits to underflow: less than the least positive float.
    scaled: FloatArray = np.ldexp(error, shift) + _TINY
    return scaled


def _common_rounding(array: ExactArray) -> Bounded:
    """Floats of an array up to one positive factor."""
    found = floats_exactly(array)
    if found is not None:
        return Bounded(found[0], np.zeros(array.shape))
    value = array.to_float()
    size = np.abs(value)
    if (((size < _MODERATE) & (size > 1 / _MODERATE)) | (size == 0)).all():
        # Nearest floats; only a number near zero could have become zero.
        if (size > 0).all():
            return Bounded(value, 2 * _UNIT * size)
        zero = np.array([[not x for x in row] for row in array.to_fractions().tolist()])
        if (zero.reshape(array.shape) == (size == 0)).all():
            return Bounded(value, 2 * _UNIT * size)
    whole = integer_rounding(array.numerators.reshape(1, -1))
    return Bounded(whole.value.reshape(array.shape), whole.error.reshape(array.shape))


def _greatest(
    left: Rows, right: ExactArray, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Which of the candidates (sorted by rows) attain the greatest exact value of their row."""
    kept = np.zeros(len(rows), dtype=bool)
    used, place = np.unique(columns, return_inverse=True)
    points, heights = row_ratios(right[used])
    level = [heights[0]] * len(heights) == heights
    (starts,) = np.nonzero(np.diff(rows, prepend=-1))
    cuts = [*starts[:: max(1, _SETTLED // 8)].tolist(), len(rows)]
    for begin, end in pairwise(cuts):
        mine = rows[begin:end]
        own, back = np.unique(mine, return_inverse=True)
        values = (left.integers(own)[back] * points[place[begin:end]]).sum(axis=1)
        if not level:
            over = [heights[i] for i in place[begin:end]]
            values[:] = [Fraction(int(v), h) for v, h in zip(values.tolist(), over, strict=True)]
        (firsts,) = np.nonzero(np.diff(mine, prepend=-1))
        best = np.maximum.reduceat(values, firsts)
        kept[begin:end] = values == best[back]
    return kept


def _merged(first: NDArray[np.intp], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Extremes:
    """Table with one entry in the rows that were clear and the settled ones elsewhere."""
    counts = np.ones(len(first), dtype=np.intp)
    own = np.bincount(rows, minlength=len(first))
    counts[own > 0] = own[own > 0]
    indptr = np.concatenate([[0], np.cumsum(counts)])
    indices = np.repeat(first, counts)
    indices[np.repeat(own > 0, counts)] = columns
    return Extremes(indptr, indices)


def _open_signs(
    left: Rows,
    right: ObjectArray,
    index: NDArray[np.intp],
    values: FloatArray,
    error: FloatArray,
) -> NDArray[np.int8]:
    """Signs of the least entries, where floats leave them open."""
    signs = np.ones(len(index), dtype=np.int8)
    if not error.any():
        return np.sign(values.min(axis=1)).astype(np.int8)
    rows, columns = np.nonzero(~(values > error[:, None]))
    for begin in range(0, len(rows), _SETTLED):
        i, j = rows[begin : begin + _SETTLED], columns[begin : begin + _SETTLED]
        used, place = np.unique(i, return_inverse=True)
        exact = (left.integers(index[used])[place] * right[j]).sum(axis=1)
        np.minimum.at(signs, i, (exact > 0).astype(np.int8) - (exact < 0).astype(np.int8))
    return signs
