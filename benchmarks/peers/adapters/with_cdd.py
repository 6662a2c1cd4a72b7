"""The tasks for either arithmetic of cddlib."""

from collections.abc import Callable
from typing import Any

import cdd
import numpy as np
from protocol import Question
from sums import vertices_of_zonotope


def tasks(kind: Any) -> dict[str, Callable[[Question], int]]:
    """Tasks for ``cdd`` or ``cdd.gmp``."""

    def facets(points: list[list[Any]], rays: list[list[Any]]) -> list[Any]:
        rows = [[1, *point] for point in points] + [[0, *ray] for ray in rays]
        matrix = kind.matrix_from_array(rows, rep_type=cdd.RepType.GENERATOR)
        return list(kind.copy_inequalities(kind.polyhedron_from_matrix(matrix)).array)

    def hull(question: Question) -> int:
        return len(facets(question["points"].tolist(), []))

    def zonotope(question: Question) -> int:
        def vertices_of(points: list[list[Any]]) -> list[list[Any]]:
            rows = list(dict.fromkeys((1, *point) for point in points))
            matrix = kind.matrix_from_array(rows, rep_type=cdd.RepType.GENERATOR)
            kind.matrix_canonicalize(matrix)
            return [list(row[1:]) for row in matrix.array]

        return vertices_of_zonotope(question["generators"], vertices_of)

    def subdivision(question: Question) -> int:
        lifted = np.column_stack([question["exponents"], question["coefficients"]])
        down = [0] * (lifted.shape[1] - 1) + [-1]
        # Upper facets are those that are not vertical once a ray points down.
        return sum(row[-1] < 0 for row in facets(lifted.tolist(), [down]))

    return {"hull": hull, "zonotope": zonotope, "subdivision": subdivision}
