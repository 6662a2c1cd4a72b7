"""Zonotopes of every kind, for tests."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from polytropic import Zonotope

THIRD = Fraction(1, 3)

DEGENERATE = {
    "no generators": (np.zeros((0, 2)), [1, 2]),
    "zero generators": (np.zeros((3, 2)), [0, 0]),
    "a point on the line": ([[0]], [5]),
    "a segment": ([[1], [-2], [0]], [0]),
    "a flat segment": ([[1, 2, 3], [-2, -4, -6]], [0, 1, 0]),
    "a hexagon in space": ([[1, 0, 1], [0, 1, 1], [1, 1, 2], [0, 0, 0]], [0, 0, 1]),
    "a cube with repeated edges": ([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-2, 0, 0]], [0, 0, 0]),
    "concurrent": ([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1]], [0, 0, 0]),
    "thirds": (np.array([[THIRD, 1], [1, -THIRD], [2 * THIRD, 2]], dtype=object), [THIRD, 0]),
    "huge": (np.array([[10**30, 1], [1, 10**30], [10**30 + 1, 10**30 + 1]], dtype=object), [0, 0]),
    "four dimensions": (np.vstack([np.eye(4), [[1, 1, 0, 0], [0, 1, -1, 0]]]), [0, 0, 0, 0]),
    "nearly parallel": ([[1, 0, 1], [1, 1e-7, 1], [1, 0, 1 + 1e-10], [0, 1, 0]], [0, 0, 0]),
    "a rounded sum": ([[0.1, 0.2, 0.3], [0.2, 0.3, 0.4], [0.1 + 0.2, 0.5, 0.7]], [0, 0, 0]),
    "scaled rows": ([[1e6, 2e6, 0], [1e-6, 0, 1e-6], [0, 1, 3], [1, 1, 1]], [0, 0, 0]),
    "far apart": ([[2.0**900, 1], [1, 2.0**-900], [2.0**-900, 2.0**900], [1, 1]], [0, 0]),
}

entries = st.one_of(
    st.integers(-2, 2),
    st.builds(lambda a, b: a + b, st.integers(-1, 1), st.sampled_from([0, 1e-7, -1e-10])),
    st.builds(math.ldexp, st.sampled_from([0.0, 1.0, -3.0]), st.sampled_from([0, -20, 20])),
)


@st.composite
def zonotopes(draw, integer=False, most=6):
    d = draw(st.sampled_from([1, 2, 3, 3]))
    numbers = st.integers(-3, 3) if integer else entries
    row = st.lists(numbers, min_size=d, max_size=d)
    generators = draw(st.lists(row, max_size=most))
    if generators and draw(st.booleans()):
        generators.append([-2 * x for x in generators[0]])
    return Zonotope(np.array(generators, dtype=object).reshape(-1, d), draw(row))
