"""Networks that are known in closed form, and random ones by a fixed recipe."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from polytropic.errors import InputError
from polytropic.networks.network import Network

__all__ = ["folding_network", "random_integer_network", "random_network", "tent_network"]


def tent_network(n_folds: int) -> Network:
    """Compose the tent map ``2 max(x, 0) - 4 max(x - 1/2, 0)`` with itself `n_folds` times.

    One input, one output, `n_folds` hidden layers of width 2.  For k >= 2 it has ``2^k + 2``
    linear regions on R, and numerator and denominator have ``2^(k-1) + 2`` and ``2^k`` upper
    vertices.

    Examples
    --------
    >>> tent_network(2)([[0.25], [0.5], [0.75]]).ravel()
    array([1., 0., 1.])
    """
    return folding_network(1, 2, n_folds)


def folding_network(n_inputs: int, n_pieces: int, n_layers: int) -> Network:
    """Fold every coordinate of [0, 1]^d into `n_pieces` pieces, `n_layers` times over.

    The output is the sum of the coordinates.  On ``[0, 1]^d`` there are ``p^(d L)`` activation
    regions and as many linear regions (a construction of Montufar, Pascanu, Cho and Bengio, 2014).

    Parameters
    ----------
    n_inputs, n_pieces, n_layers : int
        d, p and L; every hidden layer has ``d p`` units.

    Examples
    --------
    >>> folding_network(2, 3, 2)
    Network(2-6-6-1)
    """
    for name, value in [("n_inputs", n_inputs), ("n_pieces", n_pieces), ("n_layers", n_layers)]:
        if value < 1:
            raise InputError(f"{name} must be at least 1, got {value}")
    copy = np.kron(np.eye(n_inputs, dtype=object), np.full((n_pieces, 1), 1, dtype=object))
    shift = [-Fraction(k, n_pieces) for k in range(n_pieces)] * n_inputs
    zigzag = [n_pieces] + [2 * n_pieces * (-1) ** k for k in range(1, n_pieces)]
    gather = np.kron(np.eye(n_inputs, dtype=object), np.array([zigzag], dtype=object))
    layers: list[tuple[Any, Any]] = [(copy, shift)]
    layers += [(copy @ gather, shift)] * (n_layers - 1)
    layers.append((gather.sum(axis=0, keepdims=True), [0]))
    return Network.from_layers(layers)


def random_network(
    n_inputs: int,
    widths: Sequence[int],
    n_outputs: int = 1,
    *,
    rng: np.random.Generator | int | None = None,
) -> Network:
    """Make a random ReLU network with hidden layers of the given widths and a linear output.

    For each layer in turn weights are normal with standard deviation ``1 / sqrt(in)``, then biases
    normal with standard deviation 1/2.

    Examples
    --------
    >>> random_network(2, [4, 4], rng=0)
    Network(2-4-4-1)
    """
    generator = np.random.default_rng(rng)
    layers = []
    below = n_inputs
    for width in [*widths, n_outputs]:
        weight = generator.standard_normal((width, below)) / np.sqrt(below)
        layers.append((weight, 0.5 * generator.standard_normal(width)))
        below = width
    return Network.from_layers(layers)


def random_integer_network(
    n_inputs: int,
    widths: Sequence[int],
    n_outputs: int = 1,
    *,
    largest: int = 3,
    rng: np.random.Generator | int | None = None,
) -> Network:
    """Make a random ReLU network with integer weights and biases in ``-largest..largest``.

    Examples
    --------
    >>> random_integer_network(1, [3], rng=0)
    Network(1-3-1)
    """
    generator = np.random.default_rng(rng)
    layers = []
    below = n_inputs
    for width in [*widths, n_outputs]:
        weight = generator.integers(-largest, largest + 1, (width, below))
        layers.append((weight, generator.integers(-largest, largest + 1, width)))
        below = width
    return Network.from_layers(layers)
