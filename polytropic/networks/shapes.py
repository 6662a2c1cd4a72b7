"""Shapes of networks, as bounds of numbers of regions see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.networks.layer import Layer
from polytropic.networks.network import Network

__all__ = ["Shape", "Stable", "Widths", "below_last", "binomials", "hidden_layers", "read_shape"]

Shape: TypeAlias = "Network | Sequence[int]"
"""A network, or ``(d, n_1, ..., n_L)``: the number of inputs and the widths of hidden layers."""

Stable: TypeAlias = "Sequence[tuple[int, int]]"
"""For every layer with units that have an activation, how many of these are constant and how many
are linear on the domain."""


class Widths(NamedTuple):
    """One layer: units that cut, units that are linear, and whether sleeping units are constant."""

    cutting: int
    linear: int
    flattens: bool


def hidden_layers(layers: tuple[Widths, ...]) -> list[Widths]:
    """Layers with units that cut."""
    return [layer for layer in layers if layer.cutting]


def below_last(layers: tuple[Widths, ...]) -> tuple[Widths, ...]:
    """Layers below the last that cuts, the linear ones among them too."""
    cutting = [number for number, layer in enumerate(layers) if layer.cutting]
    return layers[: cutting[-1]] if cutting else ()


def read_shape(shape: Shape, stable: Stable | None) -> tuple[int, tuple[Widths, ...]]:
    """The number of inputs, and the layers, some units of which are known to be stable."""
    if isinstance(shape, Network):
        d, layers = shape.n_inputs, [_widths_of(layer) for layer in shape.layers]
    else:
        d, *widths = _positive(shape)
        layers = [Widths(width, 0, True) for width in widths]
    if stable is None:
        return d, tuple(layers)
    pairs = list(stable)
    cutting = [number for number, layer in enumerate(layers) if layer.cutting]
    if len(pairs) != len(cutting):
        raise InputError(f"stable has {len(pairs)} pairs for {len(cutting)} layers with activation")
    for number, (constant, linear) in zip(cutting, pairs, strict=True):
        n, others, flattens = layers[number]
        if min(constant, linear) < 0 or constant + linear > n:
            raise InputError(
                f"stable says that {constant} + {linear} units are stable in a layer of {n}"
            )
        layers[number] = Widths(n - constant - linear, others + linear, flattens)
    return d, tuple(layers)


def _positive(shape: Sequence[int]) -> list[int]:
    numbers = list(shape)
    if not numbers or any(isinstance(n, bool) or n != int(n) or n < 1 for n in numbers):
        raise InputError(
            f"a shape is (number of inputs, widths of hidden layers...), all at least 1, "
            f"got {numbers}"
        )
    return [int(n) for n in numbers]


def _widths_of(layer: Layer) -> Widths:
    tested = len(layer.tested)
    slope = ExactArray.zeros(0) if layer.slope is None else layer.slope
    bent = (slope.numerators != 0) & (slope.numerators != slope.denominator)
    return Widths(tested, layer.n_outputs - tested, not bent.any())


@lru_cache(maxsize=64)
def binomials(n: int, most: int) -> tuple[int, ...]:
    """``C(n, 0), ..., C(n, most)``."""
    steps = range(most)
    return tuple(accumulate(steps, lambda c, j: c * (n - j) // (j + 1), initial=1))
