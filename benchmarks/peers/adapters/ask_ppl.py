"""The Parma Polyhedra Library, in integers."""

import numpy as np
import ppl
from protocol import Question, answer
from sums import vertices_of_zonotope


def _polyhedron(points: list[list[int]], rays: list[list[int]]) -> ppl.C_Polyhedron:
    system = ppl.Generator_System()
    for row in points:
        system.insert(ppl.point(ppl.Linear_Expression(row, 0)))
    for row in rays:
        system.insert(ppl.ray(ppl.Linear_Expression(row, 0)))
    return ppl.C_Polyhedron(system)


def hull(question: Question) -> int:
    return len(_polyhedron(question["points"].tolist(), []).minimized_constraints())


def zonotope(question: Question) -> int:
    def vertices_of(points: list[list[int]]) -> list[list[int]]:
        found = _polyhedron(points, []).minimized_generators()
        return [[int(x) for x in point.coefficients()] for point in found]

    return vertices_of_zonotope(question["generators"], vertices_of)


def subdivision(question: Question) -> int:
    lifted = np.column_stack([question["exponents"], question["coefficients"]])
    down = [0] * (lifted.shape[1] - 1) + [-1]
    rows = _polyhedron(lifted.tolist(), [down]).minimized_constraints()
    return sum(int(row.coefficients()[-1]) < 0 for row in rows)


if __name__ == "__main__":
    answer({"hull": hull, "zonotope": zonotope, "subdivision": subdivision})
