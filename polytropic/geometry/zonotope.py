"""Zonotopes: Minkowski sums of segments, with exact vertices and sign vectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.numbers import ExactArray, FloatArray, Numbers, exact, frozen
from polytropic.errors import InputError
from polytropic.geometry.chambers import central_chambers, upward_chambers
from polytropic.geometry.polytope import Polytope

__all__ = ["Zonotope", "layer_zonotopes"]


@dataclass(frozen=True, init=False, repr=False)
class Zonotope:
    """The Minkowski sum ``base + sum_i [0, 1] g_i`` of segments.

    Its vertices are in bijection with the chambers of the hyperplanes normal to the generators:
    the vertex of a chamber is the base plus the generators that are positive on it.

    Parameters
    ----------
    generators : array_like, shape (m, d)
        Zero, parallel and repeated rows are welcome.
    base : array_like, shape (d,), optional
        The origin by default.

    Raises
    ------
    InputError
        If shapes do not match, or an entry is NaN or infinite.

    Examples
    --------
    >>> hexagon = Zonotope([[1, 0], [0, 1], [1, 1]])
    >>> hexagon.n_vertices
    6
    >>> hexagon.vertices.tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 2.0], [2.0, 1.0], [2.0, 2.0]]
    """

    generators_exact: ExactArray
    base_exact: ExactArray

    def __init__(self, generators: Numbers, base: Numbers | None = None):
        rows = exact(generators, "generators", ndim=2)
        if rows.shape[1] == 0:
            raise InputError("generators has no columns: the dimension must be at least 1")
        origin = ExactArray.zeros(rows.shape[1]) if base is None else exact(base, "base", ndim=1)
        if origin.shape != (rows.shape[1],):
            raise InputError(f"base must have shape ({rows.shape[1]},), got {origin.shape}")
        object.__setattr__(self, "generators_exact", rows)
        object.__setattr__(self, "base_exact", origin)

    @property
    def generators(self) -> FloatArray:
        """Generators as float64, shape (m, d)."""
        return self.generators_exact.to_float()

    @property
    def base(self) -> FloatArray:
        """Base point as float64, shape (d,)."""
        return self.base_exact.to_float()

    @property
    def ambient_dimension(self) -> int:
        """Dimension d of the space."""
        return self.generators_exact.shape[1]

    # -- vertices ------------------------------------------------------------------------------
    @cached_property
    def sign_vectors(self) -> SignArray:
        """One row per vertex, shape (N, m), in the order of `vertices`.

        Entry +1 means that the generator is added at this vertex, -1 that it is not, and 0 marks a
        zero generator.
        """
        return frozen(self._in_vertex_order(central_chambers(self.generators_exact.numerators)))

    @cached_property
    def vertices_exact(self) -> ExactArray:
        """Vertices as exact rationals, shape (N, d), in lexicographic order."""
        return self._points(self.sign_vectors)

    @property
    def vertices(self) -> FloatArray:
        """Vertices, correctly rounded, in lexicographic order."""
        return self.vertices_exact.to_float()

    @property
    def n_vertices(self) -> int:
        """Number of vertices."""
        return len(self.sign_vectors)

    # -- upper hull ----------------------------------------------------------------------------
    @cached_property
    def upper_sign_vectors(self) -> SignArray:
        """Sign vectors of the vertices on upper faces, in the order of `upper_vertices`."""
        return frozen(self._in_vertex_order(upward_chambers(self.generators_exact.numerators)))

    @cached_property
    def upper_vertices_exact(self) -> ExactArray:
        """Upper vertices as exact rationals, in lexicographic order."""
        return self._points(self.upper_sign_vectors)

    @property
    def upper_vertices(self) -> FloatArray:
        """Vertices on faces whose outward normal has positive last coordinate, shape (N, d)."""
        return self.upper_vertices_exact.to_float()

    @property
    def n_upper_vertices(self) -> int:
        """Number of upper vertices; at most ``sum_{j<d} C(m, j)`` (Corollary 3.4)."""
        return len(self.upper_sign_vectors)

    # -- the rest ------------------------------------------------------------------------------
    def to_polytope(self) -> Polytope:
        """The zonotope as a polytope, with facets."""
        return Polytope.from_points(self.vertices_exact)

    def support(self, directions: ArrayLike) -> FloatArray:
        """Maximum of ``<u, x>``, evaluated in float64 with its roundings: shape (n, d) to (n,)."""
        u = exact(directions, "directions", ndim=2).to_float()
        if u.shape[1] != self.ambient_dimension:
            raise InputError(f"directions must have shape (n, {self.ambient_dimension})")
        best: FloatArray = np.maximum(u @ self.generators.T, 0).sum(axis=1) + u @ self.base
        return best

    def _points(self, signs: SignArray) -> ExactArray:
        chosen = ExactArray((signs > 0).astype(int).astype(object))
        ones = ExactArray(np.full((len(signs), 1), 1, dtype=object))
        return chosen @ self.generators_exact + ones @ self.base_exact.reshape(1, -1)

    def _in_vertex_order(self, signs: SignArray) -> SignArray:
        points = self._points(signs).numerators.tolist()
        order = sorted(range(len(signs)), key=points.__getitem__)
        result: SignArray = signs[order]
        return result

    def __repr__(self) -> str:
        return (
            f"Zonotope({len(self.generators_exact)} generators in dimension "
            f"{self.ambient_dimension})"
        )


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
