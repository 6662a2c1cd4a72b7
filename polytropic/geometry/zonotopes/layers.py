"""Zonotopes of one hidden layer, and the maps between its four descriptions.

A hidden layer ``x -> max(W1 x + b1, 0)`` is at once an arrangement of hyperplanes (its chambers
have sign vectors), a list of activation patterns, a piecewise linear map (affine pieces), and the
zonotope of the generators ``(W1_j, b1_j)`` in R^{d+1} (upper vertices).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.numbers import ExactArray, FloatArray, Numbers, exact
from polytropic.arithmetic.signs import product_signs
from polytropic.errors import InputError
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.polytope import homogeneous_points
from polytropic.geometry.zonotopes.containment import coefficients
from polytropic.geometry.zonotopes.faces import witness
from polytropic.geometry.zonotopes.subset_sums import SubsetSums
from polytropic.geometry.zonotopes.zonotope import Zonotope

__all__ = ["AffinePieces", "HiddenLayer", "layer_zonotopes"]


class AffinePieces(NamedTuple):
    """Affine maps ``x -> gradient x + intercept``, one for each pattern.

    Attributes
    ----------
    gradients : ExactArray, shape (n, k, d)
    intercepts : ExactArray, shape (n, k)
    """

    gradients: ExactArray
    intercepts: ExactArray


@dataclass(frozen=True, init=False, repr=False)
class HiddenLayer:
    """A network ``x -> W2 max(W1 x + b1, 0) + b2`` in its four descriptions.

    A *pattern* is the sign vector of ``W1 x + b1`` on a full-dimensional region: +1 for units that
    are on, -1 for those that are off, 0 for units that are zero everywhere.

    Parameters
    ----------
    W1 : array_like, shape (n, d)
    b1 : array_like, shape (n,)
    W2 : array_like, shape (k, n) or (n,), optional
        The identity by default: the pieces are those of the layer itself.
    b2 : array_like, shape (k,), optional

    Raises
    ------
    InputError
        If shapes do not match, or an entry is NaN or infinite.

    Examples
    --------
    >>> layer = HiddenLayer([[1, 0], [0, 1]], [0, 0], [1, -1])
    >>> pattern = layer.patterns_of([[3, 5]])
    >>> np.asarray(pattern).tolist(), layer.vertices_of(pattern).to_float().tolist()
    ([[1, 1]], [[1.0, 1.0, 0.0]])
    >>> gradients, intercepts = layer.pieces_of(pattern)
    >>> gradients.to_float().tolist(), intercepts.to_float().tolist()
    ([[[1.0, -1.0]]], [[0.0]])
    >>> np.asarray(layer.patterns_of_vertices([[1, 1, 0]])).tolist()
    [[1, 1]]
    """

    W1: ExactArray
    b1: ExactArray
    W2: ExactArray
    b2: ExactArray

    def __init__(
        self, W1: Numbers, b1: Numbers, W2: Numbers | None = None, b2: Numbers | None = None
    ):
        weight, bias = exact(W1, "W1", ndim=2), exact(b1, "b1", ndim=1)
        size = len(weight)
        output = exact(np.eye(size) if W2 is None else W2, "W2")
        if output.ndim == 1:
            output = output.reshape(1, -1)
        if bias.shape != (size,) or output.ndim != 2 or output.shape[1] != size:
            raise InputError(
                f"W1 has {size} rows, so b1 must have shape ({size},) and W2 (k, {size}); "
                f"got {bias.shape} and {output.shape}"
            )
        shift = ExactArray.zeros(len(output)) if b2 is None else exact(b2, "b2", ndim=1)
        if shift.shape != (len(output),):
            raise InputError(f"b2 must have shape ({len(output)},), got {shift.shape}")
        for name, value in [("W1", weight), ("b1", bias), ("W2", output), ("b2", shift)]:
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"HiddenLayer({self.n_inputs} inputs, {self.n_units} units, {len(self.b2)} outputs)"

    def __reduce__(self) -> tuple[Any, ...]:
        return HiddenLayer, (self.W1, self.b1, self.W2, self.b2)

    @property
    def n_units(self) -> int:
        """Number n of hidden units."""
        return len(self.W1)

    @property
    def n_inputs(self) -> int:
        """Number d of inputs."""
        return self.W1.shape[1]

    @cached_property
    def zonotope(self) -> Zonotope:
        """Sum of the segments ``[0, (W1_j, b1_j)]`` in R^{d+1}."""
        rows = ExactArray.concatenate([self.W1, self.b1.reshape(-1, 1)], axis=1)
        return Zonotope(rows)

    # -- patterns --------------------------------------------------------------------------------
    @property
    def patterns(self) -> SignVectors:
        """All patterns, in the order of the upper vertices of `zonotope`."""
        return self.zonotope.upper_sign_vectors

    @property
    def n_patterns(self) -> int:
        """Number of regions, counted without listing them."""
        return self.zonotope.n_upper_vertices

    def patterns_of(self, points: Numbers) -> SignVectors:
        """Signs of ``W1 x + b1`` at points, exactly; 0 where a point lies on a hyperplane.

        Parameters
        ----------
        points : array_like, shape (n, d)
        """
        places = exact(points, "points", ndim=2)
        if places.shape[1] != self.n_inputs:
            raise InputError(f"points must have shape (n, {self.n_inputs}), got {places.shape}")
        cone = homogeneous_points(places)
        turned = np.concatenate([cone[:, 1:], cone[:, :1]], axis=1)
        signs = product_signs(turned, self.zonotope.generators_exact.numerators)
        return SignVectors.from_signs(signs)

    def is_pattern(self, signs: Any) -> bool:
        """Whether a sign vector of shape (n,) is that of a region with interior points."""
        return self._interior(np.asarray(signs)) is not None

    def interior_points(self, patterns: Any) -> ExactArray:
        """A rational point inside the region of every pattern, shape (N, d).

        Raises
        ------
        InputError
            If there is no such region.

        Notes
        -----
        One exact linear program for each pattern.
        """
        rows = np.asarray(self.zonotope.as_signs(patterns))
        found = []
        for signs in rows:
            point = self._interior(signs)
            if point is None:
                raise InputError(f"{signs.tolist()} is the pattern of no region")
            found.append(point)
        table = np.empty((len(found), self.n_inputs), dtype=object)
        if found:
            table[:] = found
        return exact(table)

    def _interior(self, signs: SignArray) -> list[Fraction] | None:
        rows = self.zonotope.generators_exact
        is_zero = ~(rows.numerators != 0).any(axis=1) if len(rows) else np.zeros(0, dtype=bool)
        if signs.shape != (self.n_units,) or ((signs == 0) != is_zero).any():
            return None
        up = self.zonotope._upward.reshape(1, -1)
        lifted = ExactArray.concatenate([rows, up])
        cone = witness(lifted, np.append(signs, 1).astype(np.int8))
        return None if cone is None else [entry / cone[-1] for entry in cone[:-1]]

    # -- vertices ----------------------------------------------------------------------------------
    def vertices_of(self, patterns: Any) -> ExactArray:
        """Upper vertices of `zonotope`, shape (N, d + 1): the sums of the units that are on."""
        return self.zonotope.vertex_at(patterns)

    def patterns_of_vertices(self, vertices: Numbers) -> SignVectors:
        """Patterns of upper vertices of `zonotope`, shape (N, d + 1).

        Raises
        ------
        InputError
            If a point is no upper vertex.

        Notes
        -----
        A vertex is a sum of generators in one way only.  If the patterns have been listed, their
        vertices are looked up; otherwise one exact linear program for each vertex finds the sum and
        another one proves that its units can be on together.
        """
        points = exact(vertices, "vertices", ndim=2)
        if points.shape[1] != self.n_inputs + 1:
            raise InputError(f"vertices must have shape (N, {self.n_inputs + 1})")
        if "upper_sign_vectors" in self.zonotope.__dict__:
            rows = points.to_fractions().tolist()
            found = [self._place_of_vertex.get(tuple(row), -1) for row in rows]
            if found and min(found) < 0:
                raise _no_vertex(points, found.index(-1))
            return self.patterns[np.array(found, dtype=np.intp)]
        return SignVectors.from_signs(
            np.array(
                [self._pattern_of_vertex(points, i) for i in range(len(points))], dtype=np.int8
            ).reshape(len(points), self.n_units)
        )

    @cached_property
    def _place_of_vertex(self) -> dict[tuple[Fraction, ...], int]:
        rows = self.zonotope.upper_vertices_exact.to_fractions().tolist()
        return {tuple(row): index for index, row in enumerate(rows)}

    def _pattern_of_vertex(self, points: ExactArray, index: int) -> SignArray:
        found = coefficients(self.zonotope, points[index])
        if found is None:
            raise _no_vertex(points, index)
        numerators, denominator = found
        signs = np.where(numerators == denominator, 1, -1).astype(np.int8)
        rows = self.zonotope.generators_exact.numerators
        signs[~(rows != 0).any(axis=1)] = 0
        is_sum = ((numerators == 0) | (numerators == denominator) | (signs == 0)).all()
        if not is_sum or self._interior(signs) is None:
            raise _no_vertex(points, index)
        return signs

    # -- affine pieces -----------------------------------------------------------------------------
    @cached_property
    def _piece_sums(self) -> SubsetSums:
        """Rows ``W2_kj (W1_j, b1_j)`` for all outputs k side by side."""
        lifted = self.zonotope.generators_exact
        parts = [lifted * self.W2[k].reshape(-1, 1) for k in range(len(self.W2))]
        width = len(parts) * (self.n_inputs + 1)
        base = np.full((len(parts), self.n_inputs + 1), 0, dtype=object)
        base[:, -1] = self.b2.numerators
        rows = ExactArray.concatenate(parts, axis=1) if parts else lifted[:, :0]
        return SubsetSums(rows, ExactArray(base.reshape(width), self.b2.denominator))

    def pieces_of(self, patterns: Any) -> AffinePieces:
        """Affine pieces ``x -> W2 max(W1 x + b1, 0) + b2`` on the regions of patterns, exactly."""
        signs = self.zonotope.as_signs(patterns)
        wide = self._piece_sums.exact(signs.positive)
        table = wide.reshape(len(signs), len(self.W2), self.n_inputs + 1)
        return AffinePieces(table[:, :, :-1], table[:, :, -1])

    def patterns_of_piece(self, gradient: Numbers, intercept: Numbers) -> NDArray[np.intp]:
        """Indices in `patterns` of all regions with a given affine piece (there may be several).

        Parameters
        ----------
        gradient : array_like, shape (k, d)
        intercept : array_like, shape (k,)

        Returns
        -------
        int array
            Empty if no region has this piece.
        """
        slope, shift = exact(gradient, "gradient", ndim=2), exact(intercept, "intercept", ndim=1)
        expected = (len(self.W2), self.n_inputs)
        if slope.shape != expected or shift.shape != expected[:1]:
            raise InputError(
                f"gradient must have shape {expected} and intercept {expected[:1]}, "
                f"got {slope.shape} and {shift.shape}"
            )
        both = ExactArray.concatenate([slope, shift.reshape(-1, 1)], axis=1)
        key = tuple(both.to_fractions().ravel().tolist())
        return np.array(self._places_of_piece.get(key, []), dtype=np.intp)

    @cached_property
    def _places_of_piece(self) -> dict[tuple[Fraction, ...], list[int]]:
        rows = self._piece_sums.exact(self.patterns.positive).to_fractions().tolist()
        places: dict[tuple[Fraction, ...], list[int]] = {}
        for index, row in enumerate(rows):
            places.setdefault(tuple(row), []).append(index)
        return places

    def __call__(self, points: Numbers) -> FloatArray:
        """Values at points, correctly rounded: shape (n, d) to (n, k)."""
        places = exact(points, "points", ndim=2)
        z = places @ self.W1.T + ExactArray.concatenate([self.b1.reshape(1, -1)] * len(places))
        on = ExactArray(np.maximum(z.numerators, 0), z.denominator)
        shift = ExactArray.concatenate([self.b2.reshape(1, -1)] * len(places))
        return (on @ self.W2.T + shift).to_float()


def _no_vertex(points: ExactArray, index: int) -> InputError:
    return InputError(f"vertices[{index}] = {points[index].to_float().tolist()} is no upper vertex")


def layer_zonotopes(W1: Numbers, b1: Numbers, w2: Numbers) -> tuple[Zonotope, Zonotope]:
    """Lifted zonotopes of a one-hidden-layer network ``x -> w2 . max(W1 x + b1, 0)``.

    The network is ``f - g`` with ``f = sum_{w2_j > 0} w2_j max(z_j, 0)`` and g likewise from the
    negative weights; each is the support function of a Minkowski sum of segments
    ``[0, |w2_j| (W1_j, b1_j)]``.

    Parameters
    ----------
    W1 : array_like, shape (n, d)
    b1 : array_like, shape (n,)
    w2 : array_like, shape (n,) or (1, n)

    Returns
    -------
    numerator, denominator : Zonotope
        In R^{d+1}.  Their upper vertices are the linear regions of f and g.

    Notes
    -----
    Zhang, Naitzat and Lim, section 6.2: up to the common factor that makes exponents
    non-negative (a translation of both), these are the polytopes of ``tropicalize``.

    Examples
    --------
    >>> top, bottom = layer_zonotopes([[1, 0], [0, 1], [1, 1]], [0, 0, 0], [1, 1, -1])
    >>> top.n_upper_vertices, bottom.n_upper_vertices
    (4, 2)
    """
    weight, bias = exact(W1, "W1", ndim=2), exact(b1, "b1", ndim=1)
    output = exact(w2, "w2")
    if output.ndim == 2 and output.shape[0] == 1:
        output = output[0]
    size = weight.shape[0]
    if bias.shape != (size,) or output.shape != (size,):
        raise InputError(
            f"W1 has {size} rows, so b1 and w2 must have shape ({size},); "
            f"got {bias.shape} and {output.shape}"
        )
    lifted = ExactArray.concatenate([weight, bias.reshape(-1, 1)], axis=1)
    signs = [(w > 0) - (w < 0) for w in output.numerators.tolist()]
    parts = []
    for side in (1, -1):
        chosen = [j for j, sign in enumerate(signs) if sign == side]
        scaled = lifted[chosen] * output[chosen].reshape(-1, 1) * side
        parts.append(Zonotope(scaled))
    return parts[0], parts[1]
