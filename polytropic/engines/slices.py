"""A pointed cone cut by a hyperplane: points with proven errors, and exact orientations on request.

The facets of a full-dimensional pointed cone are those of the polytope in which a hyperplane
``height = 1`` meets it, where the height is a linear function that is positive on the cone.  The
points of that polytope are ratios, so floats give them with an error; the rows of the cone are
exact, and decide what the floats leave open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.minors import normals, roundings
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray
from polytropic.arithmetic.rows import Rows

__all__ = ["UNIT", "Slice", "take_slice"]

UNIT = 2.0**-53
_COMPILED = 64  # from this many rows on the compiled loop is worth loading
_SMALLEST = 2.0**-960  # ratios beyond may have been rounded twice
_MILD = 20  # powers of two by which products of a few coordinates may magnify an underflow
_WHOLE = 100  # powers of two up to which products of a few scaled integers do not underflow
_UNDERFLOW = 2.0**-1070  # far above what underflow can do to one quotient or short sum
_EVEN = 3  # powers of two between axes that cost no accuracy to speak of


@dataclass(frozen=True, eq=False)
class Slice:
    """Points ``y = x / height`` of the rows of a cone, in coordinates scaled by powers of two.

    Attributes
    ----------
    rows : Rows, length n, width d + 1
    height : tuple of Fraction, length d + 1
        The linear function that is one on the slice; positive on all rows.
    dropped : int
        The coordinate that is left out of y; the height depends on it.
    exponents : int array, shape (d,)
        ``points = ldexp(y, -exponents)``.
    points : float array, shape (n, d)
    errors : float array, shape (n,)
        Bound on the error of every coordinate of a point; zero where it is exact.
    """

    rows: Rows
    height: tuple[Fraction, ...]
    dropped: int
    exponents: NDArray[np.int64]
    points: FloatArray
    errors: FloatArray

    @property
    def dimension(self) -> int:
        """Dimension d of the slice."""
        return int(self.points.shape[1])

    @cached_property
    def is_integral(self) -> bool:
        """Whether all points are exactly integers, up to one mild power of two per coordinate."""
        if self.errors.any() or self.exponents.max(initial=0) > _WHOLE:
            return False
        whole = self.unscaled
        first = whole[:64]  # most arrays that are not integral show it at once
        return np.array_equal(first, np.rint(first)) and np.array_equal(whole, np.rint(whole))

    @cached_property
    def unscaled(self) -> FloatArray:
        """Points before the scaling."""
        return np.ldexp(self.points, self.exponents) if self.exponents.any() else self.points

    @cached_property
    def sign(self) -> int:
        """Sign of ``det(rows of the cone) / det(1, points)``."""
        lead = self.height[self.dropped]
        return (1 if lead > 0 else -1) * (-1) ** self.dropped

    def orientations(self, index: IntArray, apex: FloatArray | None = None) -> NDArray[np.int8]:
        """Exact signs of ``det((1, y_0), ..., (1, y_d))``.

        Parameters
        ----------
        index : int array, shape (k, d + 1), or (k, d) with an apex
            Points of each simplex.
        apex : float array, shape (d,), optional
            One more point, appended to every simplex; in the scaled coordinates.
        """
        if not len(index):
            return np.zeros(0, dtype=np.int8)
        needed, place = np.unique(index[:, : self.dimension], return_inverse=True)
        facets = self.rows.integers(needed)[place.reshape(len(index), self.dimension)]
        planes = normals(np.ascontiguousarray(facets.transpose(1, 2, 0)))
        if apex is None:
            last = self.rows.integers(index[:, self.dimension])
        else:
            last = np.broadcast_to(self._row_of(apex), (len(index), self.dimension + 1))
        values = (planes * last.T).sum(axis=0).tolist()
        return np.array([self.sign * ((v > 0) - (v < 0)) for v in values], dtype=np.int8)

    def hyperplanes(self, simplices: IntArray, inside: FloatArray) -> ObjectArray:
        """Exact primitive functionals that vanish on d points each and are positive inside.

        Parameters
        ----------
        simplices : int array, shape (k, d)
        inside : float array, shape (d,)
            A point of the slice, off all these hyperplanes.
        """
        if not len(simplices):
            return integer_rows([], self.dimension + 1)
        needed, place = np.unique(simplices, return_inverse=True)
        corners = self.rows.integers(needed)[place.reshape(simplices.shape)]
        planes = normals(np.ascontiguousarray(corners.transpose(1, 2, 0))).T
        row = self._row_of(inside)
        signs = [1 if value > 0 else -1 for value in (planes * row).sum(axis=1).tolist()]
        rows = zip(planes.tolist(), signs, strict=True)
        return integer_rows(
            [primitive([sign * entry for entry in plane]) for plane, sign in rows],
            self.dimension + 1,
        )

    def rounded_hyperplanes(
        self, simplices: IntArray, lead: int
    ) -> tuple[FloatArray, NDArray[np.bool_]]:
        """The same in floats, up to sign, divided by one coordinate (see `cofactor_ratios`).

        Returns the correctly rounded rows and which of them are certain.
        """
        if self.rows.floats is None or len(simplices) < _COMPILED:
            shape = (len(simplices), self.dimension + 1)
            return np.full(shape, np.nan), np.zeros(len(simplices), dtype=bool)
        from polytropic.arithmetic.double_double import cofactor_ratios

        exponents = np.frexp(np.abs(self.rows.floats).max(axis=0))[1].astype(np.int64)
        scaled = np.ldexp(self.rows.floats, -exponents)
        ratios, sure = cofactor_ratios(
            scaled, exponents, simplices, lead, roundings(self.dimension)
        )
        if not np.array_equal(np.ldexp(scaled, exponents), self.rows.floats):
            sure[:] = False
        size = np.abs(ratios)
        return ratios, sure & ((size > _SMALLEST) & (size < 1 / _SMALLEST)).all(axis=1)

    def _row_of(self, point: FloatArray) -> ObjectArray:
        """Homogeneous integer row of a point of the slice."""
        powers = [Fraction(2) ** exponent for exponent in self.exponents.tolist()]
        y = [Fraction(x) * power for x, power in zip(point.tolist(), powers, strict=True)]
        y.insert(self.dropped, Fraction(0))
        rest = sum((h * x for h, x in zip(self.height, y, strict=True)), Fraction(0))
        y[self.dropped] = (1 - rest) / self.height[self.dropped]
        common = math.lcm(*(x.denominator for x in y))
        return np.array([int(x * common) for x in y], dtype=object)


def take_slice(rows: Rows, height: FloatArray | None = None) -> Slice | None:
    """Cut a cone by ``height = 1``.

    Parameters
    ----------
    rows : Rows, width d + 1
    height : float array, shape (d + 1,), optional
        The first coordinate by default.

    Returns
    -------
    Slice, or None if floats cannot tell that the height is positive on all rows, or overflow.
    """
    if height is None and rows.floats is not None and (rows.floats[:, 0] == 1).all():
        points = rows.floats[:, 1:]
        return _scaled(rows, _unit(rows.width), 0, points, np.zeros(len(points)))
    values, errors = rows.bounded()
    level = np.eye(1, rows.width)[0] if height is None else height
    with np.errstate(all="ignore"):
        heights = values @ level
        size = np.abs(values) @ np.abs(level)
        slack = errors @ np.abs(level) + (rows.width + 2) * 2 * UNIT * size
        slack += rows.width * _UNDERFLOW
        relative = slack / heights
        if not (heights > 0).all() or not (relative < 0.01).all():
            return None
        dropped = int(np.argmax(np.abs(level)))
        kept = [column for column in range(rows.width) if column != dropped]
        points = values[:, kept] / heights[:, None]
        spread = (errors[:, kept] / heights[:, None]).max(axis=1, initial=0.0)
        bound = spread + np.abs(points).max(axis=1, initial=0.0) * (relative + 2 * UNIT)
        bound += _UNDERFLOW
        # Dividing by powers of two loses nothing, unless it underflows.
        if not errors.any() and np.count_nonzero(level) == 1 and level[dropped] == 1:
            undone = (points * heights[:, None] == values[:, kept]).all(axis=1)
            bound[undone & (np.frexp(heights)[0] == 0.5)] = 0.0
    return _scaled(rows, tuple(Fraction(x) for x in level.tolist()), dropped, points, 2 * bound)


def _unit(width: int) -> tuple[Fraction, ...]:
    return (Fraction(1), *[Fraction(0)] * (width - 1))


def _scaled(
    rows: Rows,
    height: tuple[Fraction, ...],
    dropped: int,
    points: FloatArray,
    errors: FloatArray,
) -> Slice | None:
    with np.errstate(all="ignore"):
        columns = np.ascontiguousarray(points.T)
        span = columns.max(axis=1) - columns.min(axis=1) if len(points) else np.zeros(0)
        if not np.isfinite(span).all():
            return None
        exponents = np.frexp(span)[1].astype(np.int64)
        if np.abs(exponents).max(initial=0) <= _MILD and np.ptp(exponents) <= _EVEN:
            return Slice(rows, height, dropped, 0 * exponents, np.ascontiguousarray(points), errors)
        scaled = np.ldexp(points, -exponents)
        back = np.ldexp(scaled, exponents)
        if not np.isfinite(scaled).all():
            return None
        shrunk = np.ldexp(errors, -int(exponents.min())) + 2.0**-1000
        errors = np.where(errors > 0, shrunk, 0.0)  # what has an error keeps one
        if not np.array_equal(back, points):
            errors = errors + 2.0**-1000
    return Slice(rows, height, dropped, exponents, scaled, errors)
