"""Tropical maps of networks that are never expanded: their size is that of the network.

The lifted Newton polytopes of a network are made by sums, multiples and hulls of two (Lemma 6.2 of
Zhang, Naitzat and Lim), and each of these is an operation on support functions.  So a vertex in a
direction costs as much as evaluating the network, however many vertices there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray, exact
from polytropic.errors import InputError
from polytropic.networks.layer import Layer
from polytropic.networks.naive import TermPrediction, predicted_terms
from polytropic.networks.network import Network
from polytropic.networks.pieces import activated, affine_step, coordinates
from polytropic.networks.tropicalize import tropicalize
from polytropic.tropical.rational import TropicalRationalMap

__all__ = ["LazyTropicalMap", "SupportPoints", "lazy_tropicalize"]


@dataclass(frozen=True, eq=False)
class SupportPoints:
    """Vertices of P(F_i) and P(G_i) at which linear functions are greatest.

    Attributes
    ----------
    numerators, denominators : ExactArray, shape (n, p, d + 1)
        For each of n directions and p outputs a vertex ``(a, c)``: a monomial that is needed
        wherever the last coordinate of the direction is positive.
    """

    numerators: ExactArray
    denominators: ExactArray


@dataclass(frozen=True, repr=False)
class LazyTropicalMap:
    """The tropical rational map ``F_i / G_i`` of a network, kept as the network.

    F_i and G_i are those of `tropicalize`.  All answers but floats are exact.

    Parameters
    ----------
    network : Network

    Examples
    --------
    >>> from polytropic import random_network
    >>> deep = lazy_tropicalize(random_network(2, [8] * 20, rng=0))
    >>> top, bottom = deep.evaluate_parts_exact([[1, 2]])
    >>> top - bottom == deep.network.evaluate_exact([[1, 2]])
    True
    """

    network: Network

    @property
    def n_inputs(self) -> int:
        """Number of variables d."""
        return self.network.n_inputs

    @property
    def n_outputs(self) -> int:
        """Number of components p."""
        return self.network.n_outputs

    @property
    def predicted_terms(self) -> TermPrediction:
        """How many monomials `expand` would give: see `naive.predicted_terms`."""
        return predicted_terms(self.network)

    def __call__(self, x: ArrayLike) -> FloatArray:
        """Evaluate ``F - G`` in float64: the network."""
        return self.network(x)

    def evaluate_parts(self, x: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Evaluate all F_i and all G_i in float64 on a batch, shape (n, d) to two of (n, p).

        Notes
        -----
        Rounded in every layer; F and G grow with depth and their difference cancels, so for
        differences evaluate the network.
        """
        points = np.asarray(x, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != self.n_inputs:
            raise InputError(f"x must have shape (n, {self.n_inputs}), got {points.shape}")
        f, g = points, np.zeros_like(points)
        for layer in self.network.layers:
            f, g = _float_step(layer, f, g)
        return f, g

    def evaluate_parts_exact(self, x: Any) -> tuple[ExactArray, ExactArray]:
        """Evaluate all F_i and all G_i in exact rationals on a batch, shape (n, d)."""
        points = exact(x, "x", ndim=2)
        ones = ExactArray(np.full((len(points), 1), 1, dtype=object))
        return self.support(ExactArray.concatenate([points, ones], axis=1))

    def gradients(self, x: Any) -> tuple[ExactArray, ExactArray]:
        """Exponents of monomials of all F_i and G_i that are greatest at points, (n, p, d).

        Where several are, the one that is greatest in lexicographic order.
        """
        points = exact(x, "x", ndim=2)
        ones = ExactArray(np.full((len(points), 1), 1, dtype=object))
        found = self.support_points(ExactArray.concatenate([points, ones], axis=1))
        return found.numerators[:, :, :-1], found.denominators[:, :, :-1]

    def support(self, directions: Any) -> tuple[ExactArray, ExactArray]:
        """Support functions of all P(F_i) and P(G_i), shape (n, d + 1) to two of (n, p).

        Parameters
        ----------
        directions : array_like, shape (n, d + 1)
            With last coordinate zero, of the Newton polytopes; with a negative one, of the
            polytopes of Lemma 6.2, before any simplification.
        """
        ways = self._directions(directions)
        f, g, scale = self._points(ways.numerators)
        rows = ways.numerators[:, None, :]
        both = ((part * rows).sum(axis=2) for part in (f, g))
        top, bottom = (ExactArray(values, scale * ways.denominator) for values in both)
        return top, bottom

    def support_points(self, directions: Any) -> SupportPoints:
        """Vertices of all P(F_i) and P(G_i) in given directions.

        Parameters
        ----------
        directions : array_like, shape (n, d + 1)

        Returns
        -------
        SupportPoints
            On larger faces the vertex that is greatest in lexicographic order.

        Notes
        -----
        One pass through the network for each direction, with d + 1 numbers for each unit.

        Examples
        --------
        >>> net = Network.from_layers([([[1], [1]], [0, -1]), ([[1, -2]], [0])])
        >>> found = lazy_tropicalize(net).support_points([[3, 1], [-1, 0]])
        >>> found.numerators.to_float().tolist(), found.denominators.to_float().tolist()
        ([[[1.0, 0.0]], [[0.0, 0.0]]], [[[2.0, -2.0]], [[0.0, 0.0]]])
        """
        f, g, scale = self._points(self._directions(directions).numerators)
        return SupportPoints(ExactArray(f, scale), ExactArray(g, scale))

    def expand(
        self,
        *,
        max_terms: int | None = 4_000_000,
        method: Literal["auto", "products", "regions"] = "auto",
    ) -> TropicalRationalMap:
        """All monomials: see `tropicalize`, which refuses in advance what is too large."""
        return tropicalize(self.network, method=method, max_terms=max_terms)

    def _directions(self, directions: Any) -> ExactArray:
        ways = exact(directions, "directions", ndim=2)
        if ways.shape[1] != self.n_inputs + 1:
            raise InputError(
                f"directions must have shape (n, {self.n_inputs + 1}): d coordinates for the "
                f"exponents and one for the coefficient; got {ways.shape}"
            )
        return ways

    def _points(self, ways: ObjectArray) -> tuple[ObjectArray, ObjectArray, int]:
        """Integers ``scale * (a, c)`` of the vertices of all outputs, two arrays (n, p, d + 1)."""
        f, g, scale = coordinates(self.n_inputs)
        f, g = (np.repeat(part, len(ways), axis=0) for part in (f, g))
        for layer in self.network.layers:
            h, g, scale = affine_step(layer, f, g, scale)
            if layer.threshold is None:
                f = h
                continue
            lowered = g.copy()
            lowered[..., -1] += layer.threshold.over(scale)
            active = _is_first(ways, h - lowered)
            f, g, scale = activated(layer, h, g, scale, active[..., None])
        return f, g, scale

    def __repr__(self) -> str:
        return f"LazyTropicalMap(R^{self.n_inputs} -> R^{self.n_outputs}, by {self.network!r})"


def lazy_tropicalize(network: Network) -> LazyTropicalMap:
    """The tropical rational map of a network, without its monomials.

    Parameters
    ----------
    network : Network

    Returns
    -------
    LazyTropicalMap

    Examples
    --------
    >>> from polytropic import tent_network
    >>> lazy_tropicalize(tent_network(100)).support_points([[1, 0]]).denominators.shape
    (1, 1, 2)
    """
    return LazyTropicalMap(network)


def _is_first(ways: ObjectArray, difference: ObjectArray) -> NDArray[np.bool_]:
    """Whether a difference of two vertices is positive in a direction, or else in lexical order."""
    leading = (difference * ways[:, None, :]).sum(axis=2)
    for column in np.moveaxis(difference, 2, 0):
        leading = np.where(leading == 0, column, leading)
    positive: NDArray[np.bool_] = (leading >= 0).astype(bool)
    return positive


def _float_step(layer: Layer, f: FloatArray, g: FloatArray) -> tuple[FloatArray, FloatArray]:
    weight = layer.dense_weight.to_float()
    positive, negative = np.maximum(weight, 0.0), np.maximum(-weight, 0.0)
    h = f @ positive.T + g @ negative.T + layer.bias.to_float()
    g = f @ negative.T + g @ positive.T
    if layer.threshold is None:
        return h, g
    t, s = layer.threshold.to_float(), layer.float_slope
    above, below = h + s * g, s * h + g
    kinds = [s == 1, s < 0, s > 1]
    larger = np.maximum(h, g + t)
    leaky = np.maximum(above, below + (1 - s) * t)
    top = _choose(kinds, [h, (1 - s) * larger, (1 + s) * h, leaky])
    bottom = _choose(kinds, [g, g - s * h, np.maximum(below, above + (s - 1) * t), (1 + s) * g])
    return top, bottom


def _choose(kinds: list[NDArray[np.bool_]], values: list[FloatArray]) -> FloatArray:
    """For every unit, the values of the first kind it is of, or else the last ones."""
    chosen: FloatArray = np.select([kind[None, :] for kind in kinds], values[:-1], values[-1])
    return chosen
