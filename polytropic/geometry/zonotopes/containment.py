"""Which points lie in a zonotope, exactly."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import ExactArray, Numbers, ObjectArray, exact
from polytropic.arithmetic.rows import Rows
from polytropic.engines.linear_programs import solve
from polytropic.errors import InputError
from polytropic.geometry import containment
from polytropic.geometry.zonotopes.zonotope import Zonotope

__all__ = ["coefficients", "contains"]

_SUBSETS_PER_PROGRAM = 2000  # looked at for facets while one linear program is solved
_FEW_SUBSETS = 20_000
_MOST_SUBSETS = 2_000_000


def contains(zonotope: Zonotope, points: Numbers) -> NDArray[np.bool_]:
    """Which points lie in a zonotope, its boundary included.

    Parameters
    ----------
    zonotope : Zonotope
    points : array_like, shape (n, d)

    Returns
    -------
    bool array, shape (n,)

    Notes
    -----
    By the facets, if there are not too many of them for that number of points; otherwise by one
    exact linear program in m variables for every point.

    Examples
    --------
    >>> contains(Zonotope([[1, 0], [0, 1], [1, 1]]), [[1, 1], [0, 2], [2, 2]]).tolist()
    [True, False, True]
    """
    places = exact(points, "points", ndim=2)
    if places.shape[1] != zonotope.ambient_dimension:
        raise InputError(
            f"points must have shape (n, {zonotope.ambient_dimension}), got {places.shape}"
        )
    n_subsets = comb(len(zonotope.generators_exact), zonotope.dimension - 1) if len(
        zonotope.generators_exact
    ) and zonotope.dimension else 1  # fmt: skip
    is_cheap = n_subsets <= max(_FEW_SUBSETS, _SUBSETS_PER_PROGRAM * len(places))
    if "facets" in zonotope.__dict__ or (is_cheap and n_subsets <= _MOST_SUBSETS):
        return containment.contains(zonotope.facets.polytope, places, via="facets")
    inside = [coefficients(zonotope, places[i]) is not None for i in range(len(places))]
    return np.array(inside, dtype=bool)


def coefficients(zonotope: Zonotope, point: ExactArray) -> tuple[ObjectArray, int] | None:
    """Numbers from 0 to 1 that write a point of a zonotope with its generators.

    Parameters
    ----------
    zonotope : Zonotope
    point : ExactArray, shape (d,)

    Returns
    -------
    numerators : object array, shape (m,)
    denominator : int
        None if the point lies outside.

    Examples
    --------
    >>> coefficients(Zonotope([[2, 0], [0, 1]]), exact([1, 1]))
    (array([1, 2], dtype=object), 2)
    """
    rows = zonotope.generators_exact
    size, width = rows.shape
    target = point - zonotope.base_exact
    if not size:
        return None if any(target.numerators.tolist()) else (np.empty(0, dtype=object), 1)
    bounds = np.full((2 * size, size + 1), 0, dtype=object)
    bounds[:size, 1:] = np.eye(size, dtype=int).astype(object)
    bounds[size:, 0], bounds[size:, 1:] = 1, -bounds[:size, 1:]
    left = (rows.numerators * target.denominator).T
    right = (target.numerators * rows.denominator).reshape(-1, 1)
    equations: ObjectArray = np.concatenate([-right, left], axis=1)
    equations = equations[equations.any(axis=1)] if width else integer_rows([], size + 1)
    found = solve(Rows(None, bounds), equations, [0] * size)
    if found.status == "empty":
        return None
    numbers = ExactArray(*_common(found.point))
    return numbers.numerators, numbers.denominator


def _common(values: tuple[object, ...]) -> tuple[ObjectArray, int]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    over = exact(array)
    return over.numerators, over.denominator
