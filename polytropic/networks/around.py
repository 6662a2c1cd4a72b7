"""The activation region around one point of a network, exactly, without any other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.layer import Layer
from polytropic.networks.network import Network

__all__ = ["activation_region", "conditions_around"]


def activation_region(network: Network, point: Any, domain: Polytope | None = None) -> Polytope:
    """Find the activation region around one point, without enumerating any other.

    Parameters
    ----------
    network : Network
    point : array_like, shape (d,)
    domain : Polytope, optional
        What to intersect the region with; by default all of R^d.

    Returns
    -------
    Polytope
        Where every unit has the sign that it has at the point, or none.  Where the point lies on
        a wall, this is the face of the regions around it that contains the point inside.

    Raises
    ------
    InputError
        If the point has the wrong shape.

    Notes
    -----
    One exact product with a matrix of d + 1 columns per layer, and as many inequalities as units.

    Examples
    --------
    >>> net = Network.from_layers(
    ...     [([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-2]), ([[1]], [0])], thresholds=[0, 0, None]
    ... )
    >>> activation_region(net, [0.5, 0.25]).vertices
    array([[0., 0.],
           [0., 2.],
           [2., 0.]])
    """
    region = _polyhedron(*conditions_around(network, _point(network, point)))
    return region if domain is None else region & domain


def conditions_around(network: Network, point: ExactArray) -> tuple[ExactArray, ExactArray]:
    """Forms ``(c, a)`` that are positive at a point, and those that vanish there by chance.

    They say where all units have the signs that they have at the point; a unit that vanishes
    identically around it asks for nothing.
    """
    x = ExactArray.concatenate([exact([1]), point])
    none = ExactArray.zeros(0, len(x))
    positive, zero = [none], [none]
    forms = exact(np.eye(len(x), dtype=int)[1:])  # what all values are near the point
    for layer in network.layers:
        forms = _plus_constant(layer.weight @ forms, layer.bias)
        if layer.threshold is None:
            continue
        heights = _plus_constant(forms, -layer.threshold)
        signs = np.sign((heights @ x).numerators).astype(int)
        asking = np.zeros(layer.n_outputs, dtype=bool)
        asking[layer.tested] = (heights.numerators[layer.tested, 1:] != 0).any(axis=1)
        signed = heights.numerators * signs[:, None]
        positive.append(ExactArray(signed[asking & (signs != 0)], heights.denominator))
        zero.append(heights[np.flatnonzero(asking & (signs == 0))])
        forms = _bent(layer, forms, signs)
    return ExactArray.concatenate(positive), ExactArray.concatenate(zero)


def _point(network: Network, point: Any) -> ExactArray:
    x = exact(point, "point", ndim=1)
    if x.shape != (network.n_inputs,):
        raise InputError(f"point must have shape ({network.n_inputs},), got {x.shape}")
    return x


def _plus_constant(forms: ExactArray, constants: ExactArray) -> ExactArray:
    column = constants.reshape(-1, 1)
    return ExactArray.concatenate([forms[:, :1] + column, forms[:, 1:]], axis=1)


def _bent(layer: Layer, forms: ExactArray, signs: NDArray[np.int64]) -> ExactArray:
    """Forms after the activation, where each unit has a known sign."""
    assert layer.threshold is not None
    slope = ExactArray.zeros(layer.n_outputs) if layer.slope is None else layer.slope
    # Units of slope one are the same on both sides.
    below, unit = signs <= 0, slope.denominator
    factors = np.where(below, slope.numerators, unit).reshape(-1, 1)
    bent = ExactArray(forms.numerators * factors, forms.denominator * unit)
    t = layer.threshold
    rest = np.where(below, t.numerators * (unit - slope.numerators), 0)
    return _plus_constant(bent, ExactArray(rest, t.denominator * unit))


def _polyhedron(positive: ExactArray, zero: ExactArray) -> Polytope:
    """Where forms ``(c, a)`` are at least zero, and where they vanish."""
    if len(zero):
        return Polytope.from_halfspaces(-positive[:, 1:], positive[:, 0], zero[:, 1:], -zero[:, 0])
    return Polytope.from_halfspaces(-positive[:, 1:], positive[:, 0])
