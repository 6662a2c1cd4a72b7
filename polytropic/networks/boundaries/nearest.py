"""The nearest point of a set of polyhedra: best first by boxes, then exact projections."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, FloatArray, exact
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.boundaries.projecting import project_by_program, project_orthogonally
from polytropic.networks.boundaries.sizes import square_root
from polytropic.networks.regions.complex import RegionComplex

__all__ = ["NearestPoint", "Norm", "checked_norm", "nearest_point"]

Norm = Literal[1, 2] | float
"""1, 2 or `numpy.inf`."""

_UNIT = 2.0**-53
_TINY = 2.0**-1000


@dataclass(frozen=True)
class NearestPoint:
    """A nearest point and its distance.

    Attributes
    ----------
    point_exact : ExactArray, shape (d,)
        One of the nearest points (the only one in its cell, if the norm is 2).
    squared_distance : Fraction
        Exact.
    norm : {1, 2, inf}
    cell : int
        The maximal cell that it was found in.
    """

    point_exact: ExactArray
    squared_distance: Fraction
    norm: Norm
    cell: int

    @property
    def point(self) -> FloatArray:
        """The point, correctly rounded, shape (d,)."""
        return self.point_exact.to_float()

    @property
    def distance(self) -> float:
        """The distance, rounded."""
        return square_root(self.squared_distance)

    @property
    def distance_exact(self) -> Fraction | None:
        """The distance itself where it is rational, as it always is for the norms 1 and inf."""
        n, d = self.squared_distance.numerator, self.squared_distance.denominator
        root = Fraction(math.isqrt(n), math.isqrt(d))
        return root if root * root == self.squared_distance else None


def checked_norm(norm: Any) -> Norm:
    """1, 2 or infinity.

    Raises
    ------
    InputError
        If it is anything else.
    """
    for known in (1, 2, math.inf):
        if norm == known:
            return known
    raise InputError(f"norm={norm!r}: distances are known in the norms 1, 2 and numpy.inf")


def nearest_point(
    regions: RegionComplex, pieces: tuple[tuple[int, ...], ...], point: Any, norm: Norm
) -> NearestPoint | None:
    """The nearest point of polyhedra given by generators of a complex; None if there are none."""
    norm = checked_norm(norm)
    place = exact(point, "point", ndim=1)
    if place.shape != (regions.network.n_inputs,):
        raise InputError(f"point must have shape ({regions.network.n_inputs},), got {place.shape}")
    if not pieces:
        return None
    target = place.to_fractions().tolist()
    bounds = _lower_bounds(regions, pieces, place.to_float(), norm)
    best: NearestPoint | None = None
    for cell in np.argsort(bounds, kind="stable").tolist():
        if best is not None and Fraction(bounds[cell]) ** 2 >= best.squared_distance:
            break
        found, square = _project(regions, pieces[cell], target, norm)
        if best is None or square < best.squared_distance:
            best = NearestPoint(exact(found, ndim=1), square, norm, cell)
    return best


def _project(
    regions: RegionComplex, piece: tuple[int, ...], target: list[Fraction], norm: Norm
) -> tuple[Any, Fraction]:
    rows = regions.exact_generators(np.array(piece))
    if norm == 2:
        return project_orthogonally(rows, regions.lineality, target)
    return project_by_program(Polytope._from_rows(rows, regions.lineality), target, norm)


def _lower_bounds(
    regions: RegionComplex, pieces: tuple[tuple[int, ...], ...], x: FloatArray, norm: Norm
) -> FloatArray:
    """Distances to boxes around polyhedra, rounded down so that they are true lower bounds."""
    members = np.array([g for piece in pieces for g in piece])
    start = np.cumsum([0] + [len(piece) for piece in pieces[:-1]])
    value, error = (part[members] for part in regions.places)
    with np.errstate(all="ignore"):
        error = np.where(np.isfinite(value + error), error * (1 + 4 * _UNIT), np.inf)
        value = np.where(np.isfinite(value), value, 0.0)
        doubt = error + 4 * _UNIT * (np.abs(value) + np.abs(x)) + _TINY
        above, below = (value - x) - doubt, (x - value) - doubt
    # A ray leads as far as one likes wherever its coordinate is not certain to have a sign.
    rays = ~regions.is_point[members][:, None]
    above = np.where(rays, np.where(value - error >= 0, np.inf, -np.inf), above)
    below = np.where(rays, np.where(value + error <= 0, np.inf, -np.inf), below)
    gaps = np.maximum(np.minimum.reduceat(above, start), np.minimum.reduceat(below, start))
    gaps = np.maximum(np.nan_to_num(gaps, nan=0.0, posinf=np.inf, neginf=0.0), 0.0)
    free = (regions.lineality[:, 1:] != 0).any(axis=0).astype(bool)
    gaps[:, free] = 0.0
    slack = 1 - (len(x) + 4) * 2 * _UNIT
    with np.errstate(all="ignore"):
        if norm == 1:
            sizes = gaps.sum(axis=1)
        else:
            sizes = gaps.max(axis=1, initial=0.0)
            if norm == 2:
                scale = np.where(sizes > 0, sizes, 1.0)[:, None]
                sizes = sizes * np.sqrt(((gaps / scale) ** 2).sum(axis=1))
    return np.minimum(np.maximum(slack * sizes - _TINY, 0.0), np.finfo(np.float64).max)
