"""Upper facets: on which side of a facet the last coordinate grows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.minors import roundings
from polytropic.arithmetic.numbers import FloatArray
from polytropic.engines import boundary_reference
from polytropic.engines.boundary_reference import TINY, edge_spread
from polytropic.engines.hulls import ConeFacets
from polytropic.engines.qhull import Boundary

__all__ = ["last_ratios", "last_signs"]

_COMPILED = 256  # from this many facets on the compiled loop is worth loading
_EXACT = 2.0**52


def last_signs(found: ConeFacets) -> NDArray[np.int8]:
    """Signs of the last entries of all normals, exactly.

    A normal is non-negative on the polytope, so -1 says that the facet is an upper one.

    Notes
    -----
    One determinant per facet in floats, with the error bound of `boundary_reference.planes`; exact
    for small integers; integers decide what is left.
    """
    if found.boundary is None:
        return _signs(found.normals.integers()[:, -1].tolist())
    signs, sure = _float_signs(found.boundary)
    left = np.flatnonzero(~sure)
    if len(left):
        signs[left] = _signs(found.boundary.integers(left)[:, -1].tolist())
    return signs


def last_ratios(
    boundary: Boundary, facets: NDArray[np.intp]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Normals of some facets divided by their last entries, rounded to nearest, and which are sure.

    Parameters
    ----------
    boundary : Boundary
    facets : int array, shape (k,)

    Returns
    -------
    ratios : float array, shape (k, D)
    sure : bool array, shape (k,)
    """
    return boundary.points.rounded_hyperplanes(boundary.corners[facets], boundary.points.dimension)


def _signs(values: list[int]) -> NDArray[np.int8]:
    return np.array([(value > 0) - (value < 0) for value in values], dtype=np.int8)


@np.errstate(all="ignore")  # what overflows decides nothing
def _float_signs(boundary: Boundary) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Signs according to floats, and which of them are proven."""
    points, inside = boundary.points, boundary.certificate.inside
    whole = points.unscaled if points.is_integral else np.zeros((0, 0))
    args = (points.points, points.errors, boundary.corners, whole, roundings(points.dimension))
    normal, size, relative, integer_size = _loops(len(boundary.corners)).planes(*args)
    base = boundary.corners[:, 0]
    step = inside - points.points[base]
    value, length = (normal * step).sum(axis=1), np.abs(step).sum(axis=1)
    spread = edge_spread(length, points.errors[base], points.dimension)
    error = size * ((length + spread) * relative + spread) + TINY
    # The last entry is the value at a unit vector, which is known without error.
    last, least = normal[:, -1], size * relative + TINY
    sure = (np.abs(value) > error) & ((np.abs(last) > least) | (integer_size < _EXACT))
    if points.dropped or any(points.height[1:]):
        sure[:] = False  # cut by another function than the first coordinate
    return (np.sign(value) * np.sign(last)).astype(np.int8), sure


def _loops(n_facets: int) -> Any:
    if n_facets < _COMPILED:
        return boundary_reference
    from polytropic.engines import boundary_kernels

    return boundary_kernels
