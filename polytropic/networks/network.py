"""Feedforward networks with piecewise linear activations, as exact values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from polytropic.arithmetic.numbers import ExactArray, FloatArray, Numbers, exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import InputError
from polytropic.networks.layer import Layer

__all__ = ["Layer", "Network"]

_IDENTITY, _RELU = None, 0


@dataclass(frozen=True)
class Network:
    """A feedforward network ``R^d -> R^p`` of affine maps and activations with one kink.

    Build one with `Network.from_layers`, `Builder` or `load_network`; a network is a value
    (immutable, hashable, picklable) and its weights mean exactly what their bits say.

    Parameters
    ----------
    layers : tuple of Layer

    Examples
    --------
    >>> net = Network.from_layers([([[1], [1]], [0, -1]), ([[1, -2]], [0])])
    >>> net
    Network(1-2-1)
    >>> net([[0.5], [1.0], [3.0]])
    array([[ 0.5],
           [ 1. ],
           [-1. ]])
    """

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if not self.layers:
            raise InputError("a network needs at least one (W, b) pair")
        for number, (first, second) in enumerate(pairwise(self.layers), 1):
            if first.n_outputs != second.n_inputs:
                raise InputError(
                    f"layer {number} gives {first.n_outputs} values but layer {number + 1} "
                    f"takes {second.n_inputs}: W of layer {number + 1} has the wrong width"
                )

    @staticmethod
    def from_layers(
        layers: Iterable[tuple[Numbers, Numbers]],
        *,
        thresholds: Sequence[Numbers | None] | None = None,
        slopes: Sequence[Numbers | None] | None = None,
    ) -> Network:
        """Make a network from ``[(W, b), ...]``; the last pair is the linear output.

        Parameters
        ----------
        layers : iterable of (W, b)
            ``W`` of shape (out, in), ``b`` of shape (out,); integers, floats or fractions.  ``W``
            may be a `SparseArray`.
        thresholds : sequence, optional
            One entry per layer: a number or an array of shape (out,) for ``max(W x + b, t)``, or
            None for a layer without activation.  By default 0 (ReLU) for every layer but the last.
            Where it is ``-inf`` a unit has no activation.
        slopes : sequence, optional
            One entry per layer: a number or an array of shape (out,), the slope of the activation
            below its threshold (0 for ReLU, 0.01 for a leaky ReLU, -1 for the absolute value, 1
            for a unit without activation), or None for 0.

        Returns
        -------
        Network

        Raises
        ------
        InputError
            If there is no layer, an entry is NaN or infinite, or shapes do not fit together.
        """
        pairs = list(layers)
        if thresholds is None:
            thresholds = ([_RELU] * len(pairs))[1:] + [_IDENTITY][: len(pairs)]
        if slopes is None:
            slopes = [None] * len(pairs)
        for name, given in [("thresholds", thresholds), ("slopes", slopes)]:
            if len(given) != len(pairs):
                raise InputError(f"{len(pairs)} layers but {len(given)} {name}")
        numbers = range(1, len(pairs) + 1)
        return Network(tuple(map(_layer, pairs, thresholds, slopes, numbers)))

    @property
    def n_inputs(self) -> int:
        """Input dimension d."""
        return self.layers[0].n_inputs

    @property
    def n_outputs(self) -> int:
        """Output dimension p."""
        return self.layers[-1].n_outputs

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        """Numbers of units with an activation, of every layer that has any."""
        return tuple(len(layer.tested) for layer in self.layers if not layer.is_linear)

    @property
    def n_units(self) -> int:
        """Number of units with an activation: the length of a sign vector."""
        return sum(self.hidden_widths)

    def __call__(self, x: ArrayLike) -> FloatArray:
        """Evaluate in float64 on one point, shape (d,), or on a batch, shape (n, d)."""
        points = np.asarray(x, dtype=np.float64)
        if points.ndim not in (1, 2) or points.shape[-1] != self.n_inputs:
            raise InputError(
                f"x must have shape ({self.n_inputs},) or (n, {self.n_inputs}), got {points.shape}"
            )
        values = points
        for layer in self.layers:
            weight, bias, _ = layer.floats
            values = layer.activate_floats(values @ weight.T + bias)
        return values

    def evaluate_exact(self, x: Any) -> ExactArray:
        """Evaluate in exact rationals on a batch, shape (n, d) to (n, p)."""
        values = exact(x, "x", ndim=2)
        if values.shape[1] != self.n_inputs:
            raise InputError(f"x must have shape (n, {self.n_inputs}), got {values.shape}")
        for layer in self.layers:
            values = layer.apply(values)
        return values

    def __repr__(self) -> str:
        widths = "-".join(str(w) for w in [self.n_inputs, *(k.n_outputs for k in self.layers)])
        return f"Network({widths})"


def _layer(pair: Any, threshold: Any, slope: Any, number: int) -> Layer:
    try:
        raw_weight, raw_bias = pair
    except (TypeError, ValueError) as problem:
        raise InputError(f"layer {number} must be a pair (W, b)") from problem
    weight = _weight(raw_weight, number)
    bias = exact(raw_bias, f"b of layer {number}", ndim=1)
    if 0 in weight.shape:
        raise InputError(f"W of layer {number} is empty: its shape is {weight.shape}")
    if bias.shape != (weight.shape[0],):
        raise InputError(
            f"layer {number}: W has shape {weight.shape}, so b must have shape "
            f"({weight.shape[0]},), got {bias.shape}"
        )
    if threshold is None and slope is not None:
        raise InputError(f"layer {number} has slopes but no threshold where they begin")
    width = weight.shape[0]
    threshold, slope = _finite(threshold, slope, width)
    return Layer(
        weight,
        bias,
        _per_unit(threshold, width, f"threshold of layer {number}"),
        _per_unit(slope, width, f"slope of layer {number}"),
    )


def _finite(threshold: Any, slope: Any, width: int) -> tuple[Any, Any]:
    """Write units whose threshold is minus infinity as units of slope one."""
    if threshold is None or isinstance(threshold, ExactArray):
        return threshold, slope
    given = np.asarray(threshold, dtype=object)
    free = np.array([isinstance(t, (float, np.floating)) and t == -np.inf for t in given.flat])
    if not free.any() or given.shape not in ((), (width,)):
        return threshold, slope
    free = np.broadcast_to(free.reshape(given.shape), (width,))
    slopes = np.array(np.broadcast_to(_entries_of(slope), (width,)), dtype=object)
    thresholds = np.array(np.broadcast_to(given, (width,)), dtype=object)
    slopes[free], thresholds[free] = 1, 0
    return thresholds.tolist(), slopes.tolist()


def _entries_of(slope: Any) -> Any:
    if slope is None:
        return np.array(0, dtype=object)
    return slope.to_fractions() if isinstance(slope, ExactArray) else np.asarray(slope, object)


def _weight(value: Any, number: int) -> ExactArray | SparseArray:
    if isinstance(value, SparseArray):
        return value
    return exact(value, f"W of layer {number}", ndim=2)


def _per_unit(value: Any, width: int, name: str) -> ExactArray | None:
    if value is None:
        return None
    array = exact(value, name)
    if array.shape == ():
        return ExactArray(np.full(width, array.numerators.item(), dtype=object), array.denominator)
    if array.shape != (width,):
        raise InputError(f"{name} must be a number or have shape ({width},), got {array.shape}")
    return array
