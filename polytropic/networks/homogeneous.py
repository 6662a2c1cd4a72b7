"""A network in homogeneous coordinates, in floats with error bounds and in integers.

A network with activations ``max(z, t)`` is positively homogeneous once its biases are multiplied
by a height: at ``(1, x)`` it is the network at x, and at ``(0, r)`` it is its recession function
in the direction r (the limit of ``f(x + s r) / s``, the same for every x).  Points and directions
can therefore be pushed through it alike, and signs of units at both are found in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, affine, positive_part, round_ratios, round_scaled
from polytropic.arithmetic.linalg import product
from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray
from polytropic.geometry.subdivide import ExactValues
from polytropic.networks.network import Layer, Network

__all__ = ["HomogeneousNetwork", "relu_form"]

_BLOCK = 1 << 20  # entries of one block of floats: 8 MB


def relu_form(network: Network) -> tuple[list[Layer], ExactArray | None]:
    """Rewrite every threshold as zero: ``max(z, t) = max(z - t, 0) + t``.

    Returns
    -------
    layers : list of Layer
        With threshold zero or None.
    offset : ExactArray or None
        What remains to be added to the output, if the last layer has an activation.
    """
    layers: list[Layer] = []
    offset: ExactArray | None = None
    for layer in network.layers:
        bias = layer.bias if offset is None else layer.bias + layer.weight @ offset
        offset = layer.threshold
        if offset is None:
            layers.append(Layer(layer.weight, bias, None))
        else:
            layers.append(Layer(layer.weight, bias - offset, ExactArray.zeros(layer.n_outputs)))
    return layers, offset


@dataclass(frozen=True)
class _Stage:
    """One layer prepared for evaluation."""

    weight: Bounded
    bias: Bounded
    joined: ExactArray  # [b | W]
    shift: int  # float values are true values times 2**-shift
    is_linear: bool

    @property
    def width(self) -> int:
        """Number of units."""
        return len(self.joined)

    @property
    def integers(self) -> ObjectArray:
        """``[b | W]`` times `scale`; made from floats only when something has to be exact."""
        return self.joined.numerators

    @cached_property
    def _columns(self) -> flint.fmpz_mat:
        return flint.fmpz_mat(self.integers.T.tolist())

    def __getstate__(self) -> dict[str, Any]:
        # FLINT's matrices do not pickle; they are made again when they are needed.
        return {name: value for name, value in self.__dict__.items() if name != "_columns"}

    def exact_product(self, rows: ObjectArray) -> ObjectArray:
        """``rows @ integers.T``; the integers are handed to FLINT once."""
        if 0 in (len(rows), self.width):
            return np.full((len(rows), self.width), 0, dtype=object)
        entries = (flint.fmpz_mat(rows.tolist()) * self._columns).entries()
        values = np.empty(len(entries), dtype=object)
        values[:] = [int(entry) for entry in entries]
        return values.reshape(len(rows), self.width)

    @property
    def scale(self) -> int:
        """Common denominator of the weights and biases."""
        return self.joined.denominator


class HomogeneousNetwork:
    """Evaluates all layers of a network at homogeneous generators ``(t, x)``.

    Float values of layer l are in units of ``2**shift`` of that layer, chosen so that neither huge
    nor tiny weights leave the range of floats.
    """

    def __init__(self, network: Network) -> None:
        layers, self.offset = relu_form(network)
        self.stages: list[_Stage] = []
        shift = 0
        for layer in layers:
            step = layer.weight.exponent
            weight, bias = (
                round_scaled(layer.weight, -step),
                round_scaled(layer.bias, -step - shift),
            )
            shift += step
            joined = ExactArray.concatenate([layer.bias.reshape(-1, 1), layer.weight], axis=1)
            self.stages.append(_Stage(weight, bias, joined, shift, layer.is_linear))

    @staticmethod
    def start(generators: ObjectArray) -> tuple[Bounded, FloatArray]:
        """Round generators to height one (points) or to size about one (directions)."""
        rows = generators.tolist()
        scales = [row[0] or 1 << max(abs(entry).bit_length() for entry in row) for row in rows]
        values = round_ratios([row[1:] for row in rows], scales)
        heights = np.array([1.0 if row[0] else 0.0 for row in rows])
        return values, heights

    def preactivation(self, stage: int, y: Bounded, heights: FloatArray) -> Bounded:
        """Values of a layer before its activation, from the outputs y of the layer below."""
        return affine(y, heights, self.stages[stage].weight, self.stages[stage].bias)

    def activate(self, stage: int, z: Bounded) -> Bounded:
        """Apply the activation of a layer."""
        return z if self.stages[stage].is_linear else positive_part(z)

    def exact_preactivation(self, stage: int, generators: ObjectArray) -> ExactValues:
        """Values of a layer before its activation, in integers."""
        heights, values = generators[:, 0], generators[:, 1:]
        for index in range(stage + 1):
            here = self.stages[index]
            below = np.concatenate([heights[:, None], values], axis=1)
            values = here.exact_product(below)
            heights = heights * here.scale
            if index < stage and not here.is_linear:
                values = np.maximum(values, 0)
        return _in_float_units(values, heights, self.stages[stage].shift)

    def exact_linear_map(self, pattern: NDArray[np.bool_], basis: ObjectArray) -> ExactArray:
        """Images of basis rows under the linear map that the network is where `pattern` holds.

        Parameters
        ----------
        pattern : bool array, shape (n_units,)
            Which units are active.
        basis : object array, shape (k, d + 1)

        Returns
        -------
        ExactArray, shape (k, p)
        """
        heights, values, first = basis[:, 0], basis[:, 1:], 0
        scale = 1
        for here in self.stages:
            below = np.concatenate([heights[:, None], values], axis=1)
            values = product(below, here.integers)
            heights, scale = heights * here.scale, scale * here.scale
            if not here.is_linear:
                width = here.width
                values = np.where(pattern[None, first : first + width], values, 0)
                first += width
        images = ExactArray(values, scale)
        if self.offset is None:
            return images
        return images + ExactArray(basis[:, :1]) @ self.offset.reshape(1, -1)

    def bounded_linear_maps(self, patterns: NDArray[np.bool_], basis: ObjectArray) -> Bounded:
        """Float version of `exact_linear_map` for many patterns: shape (n, k * p).

        The offset of the output, common to all, is left out.
        """
        widest = max(stage.width for stage in self.stages)
        step = max(1, _BLOCK // (len(basis) * widest))
        starts = range(0, len(patterns), step)
        blocks = [self._bounded_block(patterns[start : start + step], basis) for start in starts]
        return Bounded(
            np.concatenate([block.value for block in blocks]),
            np.concatenate([block.error for block in blocks]),
        )

    def _bounded_block(self, patterns: NDArray[np.bool_], basis: ObjectArray) -> Bounded:
        y, heights = self.start(basis)
        n_cells, size = len(patterns), len(basis)
        y = Bounded(np.tile(y.value, (n_cells, 1)), np.tile(y.error, (n_cells, 1)))
        tall, first = np.tile(heights, n_cells), 0
        for index, here in enumerate(self.stages):
            y = self.preactivation(index, y, tall)
            if not here.is_linear:
                active = np.repeat(patterns[:, first : first + here.width], size, axis=0)
                y = Bounded(np.where(active, y.value, 0.0), np.where(active, y.error, 0.0))
                first += here.width
        return Bounded(y.value.reshape(n_cells, -1), y.error.reshape(n_cells, -1))


def _in_float_units(values: ObjectArray, heights: ObjectArray, shift: int) -> ExactValues:
    up, down = max(-shift, 0), max(shift, 0)
    scales = []
    for row, height in zip(values.tolist(), heights.tolist(), strict=True):
        size = max((abs(entry).bit_length() for entry in row), default=0)
        scales.append(height << down if height else 1 << (size + up))
    return ExactValues(values * (1 << up), scales)
