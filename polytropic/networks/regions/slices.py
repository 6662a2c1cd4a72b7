"""Affine slices of the input space: lines, planes and 3-spaces through given points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from polytropic.arithmetic.linalg import pivot_columns
from polytropic.arithmetic.numbers import ExactArray, FloatArray, Numbers, exact
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.layer import Layer
from polytropic.networks.network import Network

__all__ = ["Slice"]


@dataclass(frozen=True)
class Slice:
    """An affine slice ``x = origin + t @ directions`` of R^d, with coordinates t in R^k.

    Parameters
    ----------
    origin : ExactArray, shape (d,)
    directions : ExactArray, shape (k, d)
        Linearly independent.
    within : Polytope, optional
        The part of the slice that is meant, in the coordinates t; by default all of it.

    Examples
    --------
    A plane through three images of 784 pixels; t = (0, 0), (1, 0), (0, 1) are the images:

    >>> images = np.random.default_rng(0).integers(0, 256, (3, 784))
    >>> plane = Slice.through(images, within=Polytope.box(-1, 2, dim=2))
    >>> plane.dimension, plane.ambient_dimension
    (2, 784)
    >>> bool((plane.embed([[0, 1]]) == images[2]).all())
    True
    """

    origin: ExactArray
    directions: ExactArray
    within: Polytope | None = None

    @staticmethod
    def through(points: Numbers, within: Polytope | None = None) -> Slice:
        """The slice through k + 1 affinely independent points.

        Parameters
        ----------
        points : array_like, shape (k + 1, d)
            The first has coordinates 0, the others are the unit vectors.
        within : Polytope, optional
            In the coordinates t.

        Raises
        ------
        InputError
            If the points are not affinely independent.
        """
        rows = exact(points, "points", ndim=2)
        if len(rows) < 2:
            raise InputError(f"a slice goes through at least two points, got {len(rows)}")
        ones = ExactArray(np.full((len(rows) - 1, 1), 1, dtype=object))
        directions = rows[1:] - ones @ rows[:1]
        return Slice.of(rows[0], directions, within)

    @staticmethod
    def of(origin: Numbers, directions: Numbers, within: Polytope | None = None) -> Slice:
        """The slice through a point, shape (d,), along independent directions, shape (k, d)."""
        start = exact(origin, "origin", ndim=1)
        along = exact(directions, "directions", ndim=2)
        if along.shape[1] != start.shape[0]:
            raise InputError(
                f"the origin lies in dimension {start.shape[0]} but directions in {along.shape[1]}"
            )
        if len(pivot_columns(along.numerators.T)) != len(along):
            raise InputError(
                "the directions are linearly dependent; choose points in general position"
            )
        if within is not None and within.ambient_dimension != len(along):
            raise InputError(
                f"`within` must be a polytope in the {len(along)} coordinates of the slice, not in "
                f"dimension {within.ambient_dimension}"
            )
        return Slice(start, along, within)

    @property
    def dimension(self) -> int:
        """Number k of coordinates."""
        return len(self.directions)

    @property
    def ambient_dimension(self) -> int:
        """Dimension d of the space."""
        return self.origin.shape[0]

    def embed(self, t: Any) -> FloatArray:
        """Points of R^d with coordinates t, shape (n, k) to (n, d), rounded."""
        return self.embed_exact(t).to_float()

    def embed_exact(self, t: Any) -> ExactArray:
        """The same in exact rationals."""
        rows = exact(t, "t", ndim=2)
        ones = ExactArray(np.full((len(rows), 1), 1, dtype=object))
        return rows @ self.directions + ones @ self.origin.reshape(1, -1)

    def restrict(self, network: Network) -> Network:
        """The network on the slice, as a network of the coordinates t.

        Raises
        ------
        InputError
            If the network takes another number of inputs.
        """
        if network.n_inputs != self.ambient_dimension:
            raise InputError(
                f"the network takes {network.n_inputs} inputs but the slice lies in dimension "
                f"{self.ambient_dimension}"
            )
        first, *rest = network.layers
        weight = first.weight @ self.directions.T
        bias = first.weight @ self.origin + first.bias
        return Network((Layer(weight, bias, first.threshold, first.slope), *rest))

    def __repr__(self) -> str:
        where = "" if self.within is None else f", within {self.within!r}"
        return f"Slice({self.dimension} coordinates in R^{self.ambient_dimension}{where})"
