"""Gradients of tropical functions at many points, and where there are none, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, exact
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.tropical.evaluation import Points, active_monomials, read_points

if TYPE_CHECKING:
    from polytropic.tropical.polynomial import TropicalPolynomial
    from polytropic.tropical.rational import TropicalRational

__all__ = [
    "Gradients",
    "difference_gradients",
    "gradients",
    "polynomial_gradients",
    "subdifferential",
]


@dataclass(frozen=True, eq=False)
class Gradients:
    """Gradients of a piecewise linear function at many points.

    Attributes
    ----------
    pieces : ExactArray, shape (k, d)
        Gradients that occur (for a polynomial: all its exponents).
    index : int array, shape (m,)
        Which of them is the gradient at each point; -1 where the function has a kink.
    """

    pieces: ExactArray
    index: IntArray

    @property
    def is_unique(self) -> NDArray[np.bool_]:
        """Whether the function is differentiable at each point, shape (m,)."""
        differentiable: NDArray[np.bool_] = self.index >= 0
        return differentiable

    @cached_property
    def values(self) -> FloatArray:
        """Gradients as float64, shape (m, d); NaN at the kinks."""
        rows = np.full((len(self.pieces) + 1, self.pieces.shape[1]), np.nan)
        rows[:-1] = self.pieces.to_float()
        return rows[self.index]

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"Gradients({len(self)} points, {int((self.index < 0).sum())} of them on kinks)"


def gradients(f: TropicalPolynomial | TropicalRational, x: Any) -> Gradients:
    """Gradients where there are, and where there are none, exactly.

    Parameters
    ----------
    f : TropicalPolynomial or TropicalRational
        Not the tropical zero.
    x : array_like, shape (d,) or (m, d)

    Returns
    -------
    Gradients

    Notes
    -----
    A polynomial is differentiable where one monomial is active.  At a common kink a quotient
    ``f - g`` is differentiable nevertheless if the hull of the active exponents of f is a translate
    of that of g.

    Examples
    --------
    >>> from polytropic import TropicalPolynomial
    >>> at = gradients(TropicalPolynomial([[0], [1], [3]], [0, 0, 0]), [[-2], [0], [1]])
    >>> at.values.ravel(), at.is_unique
    (array([ 0., nan,  3.]), array([ True, False,  True]))
    """
    if f.is_zero:
        raise InputError("the tropical zero is -inf everywhere: it has no gradients")
    points, _ = read_points(x, f.n_variables)
    return f._gradients(points)


def subdifferential(f: TropicalPolynomial, point: Any) -> Polytope:
    """Hull of the exponents that are active at a point: all slopes of supporting planes there.

    Parameters
    ----------
    f : TropicalPolynomial
        Not the tropical zero.
    point : array_like, shape (d,)

    Returns
    -------
    Polytope
        The cell of the dual subdivision that belongs to the point.

    Examples
    --------
    >>> from polytropic import TropicalPolynomial
    >>> subdifferential(TropicalPolynomial([[0, 0], [0, 1], [1, 0]], [0, 0, 0]), [1, 1]).vertices
    array([[0., 1.],
           [1., 0.]])
    """
    if f.is_zero:
        raise InputError("the tropical zero is -inf everywhere: it has no gradients")
    points, single = read_points(point, f.n_variables)
    if not single:
        raise InputError(f"point must have shape ({f.n_variables},), got {points.shape}")
    return Polytope.from_points(f.exponents_exact[active_monomials(f, points).indices])


def polynomial_gradients(f: TropicalPolynomial, points: Points) -> Gradients:
    """Exponents of the monomials that are active alone."""
    found = active_monomials(f, points)
    index = found.indices[found.indptr[:-1]].astype(np.int64)
    index[np.diff(found.indptr) > 1] = -1
    return Gradients(f.exponents_exact, index)


def difference_gradients(f: TropicalPolynomial, g: TropicalPolynomial, points: Points) -> Gradients:
    """Gradients of ``f - g``, at common kinks too."""
    upper, lower = active_monomials(f, points), active_monomials(g, points)
    i, j = upper.indices[upper.indptr[:-1]], lower.indices[lower.indptr[:-1]]
    smooth = (np.diff(upper.indptr) == 1) & (np.diff(lower.indptr) == 1)
    pairs, place = np.unique(i[smooth] * g.n_monomials + j[smooth], return_inverse=True)
    slopes = f.exponents_exact[pairs // g.n_monomials] - g.exponents_exact[pairs % g.n_monomials]
    index = np.empty(len(points), dtype=np.int64)
    index[smooth] = place
    known: dict[tuple[bytes, bytes], int] = {}
    moves: list[ExactArray] = []
    for k in np.flatnonzero(~smooth).tolist():
        ties = upper.indices[upper.indptr[k] : upper.indptr[k + 1]]
        others = lower.indices[lower.indptr[k] : lower.indptr[k + 1]]
        key = ties.tobytes(), others.tobytes()
        if key not in known:
            move = _translation(g.exponents_exact[others], f.exponents_exact[ties])
            known[key] = -1 if move is None else len(pairs) + len(moves)
            moves += [] if move is None else [move]
        index[k] = known[key]
    return Gradients(ExactArray.concatenate([slopes, *moves]), index)


def _translation(first: ExactArray, second: ExactArray) -> ExactArray | None:
    """The move, shape (1, d), that takes the hull of the first points to that of the second."""
    before, after = _corners(first), _corners(second)
    if len(before) != len(after):
        return None
    moves = {
        tuple(b - a for a, b in zip(*pair, strict=True)) for pair in zip(before, after, strict=True)
    }
    return exact([list(moves.pop())]) if len(moves) == 1 else None


def _corners(points: ExactArray) -> list[list[Fraction]]:
    if len(points) > 1:
        points = Polytope.from_points(points).vertices_exact
    corners: list[list[Fraction]] = points.to_fractions().tolist()
    return sorted(corners)
