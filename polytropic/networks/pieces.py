"""Numerators and denominators of networks without tropical products, from their regions.

The numerator and the denominator of `tropicalize` are convex and affine on every activation region
(by induction on Proposition 5.1 of Zhang, Naitzat and Lim).  Their affine pieces over all regions
of R^d are therefore the vertices of the upper hulls of their lifted Newton polytopes, and the
recursion, which multiplies polynomials, becomes linear algebra on each region.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray, frozen
from polytropic.errors import InputError
from polytropic.networks.network import Layer
from polytropic.networks.regions import RegionComplex
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational, TropicalRationalMap

__all__ = ["AffinePieces", "activated", "affine_pieces", "affine_step", "coordinates"]


@dataclass(frozen=True, eq=False, repr=False)
class AffinePieces:
    """Affine pieces of numerators and denominators on every activation region of a network.

    Attributes
    ----------
    regions : RegionComplex
        Over all of R^d.
    numerators, denominators : object array, shape (n, p, d + 1)
        For each of n regions and p outputs the integers ``scale * (a, c)`` of the piece
        ``<a, x> + c``.
    scale : int
    """

    regions: RegionComplex
    numerators: ObjectArray
    denominators: ObjectArray
    scale: int

    def n_numerator(self, output: int = 0) -> int:
        """N(F): upper vertices of the numerator of one output."""
        return _n_distinct(self.numerators[:, output])

    def n_denominator(self, output: int = 0) -> int:
        """N(G): upper vertices of the denominator of one output."""
        return _n_distinct(self.denominators[:, output])

    def n_product(self, output: int = 0) -> int:
        """N(F⊙G): upper vertices of the product, the common refinement of both."""
        return _n_distinct(self.numerators[:, output] + self.denominators[:, output])

    def n_sum(self, output: int = 0) -> int:
        """N(F⊕G): upper vertices of the maximum of both, the decision-boundary polynomial.

        On a region both are affine, so which of them is maximal somewhere in it is seen at its
        vertices and rays.
        """
        f, g = self.numerators[:, output], self.denominators[:, output]
        above, below = self._sides(f - g)
        level = ~above & ~below
        return _n_distinct(np.concatenate([f[above], g[below], f[level]]))

    def _sides(self, pieces: ObjectArray) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether each piece is positive, and whether it is negative, somewhere on its region."""
        generators, lines = self.regions.generators, self.regions.lineality
        above, below = [], []
        for cell, piece in zip(self.regions.cells, np.roll(pieces, 1, axis=1), strict=True):
            values = (generators[list(cell)] * piece).sum(axis=1).tolist()
            sideways = any((lines * piece).sum(axis=1).tolist())
            above.append(sideways or max(values) > 0)
            below.append(sideways or min(values) < 0)
        return np.array(above), np.array(below)

    def rational(self, output: int = 0) -> TropicalRational:
        """The tropical rational function of one output, equal to ``tropicalize(net)[output]``."""
        return TropicalRational(
            self._polynomial(self.numerators[:, output]),
            self._polynomial(self.denominators[:, output]),
        )

    def rational_map(self) -> TropicalRationalMap:
        """The tropical rational functions of all outputs."""
        return TropicalRationalMap(tuple(map(self.rational, range(self.numerators.shape[1]))))

    def difference(self, first: int, second: int) -> TropicalRational:
        """The tropical quotient of two outputs, ``F_i G_j / F_j G_i``; zero where they tie."""
        f, g = self.numerators, self.denominators
        return TropicalRational(
            self._polynomial(f[:, first] + g[:, second]),
            self._polynomial(f[:, second] + g[:, first]),
        )

    def _polynomial(self, pieces: ObjectArray) -> TropicalPolynomial:
        terms = ExactArray(pieces.copy(), self.scale)
        return TropicalPolynomial(terms[:, :-1], terms[:, -1])

    def __repr__(self) -> str:
        return f"AffinePieces({len(self.numerators)} regions of {self.regions.network!r})"


