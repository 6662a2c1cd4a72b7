"""Networks whose decision boundaries are known, random ones, and small trained ones."""

from fractions import Fraction
from itertools import pairwise

import numpy as np

from polytropic import Network, random_integer_network, random_network


def absolute_values(d):
    """Weights of a layer whose units sum in pairs to |x_1|, ..., |x_d|."""
    return np.kron(np.eye(d, dtype=int), [[1], [-1]])


def diamond(d):
    """The network |x_1| + ... + |x_d|."""
    return Network.from_layers([(absolute_values(d), [0] * 2 * d), ([[1] * 2 * d], [0])])


def torus():
    """The network max(| |x| + |y| - 2 |, |z|): the level 1/2 bounds a solid torus."""
    return Network.from_layers(
        [
            (absolute_values(3), [0] * 6),
            ([[1, 1, 1, 1, 0, 0], [-1, -1, -1, -1, 0, 0], [0, 0, 0, 0, 1, 1]], [-2, 2, 0]),
            ([[1, 1, 0], [-1, -1, 1]], [0, 0]),
            ([[1, 1]], [0]),
        ]
    )


RELU = Network.from_layers([([[1]], [0]), ([[1]], [0])])
_E_OUTPUT = [[1, -1, 2], [-2, 1, 1]]
E3 = Network.from_layers([([[1, 2], [-2, 1], [1, -2]], [0] * 3), (_E_OUTPUT, [0, 0])])
E4 = Network.from_layers([([[1, 2], [-1, 1], [2, -1]], [0] * 3), (_E_OUTPUT, [0, 0])])


def small_networks():
    """(name, network) with one output in up to three variables."""
    for seed in range(3):
        yield f"integers 1-4-1, {seed}", random_integer_network(1, [4], 1, rng=seed)
        yield f"integers 2-4-1, {seed}", random_integer_network(2, [4], 1, rng=seed)
        yield f"integers 2-3-3-1, {seed}", random_integer_network(2, [3, 3], 1, rng=seed)
    yield "integers 3-3-1", random_integer_network(3, [3], 1, rng=1)
    yield "generic 2-4-3-1", random_network(2, [4, 3], 1, rng=5)
    yield "generic 3-4-1", random_network(3, [4], 1, rng=2)
    yield "relu", RELU


def moons_network(seed, steps=300):
    """A network 2-8-8-1 trained for a while to tell two half-moons apart."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(0, np.pi, 200)
    first = np.column_stack([np.cos(t), np.sin(t)])
    second = np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)])
    x = np.vstack([first, second]) + 0.1 * rng.standard_normal((400, 2))
    y = np.repeat([1.0, -1.0], 200)
    sizes = [2, 8, 8, 1]
    weights = [rng.standard_normal((b, a)) * np.sqrt(2 / a) for a, b in pairwise(sizes)]
    biases = [np.zeros(b) for b in sizes[1:]]
    for _ in range(steps):
        outputs = [x]
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            outputs.append(np.maximum(outputs[-1] @ w.T + b, 0))
        values = outputs[-1] @ weights[-1].T + biases[-1]
        slope = (-y / (1 + np.exp(y * values[:, 0])) / len(y))[:, None]
        for k in (2, 1, 0):
            below = slope @ weights[k] * (outputs[k] > 0)
            weights[k] -= 0.5 * slope.T @ outputs[k]
            biases[k] -= 0.5 * slope.sum(axis=0)
            slope = below
    return Network.from_layers(list(zip(weights, biases, strict=True)))


def middle_of(cell):
    """A point in the relative interior of a cell: the mean of the vertices plus all rays."""
    rows = cell.complex.generators[list(cell.members)].tolist()
    points = [row for row in rows if row[0]]
    return [
        sum(Fraction(row[c], row[0] * len(points)) for row in points)
        + sum(row[c] for row in rows if not row[0])
        for c in range(1, len(rows[0]))
    ]
