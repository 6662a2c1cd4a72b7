"""A small classifier, trained in a second, for pictures of trained networks."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polytropic import Network

Array = NDArray[np.float64]

_GRID = 64
_RATE = 0.02


def two_moons(rng: np.random.Generator, n: int, noise: float = 0.12) -> tuple[Array, Array]:
    """Points on two half-circles that reach into each other, and their labels +1 and -1."""
    angles = rng.uniform(0, np.pi, n)
    labels = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    x = np.where(labels > 0, np.cos(angles), 1 - np.cos(angles))
    y = np.where(labels > 0, np.sin(angles), 0.5 - np.sin(angles))
    return np.column_stack([x, y]) + noise * rng.standard_normal((n, 2)), labels


def train(
    rng: np.random.Generator, points: Array, labels: Array, widths: Sequence[int], steps: int = 1500
) -> Network:
    """Minimise the logistic loss by Adam, then round weights to multiples of 1/64.

    Rounding keeps the exact numbers short, and the picture the same on every machine.
    """
    sizes = [points.shape[1], *widths, 1]
    values = []
    for below, above in pairwise(sizes):
        values += [rng.standard_normal((above, below)) * np.sqrt(2 / below), np.zeros(above)]
    means = [np.zeros_like(value) for value in values]
    squares = [np.zeros_like(value) for value in values]
    for step in range(1, steps + 1):
        for k, gradient in enumerate(_gradients(values, points, labels)):
            means[k] += 0.1 * (gradient - means[k])
            squares[k] += 0.001 * (gradient**2 - squares[k])
            mean, square = means[k] / (1 - 0.9**step), squares[k] / (1 - 0.999**step)
            values[k] -= _RATE * mean / (np.sqrt(square) + 1e-8)
    rounded = [np.round(value * _GRID) / _GRID for value in values]
    return Network.from_layers(list(zip(rounded[::2], rounded[1::2], strict=True)))


def _gradients(values: list[Array], points: Array, labels: Array) -> list[Array]:
    """Gradients of the mean logistic loss, by hand."""
    layers = list(zip(values[::2], values[1::2], strict=True))
    inputs, x = [], points
    for weight, bias in layers[:-1]:
        inputs.append(x)
        x = np.maximum(x @ weight.T + bias, 0)
    inputs.append(x)
    output = (x @ layers[-1][0].T + layers[-1][1])[:, 0]
    delta = (-labels / (1 + np.exp(labels * output)) / len(labels))[:, None]
    found: list[Array] = []
    for (weight, _), below in zip(reversed(layers), reversed(inputs), strict=True):
        found = [delta.T @ below, delta.sum(axis=0), *found]
        delta = (delta @ weight) * (below > 0)
    return found
