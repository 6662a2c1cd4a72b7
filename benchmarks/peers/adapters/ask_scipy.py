"""Qhull, through SciPy, in floats; facets are counted once each, not as their simplices."""

import numpy as np
from protocol import Question, answer
from scipy.spatial import ConvexHull
from sums import vertices_of_zonotope


def _facets(hull: ConvexHull) -> np.ndarray:
    """Hyperplanes of the facets: Qhull repeats them bit by bit for simplices of one facet."""
    return np.unique(hull.equations, axis=0)


def hull(question: Question) -> int:
    return len(_facets(ConvexHull(question["points"])))


def zonotope(question: Question) -> int:
    def vertices_of(points: list[list[float]]) -> list[list[float]]:
        array = np.array(points, dtype=float)
        return array[ConvexHull(array).vertices].tolist()

    return vertices_of_zonotope(question["generators"], vertices_of)


def subdivision(question: Question) -> int:
    lifted = np.column_stack([question["exponents"], question["coefficients"]]).astype(float)
    return int((_facets(ConvexHull(lifted))[:, -2] > 0).sum())


if __name__ == "__main__":
    answer({"hull": hull, "zonotope": zonotope, "subdivision": subdivision})
