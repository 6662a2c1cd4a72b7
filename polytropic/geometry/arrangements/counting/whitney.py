"""Numbers of chambers without listing them: Whitney numbers and characteristic polynomials.

By Zaslavsky's theorem the absolute coefficients of the characteristic polynomial add up to the
number of chambers.  How they are found is told in `walk`.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import echelon
from polytropic.arithmetic.numbers import ExactArray, IntArray
from polytropic.arithmetic.rows import Rows
from polytropic.errors import InputError
from polytropic.geometry.arrangements.counting.face_counts import connected_faces
from polytropic.geometry.arrangements.counting.genericity import surely_generic
from polytropic.geometry.arrangements.counting.symmetry import (
    Group,
    Symmetry,
    hyperplane_symmetries,
    orbits,
)
from polytropic.geometry.arrangements.counting.walk import Budget, Lattice, Progress, whitney_above
from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes

__all__ = [
    "affine_whitney_numbers",
    "characteristic_polynomial",
    "components",
    "count_chambers",
    "face_numbers",
    "whitney_numbers",
]


def whitney_numbers(
    rows: ExactArray,
    *,
    group: Group | None = None,
    max_flats: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> list[int]:
    """Absolute Whitney numbers of the first kind of a central arrangement (its Betti numbers).

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
        Normals of the hyperplanes, of any rank r.  Zero rows are no hyperplanes, parallel rows are
        one.
    group : sequence of permutations of the rows, optional
        Generators of a group of symmetries: ``g[i]`` is the row that row i goes to.  One flat of
        every orbit is kept instead of all.
    max_flats : int, optional
        Stop with a `BudgetError` when more flats of one rank (or of one orbit) have to be kept.
    time_limit : float, optional
        Stop with a `BudgetError` after so many seconds.
    progress : callable, optional
        Called as ``progress(rank, flats_done, n_flats)``.

    Returns
    -------
    list of int, length r + 1
        ``|w_0|, ..., |w_r|``, where ``w_k`` is the sum of the Möbius numbers of the flats of rank
        k and the coefficient of ``t^(n - k)`` in the characteristic polynomial.

    Raises
    ------
    BudgetError
        If a limit is exceeded, or a number outgrows the 64-bit counters of the walk.
    InputError
        If a generator is not a symmetry.

    Notes
    -----
    Time about O(sum over the flats Y of rank r - 3 of the number of hyperplanes before the first
    one of Y, squared), memory O(flats of rank r - 3); see `walk`.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> braid = exact([[1, -1, 0], [0, 1, -1], [1, 0, -1]])
    >>> whitney_numbers(braid)
    [1, 3, 2]
    """
    budget = Budget(max_flats, time_limit, progress)
    planes = distinct_hyperplanes(rows)
    if group is not None and len(group):
        permutations = hyperplane_symmetries(planes, group)
        if len(planes.rows):
            return _with_symmetry(planes.rows, permutations, budget)
    numbers = [1]
    for part in components(planes.rows):
        chosen = distinct_hyperplanes(planes.rows[part]).rows
        numbers = _product(numbers, _connected(chosen, budget))
    return numbers


def characteristic_polynomial(
    rows: ExactArray,
    *,
    group: Group | None = None,
    max_flats: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> list[int]:
    """Characteristic polynomial of a central arrangement in R^n.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
    group, max_flats, time_limit, progress
        See `whitney_numbers`.

    Returns
    -------
    list of int, length n + 1
        Coefficients of ``t^n, t^(n - 1), ..., 1``, the highest first (as `numpy.polyval` reads
        them).  The lowest n - r are zero.

    Examples
    --------
    Three planes through a line: t (t - 1) (t - 2).

    >>> from polytropic.arithmetic.numbers import exact
    >>> characteristic_polynomial(exact([[1, -1, 0], [0, 1, -1], [1, 0, -1]]))
    [1, -3, 2, 0]
    """
    numbers = whitney_numbers(
        rows, group=group, max_flats=max_flats, time_limit=time_limit, progress=progress
    )
    signed = [-number if k % 2 else number for k, number in enumerate(numbers)]
    return signed + [0] * (rows.shape[1] + 1 - len(signed))


def affine_whitney_numbers(
    rows: ExactArray,
    infinity: ExactArray,
    *,
    group: Group | None = None,
    max_flats: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> list[int]:
    """Absolute Whitney numbers of an affine arrangement, from its cone.

    Parameters
    ----------
    rows : ExactArray, shape (m, d + 1)
        Rows of the cone: (normal, offset) for every hyperplane.  Rows parallel to `infinity` (and
        zero rows) are no hyperplanes.
    infinity : ExactArray, shape (d + 1,)
        The hyperplane at infinity, for instance (0, ..., 0, 1).
    group : sequence of permutations of the rows, optional
        Symmetries of the affine arrangement: linear maps of the cone that fix infinity.
    max_flats, time_limit, progress
        See `whitney_numbers`.

    Returns
    -------
    list of int, length r + 1
        ``|w_0|, ..., |w_r|``, r being the rank of the normals.  Their sum is the number of regions;
        the absolute value of their alternating sum is the number of relatively bounded ones, the
        bounded regions of the essentialisation (the bounded ones when r = d).

    Notes
    -----
    The characteristic polynomial of the cone is (t - 1) times that of the affine arrangement.

    Examples
    --------
    Three lines in general position have seven regions, one of them bounded.

    >>> from polytropic.arithmetic.numbers import exact
    >>> affine_whitney_numbers(exact([[1, 0, 0], [0, 1, 0], [1, 1, -1]]), exact([0, 0, 1]))
    [1, 3, 3]
    """
    if infinity.shape != (rows.shape[1],):
        raise InputError(
            f"infinity has shape {infinity.shape}, but the rows have {rows.shape[1]} entries"
        )
    if distinct_hyperplanes(infinity.reshape(1, -1)).rows.shape[0] == 0:
        raise InputError("infinity is zero; it must be the normal of a hyperplane of the cone")
    cone = _stacked(rows, infinity)
    extended = None
    if group is not None:
        extended = [[*np.asarray(generator).tolist(), len(rows)] for generator in group]
    numbers = whitney_numbers(
        cone, group=extended, max_flats=max_flats, time_limit=time_limit, progress=progress
    )
    quotient = [1]
    for number in numbers[1:-1]:
        quotient.append(number - quotient[-1])
    return quotient


def count_chambers(
    rows: ExactArray,
    *,
    group: Group | None = None,
    max_flats: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> int:
    """Number of chambers of a central arrangement, which is that of vertices of its zonotope.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
    group, max_flats, time_limit, progress
        See `whitney_numbers`.

    Notes
    -----
    Zaslavsky (1975), "Facing up to arrangements", Theorem A.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> count_chambers(exact([[1, 0], [0, 1], [1, 1], [-2, 0]]))
    6
    """
    return sum(
        whitney_numbers(
            rows, group=group, max_flats=max_flats, time_limit=time_limit, progress=progress
        )
    )


def face_numbers(
    rows: ExactArray, *, max_flats: int | None = None, time_limit: float | None = None
) -> list[int]:
    """Numbers of faces of a central arrangement, by dimension.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
    max_flats : int, optional
        Stop with a `BudgetError` when more flats of one rank have to be kept.
    time_limit : float, optional
        Stop with a `BudgetError` after so many seconds.

    Returns
    -------
    list of int, length n + 1
        Entry k is the number of faces of dimension k.  A face of dimension k is normal to a face of
        dimension n - k of the zonotope that the rows generate: read backwards, this is the f-vector
        of the zonotope, with the zonotope itself at the end.

    Notes
    -----
    A face of dimension n - k is a chamber of the restriction to a flat of rank k.  Flats of rank up
    to r - 2 are kept; chambers are counted above each of them (see `walk`), those of planes and
    lines together.

    Examples
    --------
    A cube: eight vertices, twelve edges, six facets.

    >>> from polytropic.arithmetic.numbers import exact
    >>> face_numbers(exact([[1, 0, 0], [0, 1, 0], [0, 0, 1]]))
    [1, 6, 12, 8]
    """
    budget = Budget(max_flats, time_limit)
    planes = distinct_hyperplanes(rows)
    codimension = [1]
    for part in components(planes.rows):
        found = connected_faces(distinct_hyperplanes(planes.rows[part]).rows, budget)
        codimension = _product(codimension, found)
    lineality = rows.shape[1] - planes.rows.shape[1]
    return [0] * lineality + codimension[::-1]


def components(rows: ExactArray) -> list[NDArray[np.intp]]:
    """Split hyperplanes into the parts of which their arrangement is a product.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
        No zero rows.

    Returns
    -------
    list of int arrays
        Indices of rows; the spans of the parts are a direct sum.

    Notes
    -----
    Two rows belong together if one uses the other in its expansion in a basis: the components of
    a matroid are those of the bipartite graph of any one basis.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> [part.tolist() for part in components(exact([[1, 0, 0], [0, 1, 1], [2, 0, 0]]))]
    [[0, 2], [1]]
    """
    m = len(rows)
    if m == 0:
        return []
    expansions, pivots = echelon(Rows.of(rows).integers().T)
    place, column = np.nonzero(expansions != 0)
    edges = np.array(pivots, dtype=np.intp)[place], column
    # Imported here: SciPy would take most of the time that `import polytropic` does.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(column), dtype=np.int8), edges), shape=(m, m))
    count, label = connected_components(graph, directed=False)
    return [np.flatnonzero(label == part) for part in range(count)]


def _connected(rows: ExactArray, budget: Budget) -> list[int]:
    m, r = rows.shape
    lattice = Lattice(rows)
    # Walking modulo many primes is dear, and big integers are mostly in general position.
    if len(lattice.residues.primes) > 1 and surely_generic(rows):
        return [*(comb(m, k) for k in range(r)), comb(m - 1, r - 1)]
    return whitney_above(lattice.shortest(), budget=budget)


def _with_symmetry(rows: ExactArray, permutations: IntArray, budget: Budget) -> list[int]:
    number = orbits(permutations)
    sizes = np.bincount(number)
    # Flats that reach an early block give little to those above: put the large blocks first.
    sequence = np.argsort(-sizes, kind="stable")
    rank_of = np.argsort(sequence)
    order = np.argsort(rank_of[number], kind="stable")
    place = np.argsort(order)
    symmetry = Symmetry(place[permutations[:, order]])
    lattice = Lattice(rows[order], sizes[sequence].tolist())
    return whitney_above(
        lattice,
        budget=budget,
        merge=lambda level, shares: symmetry.merge(level, shares, budget),
    )


def _stacked(rows: ExactArray, infinity: ExactArray) -> ExactArray:
    return ExactArray.concatenate([rows, infinity.reshape(1, -1)])


def _product(left: list[int], right: list[int]) -> list[int]:
    """Coefficients of a product of polynomials."""
    result = [0] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            result[i + j] += a * b
    return result