def affine_pieces(regions: RegionComplex) -> AffinePieces:
    """Find the affine pieces of numerators and denominators over the regions of a network.

    Parameters
    ----------
    regions : RegionComplex
        Over all of R^d.

    Returns
    -------
    AffinePieces

    Raises
    ------
    InputError
        If the regions cover only a domain: then pieces would be missing.

    Notes
    -----
    Exact; the time is that of evaluating the network at about ``2 (d + 1)`` points per region, in
    integers.

    Examples
    --------
    >>> from polytropic import linear_regions, tent_network, tropicalize
    >>> net = tent_network(3)
    >>> pieces = affine_pieces(linear_regions(net))
    >>> pieces.n_numerator(), pieces.n_denominator(), pieces.n_product()
    (6, 8, 10)
    >>> pieces.rational() == tropicalize(net)[0]
    True
    """
    if regions.domain is not None:
        raise InputError(
            "numerator and denominator live on all of R^d: call linear_regions without a domain"
        )
    network = regions.network
    f, g, scale = coordinates(network.n_inputs)
    groups = np.zeros(len(regions), dtype=np.int64)
    first_unit = 0
    for layer in network.layers:
        h, g, scale = affine_step(layer, f, g, scale)
        if layer.threshold is None:
            f = h
            continue
        units = slice(first_unit, first_unit + len(layer.tested))
        finer, firsts = _refine(groups, regions.sign_vectors[:, units])
        parents = groups[firsts]
        active = np.ones((len(firsts), layer.n_outputs), dtype=bool)
        active[:, layer.tested] = regions.active_units[firsts, units]
        f, g, scale = activated(layer, h[parents], g[parents], scale, active[..., None])
        groups, first_unit = finer, units.stop
    return AffinePieces(regions, frozen(f[groups]), frozen(g[groups]), scale)


def coordinates(size: int) -> tuple[ObjectArray, ObjectArray, int]:
    """``F_i = x_i`` and ``G_i = 0`` as rows ``(a, c)``, shape (1, d, d + 1)."""
    f = np.full((1, size, size + 1), 0, dtype=object)
    g = f.copy()
    f[0, range(size), range(size)] = 1
    return f, g, 1


def affine_step(
    layer: Layer, f: ObjectArray, g: ObjectArray, scale: int
) -> tuple[ObjectArray, ObjectArray, int]:
    """``H = A+ F + A- G + b`` and ``G' = A- F + A+ G``, over a common new scale."""
    weight, bias, threshold = layer.dense_weight, layer.bias, layer.threshold
    below = scale * weight.denominator
    others = [bias.denominator] if threshold is None else [bias.denominator, threshold.denominator]
    common = math.lcm(below, *others)
    integers = weight.numerators * (common // below)
    positive, negative = np.maximum(integers, 0), np.maximum(-integers, 0)
    h = np.matmul(positive, f) + np.matmul(negative, g)
    h[..., -1] += bias.over(common)
    return h, np.matmul(negative, f) + np.matmul(positive, g), common


def activated(
    layer: Layer, h: ObjectArray, g: ObjectArray, scale: int, active: NDArray[np.bool_]
) -> tuple[ObjectArray, ObjectArray, int]:
    """Numerators and denominators after the activations of a layer, as `tropicalize` has them."""
    assert layer.threshold is not None
    if layer.slope is None:
        lowered = g.copy()
        lowered[..., -1] += layer.threshold.over(scale)
        return np.where(active, h, lowered), g, scale
    # All over a common new scale, in which slopes are whole numbers s and one is `unit`.
    unit = layer.slope.denominator
    s = layer.slope.numerators[:, None]
    t = np.full_like(h[:1], 0)
    t[..., -1] = layer.threshold.over(scale)
    mixed, swapped = unit * h + s * g, s * h + unit * g
    leaky = np.where(active, mixed, swapped + (unit - s) * t), (unit + s) * g
    bent = np.where(active, (unit - s) * h, (unit - s) * (g + t)), unit * g - s * h
    steep = (unit + s) * h, np.where(active, swapped, mixed + (s - unit) * t)
    passed = unit * h, unit * g
    kinds = [(s == unit).astype(bool), (s < 0).astype(bool), (s > unit).astype(bool)]
    f, g = (
        np.select(kinds, choices, default)
        for *choices, default in zip(passed, bent, steep, leaky, strict=True)
    )
    return f, g, scale * unit


def _refine(groups: IntArray, signs: SignArray) -> tuple[IntArray, IntArray]:
    """Split runs of equal group where signs change; also the first member of every new group.

    Regions are sorted by sign vector, so those that agree on all layers so far are neighbours.
    """
    changes = (np.diff(groups) != 0) | (np.diff(signs, axis=0) != 0).any(axis=1)
    finer = np.concatenate([[0], np.cumsum(changes)])
    firsts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    return finer, firsts


def _n_distinct(rows: ObjectArray) -> int:
    return len({tuple(row) for row in rows.tolist()})
