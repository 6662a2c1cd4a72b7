"""Zonotopes by one generator after the other, for peers that know hulls alone."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np


def vertices_of_zonotope(
    generators: np.ndarray, vertices_of: Callable[[list[list[Any]]], list[list[Any]]]
) -> int:
    """Count vertices: corners of a parallelotope, then unions with their translates."""
    chosen: list[int] = []
    for i in range(len(generators)):
        if np.linalg.matrix_rank(generators[[*chosen, i]]) > len(chosen):
            chosen.append(i)
    found = (np.array(list(product([0, 1], repeat=len(chosen)))) @ generators[chosen]).tolist()
    for generator in np.delete(generators, chosen, axis=0).tolist():
        moved = [[a + b for a, b in zip(v, generator, strict=True)] for v in found]
        found = vertices_of(found + moved)
    return len(found)
