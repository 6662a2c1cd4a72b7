"""Normaliz, over the integers."""

import numpy as np
import PyNormaliz
from protocol import Question, answer
from sums import vertices_of_zonotope


def hull(question: Question) -> int:
    return len(PyNormaliz.Cone(polytope=question["points"].tolist()).SupportHyperplanes())


def zonotope(question: Question) -> int:
    def vertices_of(points: list[list[int]]) -> list[list[int]]:
        rays = PyNormaliz.Cone(polytope=points).ExtremeRays()
        return [[int(x) for x in ray[:-1]] for ray in rays]

    return vertices_of_zonotope(question["generators"], vertices_of)


def subdivision(question: Question) -> int:
    lifted = np.column_stack([question["exponents"], question["coefficients"]])
    # A cone over the points at height 1, with a ray down: its facets that are not vertical.
    rows = [[*point, 1] for point in lifted.tolist()]
    down = [0] * (lifted.shape[1] - 1) + [-1, 0]
    facets = PyNormaliz.Cone(cone=[*rows, down]).SupportHyperplanes()
    return sum(facet[-2] < 0 for facet in facets)


if __name__ == "__main__":
    answer({"hull": hull, "zonotope": zonotope, "subdivision": subdivision})
