"""Small classifiers of a fixed task in any dimension, trained with NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.networks.network import Network

__all__ = ["shells", "trained_network"]

_POINTS = 512
_STEPS = 400
_RATE = 0.02
_GRID = 1024  # weights are multiples of its inverse


def shells(d: int, n: int = _POINTS) -> tuple[FloatArray, FloatArray]:
    """Points of [-1, 1]^d and labels that change at the distances 0.4, 0.8 and 1.2 from the origin.

    Parameters
    ----------
    d, n : int
        Dimension and number of points.

    Returns
    -------
    points : float array, shape (n, d)
    labels : float array, shape (n,)
        Each 1 or -1.  Always the same points for the same d and n.

    Examples
    --------
    >>> points, labels = shells(2, 100)
    >>> points.shape, sorted(set(labels.tolist()))
    ((100, 2), [-1.0, 1.0])
    """
    points = np.random.default_rng(0).uniform(-1, 1, (n, d))
    shell = np.floor(np.sqrt((points**2).sum(axis=1)) / 0.4)
    return points, np.where(shell % 2 == 0, 1.0, -1.0)


def trained_network(
    d: int,
    widths: Sequence[int],
    *,
    steps: int = _STEPS,
    rng: np.random.Generator | int | None = None,
) -> Network:
    """Train a ReLU classifier of `shells`: its one output is positive for the label 1.

    Parameters
    ----------
    d : int
    widths : sequence of int
        Of the hidden layers.
    steps : int
        Of Adam, each over all points; zero leaves the random start.
    rng : Generator or int, optional
        For the start: normal weights of standard deviation ``sqrt(2 / in)``, biases zero.

    Returns
    -------
    Network
        With weights rounded to multiples of 1/1024, so that the last bits of the sums in training,
        which differ between machines, do not matter.

    Raises
    ------
    InputError
        If a size is not positive.

    Notes
    -----
    Logistic loss, Adam with rate 0.02 (Kingma and Ba, 2015); the time is proportional to the
    number of weights and steps.

    Examples
    --------
    >>> points, labels = shells(2)
    >>> output = trained_network(2, [8, 8], rng=0)(points)[:, 0]
    >>> bool((output * labels > 0).mean() > 0.9)
    True
    """
    sizes = [d, *widths, 1]
    if min(sizes) < 1:
        raise InputError(f"dimension and widths must be at least 1, got {sizes[:-1]}")
    generator = np.random.default_rng(rng)
    points, labels = shells(d)
    values: list[FloatArray] = []
    for below, above in pairwise(sizes):
        weight = generator.standard_normal((above, below)) * np.sqrt(2 / below)
        values += [weight, np.zeros(above)]
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


def _gradients(
    values: list[FloatArray], points: FloatArray, labels: FloatArray
) -> list[FloatArray]:
    """Gradients of the mean logistic loss, in the order of `values`."""
    layers = list(zip(values[::2], values[1::2], strict=True))
    inputs = [points]
    for weight, bias in layers[:-1]:
        inputs.append(np.maximum(inputs[-1] @ weight.T + bias, 0))
    weight, bias = layers[-1]
    margins = labels * (inputs[-1] @ weight.T + bias)[:, 0]
    # Bounded exponents: a margin of 50 has no gradient that a float would notice.
    delta = (-labels / (1 + np.exp(np.clip(margins, -50, 50))) / len(labels))[:, None]
    found: list[FloatArray] = []
    for (weight, _), below in zip(reversed(layers), reversed(inputs), strict=True):
        found += [delta.sum(axis=0), delta.T @ below]
        delta = (delta @ weight) * (below > 0)
    return found[::-1]
