"""Values and active monomials of tropical functions at many points, exactly.

A point x is the direction ``(x, 1)`` for the lifted points ``(a_i, c_i)``: values are maxima of
products of two matrices.  Floats with a proven error bound find which monomials can attain them,
and exact arithmetic decides between these.  So the active sets are exact, and a value is that of an
active monomial, rounded once.  Points are taken in blocks, so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from polytropic.arithmetic.dots import exact_dots, rounded_dots
from polytropic.arithmetic.maxima import Extremes, Graph, row_maxima
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray, exact
from polytropic.arithmetic.rows import Rows
from polytropic.arithmetic.sparse import csr_of_lists
from polytropic.errors import InputError
from polytropic.tropical.terms import in_floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from polytropic.tropical.polynomial import TropicalPolynomial
    from polytropic.tropical.rational import TropicalRational

__all__ = [
    "Leaders",
    "Points",
    "active",
    "active_monomials",
    "difference_leaders",
    "evaluate",
    "evaluate_exact",
    "leaders",
    "read_points",
]

_BLOCK = 1 << 19  # entries of the points that are taken together: 4 MB
_MANY = 1 << 18  # points for which finding the regions and their neighbours pays
_FEW = 32  # monomials that are best compared one by one
_SPACE = 3  # variables: in more, regions have too many neighbours


def evaluate(f: TropicalPolynomial | TropicalRational, x: Any) -> Any:
    """Evaluate in float64.

    Parameters
    ----------
    f : TropicalPolynomial or TropicalRational
    x : array_like, shape (d,) or (m, d)
        Finite numbers of any kind.

    Returns
    -------
    float, or float64 array, shape (m,)
        The exact values, correctly rounded; ``-inf`` for the tropical zero.

    Raises
    ------
    InputError
        If the points have the wrong shape or an entry that is not finite.

    Notes
    -----
    O(m n d) for n monomials, as one matrix product in blocks with the maxima taken in the cache;
    for very many points in the plane or in space: walks on the graph of the regions.

    Examples
    --------
    >>> from polytropic import TropicalPolynomial
    >>> evaluate(TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 1, 2]), [[-3, -3], [4, 1]])
    array([0., 5.])
    """
    points, single = read_points(x, f.n_variables)
    values = np.full(len(points), -np.inf)
    if f.is_zero:
        return float(values[0]) if single else values
    best = f._leaders(len(points))
    for rows, lifted in _lifted(points):
        table, where = best(lifted)
        values[rows] = rounded_dots(lifted, table, where)
    return float(values[0]) if single else values


def evaluate_exact(f: TropicalPolynomial | TropicalRational, x: Any) -> ObjectArray:
    """Evaluate in exact rationals.

    Parameters
    ----------
    f : TropicalPolynomial or TropicalRational
    x : array_like, shape (m, d)

    Returns
    -------
    object array of Fractions, shape (m,)
        For the tropical zero, of the float ``-inf``.

    Examples
    --------
    >>> from polytropic import TropicalPolynomial
    >>> evaluate_exact(TropicalPolynomial([[0], [1]], [0, 0.5]), [[2]]).tolist()
    [Fraction(5, 2)]
    """
    points, single = read_points(x, f.n_variables)
    if single:
        raise InputError(f"x must be a batch of points, shape (n, {f.n_variables})")
    values = np.full(len(points), -np.inf, dtype=object)
    if f.is_zero:
        return values
    best = f._leaders(len(points))
    for rows, lifted in _lifted(points):
        values[rows] = exact_dots(lifted, *best(lifted))
    return values


def active(f: TropicalPolynomial, x: Any) -> csr_array:
    """Which monomials attain the maximum at each point, exactly.

    Parameters
    ----------
    f : TropicalPolynomial
    x : array_like, shape (d,) or (m, d)

    Returns
    -------
    csr_array of bool, shape (m, n_monomials)
        Columns are the monomials in the order of `TropicalPolynomial.terms`.

    Notes
    -----
    O(m n d), and exact dot products for those monomials that rounding does not tell from the best.

    Examples
    --------
    >>> from polytropic import TropicalPolynomial
    >>> f = TropicalPolynomial([[0, 0], [0, 1], [1, 0]], [0, 0, 0])
    >>> active(f, [[0, 0], [-1, 2], [0.1, 0.1]]).toarray().astype(int)
    array([[1, 1, 1],
           [0, 1, 0],
           [0, 1, 1]])
    """
    points, _ = read_points(x, f.n_variables)
    found = active_monomials(f, points)
    return csr_of_lists(found.indices, found.indptr, f.n_monomials)


# -- blocks ----------------------------------------------------------------------------------------
Points: TypeAlias = ExactArray | FloatArray
"""Points as rows; floats that NumPy holds are read block by block."""


def read_points(x: Any, dimension: int) -> tuple[Points, bool]:
    """Points as rows, and whether only one was given."""
    is_plain = isinstance(x, np.ndarray) and x.dtype == np.float64 and not np.ma.is_masked(x)
    points: Points = x if is_plain else exact(x, "x")
    if points.ndim not in (1, 2) or points.shape[-1] != dimension:
        raise InputError(
            f"x must have shape ({dimension},) or (n, {dimension}), got {points.shape}"
        )
    return (points.reshape(1, -1), True) if points.ndim == 1 else (points, False)


def _lifted(points: Points) -> Iterator[tuple[slice, ExactArray]]:
    """Blocks of the rows ``(x, 1)``."""
    step = max(1, _BLOCK // (points.shape[1] + 1))
    for start in range(0, len(points), step):
        block = slice(start, start + step)
        rows = points[block]
        if isinstance(rows, ExactArray):
            ones = ExactArray.of_floats(np.ones((len(rows), 1)))
            yield block, ExactArray.concatenate([rows, ones], axis=1)
            continue
        if not np.isfinite(rows).all():
            exact(points, "x")  # names the entry
        lifted = np.ones((len(rows), rows.shape[1] + 1))
        lifted[:, :-1] = rows
        yield block, ExactArray.of_floats(lifted)


def active_monomials(f: TropicalPolynomial, points: Points) -> Extremes:
    """Active monomials at all points."""
    starts, indices = [np.zeros(1, dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
    if f.is_zero:
        return Extremes(np.zeros(len(points) + 1, dtype=np.intp), indices[0])
    for _, lifted in _lifted(points):
        found = row_maxima(Rows.of(lifted), f._table)
        starts.append(found.indptr[1:] + starts[-1][-1])
        indices.append(found.indices)
    return Extremes(np.concatenate(starts), np.concatenate(indices))


# -- best monomials --------------------------------------------------------------------------------
Leaders = Callable[[ExactArray], tuple[ExactArray, IntArray]]
"""Rows ``(a, c)`` of a table, and which of them is the function at each of some rows ``(x, 1)``."""


def leaders(f: TropicalPolynomial, n_points: int) -> Leaders:
    """How to find an active monomial at each of very many points."""
    table, graph = f._table, None
    ready = "_envelope" in f.__dict__
    if f.n_monomials > _FEW and f.n_variables <= _SPACE and n_points > _MANY >> 2 * ready:
        small = f.simplify()
        table, graph = small._table, _walks(small)

    def find(lifted: ExactArray) -> tuple[ExactArray, IntArray]:
        found = row_maxima(Rows.of(lifted), table, graph)
        return table, found.indices[found.indptr[:-1]]

    return find


def difference_leaders(f: TropicalPolynomial, g: TropicalPolynomial, n_points: int) -> Leaders:
    """How to find the affine function that ``f - g`` is at each of very many points."""
    first, second = leaders(f, n_points), leaders(g, n_points)

    def find(lifted: ExactArray) -> tuple[ExactArray, IntArray]:
        (upper, i), (lower, j) = first(lifted), second(lifted)
        pairs, place = np.unique(i * len(lower) + j, return_inverse=True)
        i, j = np.divmod(pairs, len(lower))
        return in_floats(upper[i] - lower[j]), place

    return find


def _walks(f: TropicalPolynomial) -> Graph | None:
    """Regions that are neighbours, for walks from one to the next."""
    n = f.n_monomials
    if n <= _FEW:
        return None
    edges = np.array(f._envelope.edges, dtype=np.int64).reshape(-1, 2)
    both = np.concatenate([edges, edges[:, ::-1]])
    both = both[np.lexsort(both.T[::-1])]
    return Graph(np.searchsorted(both[:, 0], np.arange(n + 1)), both[:, 1])
