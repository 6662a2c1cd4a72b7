"""Small complexes of many kinds: degenerate networks on domains of every sort."""

import numpy as np

from polytropic import Network, Polytope, linear_regions, random_network

DOMAINS = {
    "everywhere": lambda d: None,
    "box": lambda d: Polytope.box(-2, 2, dim=d),
    "orthant": lambda d: Polytope.from_halfspaces(-np.eye(d, dtype=int), [1] * d),
    "segment": lambda d: Polytope.from_points([[-3] * d, [2, *[1] * (d - 1)]]),
    "strip": lambda d: Polytope.from_points([[0] * d, [1] + [0] * (d - 1)], lines=np.eye(d)[1:]),
}


def integer_network(d, widths, seed):
    rng = np.random.default_rng(seed)
    layers, size = [], d
    for width in [*widths, 1]:
        layers.append((rng.integers(-2, 3, (width, size)), rng.integers(-2, 3, width)))
        size = width
    return Network.from_layers(layers)


def networks():
    """(name, network): lines of constancy, duplicates, concurrent lines, generic ones."""
    yield "line", integer_network(1, [4, 3], 0)
    yield "integers 2", integer_network(2, [4, 3], 1)
    yield "integers 2 again", integer_network(2, [3, 3, 2], 5)
    yield (
        "concurrent",
        Network.from_layers([([[1, 0], [0, 1], [1, 1], [1, 0]], [0] * 4), ([[1, 1, -1, 2]], [0])]),
    )
    yield (
        "constant along lines",
        Network.from_layers([([[1, 1, 0], [2, 2, 0], [1, 1, 0]], [0, -1, 2]), ([[1, -1, 1]], [0])]),
    )
    yield "constant", Network.from_layers([([[0, 0], [0, 0]], [1, 0]), ([[1, 1]], [0])])
    yield "generic 2", random_network(2, [5, 4], rng=3)
    yield "integers 3", integer_network(3, [4, 2], 2)
    yield "generic 3", random_network(3, [4, 3], rng=1)
    yield "generic 4", random_network(4, [4], rng=1)


CASES = [
    (f"{name}, {where}", net, where)
    for name, net in networks()
    for where in DOMAINS
    if net.n_inputs > 1 or where != "strip"
]
NAMES = [name for name, _, _ in CASES]


def complex_of(case):
    _, net, where = case
    return linear_regions(net, DOMAINS[where](net.n_inputs))
