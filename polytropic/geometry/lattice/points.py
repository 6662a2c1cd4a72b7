"""Lattice points of polytopes, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.geometry.lattice.fibration import MAX_POINTS, Fibration
from polytropic.geometry.polytope import Polytope

__all__ = ["interior_lattice_points", "lattice_points", "n_lattice_points"]


def lattice_points(polytope: Polytope, *, max_points: int = MAX_POINTS) -> NDArray[Any]:
    """All points with integer coordinates in a polytope.

    Parameters
    ----------
    polytope : Polytope
        Bounded; flat or empty ones are welcome, and vertices need not be integers.
    max_points : int
        Largest number of points, and of slices on the way to them.

    Returns
    -------
    int64 array, shape (n, d)
        In lexicographic order; Python integers (dtype object) where int64 does not suffice.

    Raises
    ------
    InputError
        If the polyhedron is unbounded.
    BudgetError
        As soon as there are more than `max_points`.

    Notes
    -----
    O(slices x facets) for the facets of the projections to the first coordinates.

    Examples
    --------
    >>> lattice_points(Polytope.from_points([[0, 0], [2, 1]])).tolist()
    [[0, 0], [2, 1]]
    >>> len(lattice_points(Polytope.box(-1, 1, dim=3)))
    27
    """
    return _collect(polytope, False, max_points)


def interior_lattice_points(polytope: Polytope, *, max_points: int = MAX_POINTS) -> NDArray[Any]:
    """All points with integer coordinates in the relative interior; see `lattice_points`.

    Examples
    --------
    >>> interior_lattice_points(Polytope.box(-1, 1, dim=3)).tolist()
    [[0, 0, 0]]
    """
    return _collect(polytope, True, max_points)


def n_lattice_points(
    polytope: Polytope, *, interior: bool = False, max_slices: int = MAX_POINTS
) -> int:
    """Number of points with integer coordinates in a polytope, or in its relative interior.

    Parameters
    ----------
    polytope : Polytope
        Bounded.
    interior : bool
        Whether to leave out the relative boundary.
    max_slices : int
        Largest number of segments (in the direction of the last coordinate) to be measured; the
        points on them are counted, not visited.

    Returns
    -------
    int

    Raises
    ------
    InputError, BudgetError
        As for `lattice_points`.

    Examples
    --------
    >>> n_lattice_points(Polytope.box(0, 10**6, dim=2), interior=True)
    999998000001
    """
    fibration = Fibration.of(polytope)
    return 0 if fibration is None else fibration.count(1, interior, max_slices)


def _collect(polytope: Polytope, interior: bool, max_points: int) -> NDArray[Any]:
    fibration = Fibration.of(polytope)
    if fibration is None:
        return np.zeros((0, polytope.ambient_dimension), dtype=np.int64)
    return fibration.points(interior, max_points)
