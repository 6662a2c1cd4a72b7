"""Exact maxima and minima over the rows of big products, from one float product and its error.

For a row u every entry of ``u @ V.T`` errs by at most ``c sum_j |u_j| max_i |v_ij|``: one bound for
the whole row, computed beside the product.  What lies further from the extreme than twice that
bound is decided; what is closer goes to exact integers.  Small integers (and what becomes such
after scaling by a power of two) are multiplied by floats without any error: their ties are ties.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded, integer_rounding
from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.dots import row_ratios
from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray, frozen
from polytropic.arithmetic.products import Product, common_rounding
from polytropic.arithmetic.rows import Rows

__all__ = ["Extremes", "Graph", "greatest_signs", "least_signs", "row_maxima"]

_CHUNK = 32  # rows of the right factor that are tried before the losers are dropped
_SETTLED = 1 << 16  # candidates whose exact values are computed together
_CELLS = 1 << 14  # of directions, for each of which the end of the last walk is kept
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
    product = Product(left.bounded(), common_rounding(right))
    m = len(left)
    first, rows, columns = _climbed(product, graph) if graph else _compared(product)
    if not len(rows):
        return Extremes(np.arange(m + 1), first)
    if not product.is_exact:
        kept = _greatest(left, right, rows, columns)
        rows, columns = rows[kept], columns[kept]
    return _merged(first, rows, columns)


def greatest_signs(left: Rows, right: ExactArray, graph: Graph) -> NDArray[np.int8]:
    """Signs of the maxima of every row of ``left @ right.T``; `UNDECIDED` where floats see none.

    Parameters
    ----------
    left, right, graph
        As for `row_maxima`.

    Returns
    -------
    int8 array, shape (m,)
    """
    product = Product(left.bounded(), common_rounding(right))
    first, _, _ = _climbed(product, graph)
    top = np.einsum("ij,ij->i", product.left.value, product.right.value[first])
    # The true maximum exceeds the value of this entry by less than twice the error.
    sure = np.abs(top) > 4 * product.error
    return np.where(sure, np.sign(top), UNDECIDED).astype(np.int8)


def _compared(product: Product) -> _Candidates:
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


def _climbed(product: Product, graph: Graph) -> _Candidates:
    """Walk along edges from cell to cell of the normal fan."""
    from polytropic.arithmetic.maxima_kernels import climb

    left, right = (
        frozen(np.ascontiguousarray(table.value).view()) for table in (product.left, product.right)
    )
    m, d = left.shape
    per_axis = min(_CELLS, m // 8) / max(1, 2 * d)
    side = max(1, int(per_axis ** (1 / max(1, d - 1))))
    indptr, indices = graph.indptr.astype(np.int64), graph.indices.astype(np.int32)
    widths = np.ptp(right, axis=0)
    first, ties = climb(left, right, product.error, indptr, indices, widths, side)
    ties.sort()
    rows, columns = np.divmod(ties, len(right))
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
        product = Product(some, Bounded(weights.value[chunk], weights.error[chunk]))
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
