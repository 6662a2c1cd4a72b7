"""Bounds of every unit of a network on a bounded domain, in exact rational arithmetic.

Two enclosures are carried through the layers side by side: intervals, and zonotopes (every value
is an affine form in symbols that range over [-1, 1]; a unit whose sign is undecided is replaced by
a line of about the slope of its chord, and gets a symbol of its own for the error).  Both are
exact, so a bound that is attained is found as it is, and no rounding has to be accounted for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray, exact
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.optimisation import bounding_box, given_halfspaces
from polytropic.geometry.polytope import Polytope
from polytropic.networks.network import Layer, Network

__all__ = ["UnitBounds", "preactivation_bounds"]

_SLOPE_BITS = 12
"""Any slope of the line is valid, so short ones are taken, which keep later numbers short."""

_MOST_CORNERS = 4096


@dataclass(frozen=True, repr=False)
class UnitBounds:
    """Bounds of the affine forms ``W x + b`` of one layer, before its activations.

    Attributes
    ----------
    lower, upper : ExactArray, shape (out,)
    layer : Layer
    """

    lower: ExactArray
    upper: ExactArray
    layer: Layer

    @property
    def on(self) -> IntArray:
        """Units with an activation that are nowhere below their threshold."""
        return self._tested_where((self.lower - self._threshold).numerators >= 0)

    @property
    def off(self) -> IntArray:
        """Units with an activation that are nowhere above their threshold."""
        return self._tested_where((self.upper - self._threshold).numerators <= 0)

    @property
    def undecided(self) -> IntArray:
        """Units with an activation of which neither is proved."""
        return np.setdiff1d(self.layer.tested, np.union1d(self.on, self.off))

    @property
    def _threshold(self) -> ExactArray:
        threshold = self.layer.threshold
        return ExactArray.zeros(self.layer.n_outputs) if threshold is None else threshold

    def _tested_where(self, holds: NDArray[np.bool_]) -> IntArray:
        tested = self.layer.tested
        chosen: IntArray = tested[holds[tested].astype(bool)]
        return chosen

    def __repr__(self) -> str:
        return (
            f"UnitBounds({len(self.on)} on, {len(self.off)} off, {len(self.undecided)} undecided)"
        )


def preactivation_bounds(network: Network, domain: Polytope) -> tuple[UnitBounds, ...]:
    """Bound every unit of a network on a bounded domain.

    Parameters
    ----------
    network : Network
    domain : Polytope
        Bounded and not empty.  A box is used as it is, anything else by its bounding box, and in
        low dimension by its vertices for the first layer.

    Returns
    -------
    tuple of UnitBounds
        One per layer, in exact rationals.  Those of the first layer are attained on a box.

    Raises
    ------
    InputError
        If the domain is unbounded or lies in another dimension.
    EmptyPolytopeError
        If it is empty.

    Notes
    -----
    The time is that of pushing as many rows through the network as it has inputs and undecided
    units, in integers that grow by some 65 bits per layer.  Zonotopes of this kind are those of
    Singh, Gehr, Mirman, Püschel and Vechev, *Fast and effective robustness certification* (2018).

    Examples
    --------
    >>> net = Network.from_layers([([[1], [1]], [0, -2]), ([[1, 1]], [0])])
    >>> preactivation_bounds(net, Polytope.box(0, 1, dim=1))
    (UnitBounds(1 on, 1 off, 0 undecided), UnitBounds(0 on, 0 off, 0 undecided))
    """
    return tuple(_bounds_of_layers(network, *_box(network, domain), domain))


def _bounds_of_layers(
    network: Network, low: ExactArray, high: ExactArray, domain: Polytope
) -> Iterator[UnitBounds]:
    zonotope = _of_box(low, high)
    for number, layer in enumerate(network.layers):
        weight, bias = layer.dense_weight, layer.bias
        zonotope = _plus_bias(zonotope @ weight.T, bias)
        low, high = _interval(weight, bias, low, high)
        radius = _exact_sum(zonotope)
        low, high = _larger(low, zonotope[0] - radius), _smaller(high, zonotope[0] + radius)
        if number == 0:
            low, high = _by_corners(layer, domain, low, high)
        yield UnitBounds(low, high, layer)
        zonotope = _relaxed(layer, zonotope, low, high)
        ends = ExactArray.concatenate([low.reshape(1, -1), high.reshape(1, -1)])
        ends = layer.activate(ends)
        # The absolute value turns intervals round, and is least at its kink.
        first, second = _smaller(ends[0], ends[1]), _larger(ends[0], ends[1])
        low, high = _with_kinks(layer, low, high, first), second


# -- the domain ------------------------------------------------------------------------------------
def _box(network: Network, domain: Polytope) -> tuple[ExactArray, ExactArray]:
    if not isinstance(domain, Polytope):
        raise InputError(
            f"domain must be a Polytope (for a box: Polytope.box(lower, upper)), got {domain!r}"
        )
    if domain.ambient_dimension != network.n_inputs:
        raise InputError(
            f"the network takes {network.n_inputs} inputs but the domain lies in dimension "
            f"{domain.ambient_dimension}"
        )
    sides = _sides_of_box(domain)
    if sides is not None:
        return sides
    if domain.is_empty:
        raise EmptyPolytopeError("the domain is empty: no unit takes a value on it")
    if not domain.is_bounded:
        raise InputError(
            "the domain is unbounded: bounds of units need a bounded one, such as a box"
        )
    return bounding_box(domain)


def _sides_of_box(domain: Polytope) -> tuple[ExactArray, ExactArray] | None:
    """Sides of a box that is given by its inequalities; None for anything else."""
    given = given_halfspaces(domain)
    if given is None or len(given[1]):
        return None
    lower: dict[int, Fraction] = {}
    upper: dict[int, Fraction] = {}
    for bound, *normal in given[0].integers().tolist():
        places = [i for i, entry in enumerate(normal) if entry]
        if len(places) != 1:
            return None
        (place,) = places
        end = Fraction(-bound, normal[place])
        if normal[place] > 0:
            lower[place] = max(end, lower.get(place, end))
        else:
            upper[place] = min(end, upper.get(place, end))
    size = range(domain.ambient_dimension)
    if any(i not in lower or i not in upper or lower[i] > upper[i] for i in size):
        return None
    return _vector([lower[i] for i in size]), _vector([upper[i] for i in size])


def _by_corners(
    layer: Layer, domain: Polytope, low: ExactArray, high: ExactArray
) -> tuple[ExactArray, ExactArray]:
    """Sharpen the bounds of the first layer by the vertices of a domain that is no box."""
    if _sides_of_box(domain) is not None or domain.n_vertices > _MOST_CORNERS:
        return low, high
    corners = Layer(layer.weight, layer.bias).apply(domain.vertices_exact)
    least = ExactArray(corners.numerators.min(axis=0), corners.denominator)
    most = ExactArray(corners.numerators.max(axis=0), corners.denominator)
    return _larger(low, least), _smaller(high, most)


# -- enclosures ------------------------------------------------------------------------------------
def _of_box(low: ExactArray, high: ExactArray) -> ExactArray:
    """A box as rows: its centre, then one generator per side that has a length."""
    half = Fraction(1, 2)
    radius = (high - low) * half
    sides = np.flatnonzero(radius.numerators != 0)
    generators = np.full((len(sides), len(low)), 0, dtype=object)
    generators[range(len(sides)), sides] = radius.numerators[sides]
    centre = ((low + high) * half).reshape(1, -1)
    return ExactArray.concatenate([centre, ExactArray(generators, radius.denominator)])


def _plus_bias(rows: ExactArray, bias: ExactArray) -> ExactArray:
    return ExactArray.concatenate([rows[:1] + bias.reshape(1, -1), rows[1:]])


def _exact_sum(zonotope: ExactArray) -> ExactArray:
    sizes = np.abs(zonotope.numerators[1:])
    total = sizes.sum(axis=0) if len(sizes) else zonotope.numerators[0] * 0
    return ExactArray(total, zonotope.denominator)


def _interval(
    weight: ExactArray, bias: ExactArray, low: ExactArray, high: ExactArray
) -> tuple[ExactArray, ExactArray]:
    positive = ExactArray(np.maximum(weight.numerators, 0), weight.denominator)
    negative = ExactArray(np.minimum(weight.numerators, 0), weight.denominator)
    return positive @ low + negative @ high + bias, positive @ high + negative @ low + bias


def _relaxed(layer: Layer, zonotope: ExactArray, low: ExactArray, high: ExactArray) -> ExactArray:
    """Enclose the activations: ``factor * z + shift``, and a symbol where an error is left."""
    ends = zip(low.to_fractions(), high.to_fractions(), *_kinks(layer), strict=True)
    lines = [_line(*unit) for unit in ends]
    factors, shifts = _vector([line[0] for line in lines]), _vector([line[1] for line in lines])
    errors = _vector([line[2] for line in lines])
    rows = ExactArray(zonotope.numerators * factors.numerators,
                      zonotope.denominator * factors.denominator)  # fmt: skip
    rows = _plus_bias(rows, shifts)
    inexact = np.flatnonzero(errors.numerators != 0)
    fresh = np.full((len(inexact), len(errors)), 0, dtype=object)
    fresh[range(len(inexact)), inexact] = errors.numerators[inexact]
    return ExactArray.concatenate([rows, ExactArray(fresh, errors.denominator)])


def _kinks(layer: Layer) -> tuple[ObjectArray, ObjectArray]:
    """Threshold and slope of every unit; a unit without activation has slope one."""
    size = layer.n_outputs
    if layer.threshold is None:
        return np.full(size, Fraction(0)), np.full(size, Fraction(1))
    slope = ExactArray.zeros(size) if layer.slope is None else layer.slope
    return layer.threshold.to_fractions(), slope.to_fractions()


def _line(
    low: Fraction, high: Fraction, kink: Fraction, slope: Fraction
) -> tuple[Fraction, Fraction, Fraction]:
    """Factor, shift and error of a line that encloses an activation on an interval."""
    p, q = low - kink, high - kink
    if slope == 1 or p >= 0:
        return Fraction(1), Fraction(0), Fraction(0)
    if q <= 0:
        return slope, (1 - slope) * kink, Fraction(0)
    chord = (q - slope * p) / (q - p)
    factor = Fraction(round(chord * (1 << _SLOPE_BITS)), 1 << _SLOPE_BITS)
    errors = [(slope - factor) * p, Fraction(0), (1 - factor) * q]
    most, least = max(errors), min(errors)
    return factor, (1 - factor) * kink + (most + least) / 2, (most - least) / 2


def _with_kinks(layer: Layer, low: ExactArray, high: ExactArray, least: ExactArray) -> ExactArray:
    """The least value of activations that fall before they rise."""
    if layer.slope is None or layer.threshold is None:
        return least
    t = layer.threshold
    inside = ((low - t).numerators < 0) & ((high - t).numerators > 0)
    turns = inside & (layer.slope.numerators < 0)
    common = t.denominator * least.denominator
    return ExactArray(
        np.where(turns, np.minimum(t.over(common), least.over(common)), least.over(common)), common
    )


def _larger(one: ExactArray, other: ExactArray) -> ExactArray:
    common = one.denominator * other.denominator
    return ExactArray(np.maximum(one.over(common), other.over(common)), common)


def _smaller(one: ExactArray, other: ExactArray) -> ExactArray:
    return -_larger(-one, -other)


def _vector(numbers: list[Fraction]) -> ExactArray:
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return exact(array)
