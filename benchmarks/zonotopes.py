"""Vertices of zonotopes: ours against Qhull and cddlib, adding one segment after the other.

Qhull works in floats; ``cdd.gmp`` is exact and removes redundant points by linear programs.  Both
see the corners of a parallelotope first and then, for every further generator g, the union of the
vertices so far with their translates by g.
"""

from itertools import combinations, product
from typing import Any

import cdd
import cdd.gmp
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from benchmarks.measuring import cells, measure, script, show
from polytropic import Zonotope

Rows = NDArray[np.int64]


# -- families with known numbers of vertices -----------------------------------------------------
def generic(m: int, d: int) -> Rows:
    """Random integer generators; 2 sum_{i<d} C(m-1, i) vertices."""
    return np.random.default_rng(0).integers(-1000, 1001, (m, d))


def resonance(n: int) -> Rows:
    """All non-zero 0/1 vectors."""
    return np.array([row for row in product([0, 1], repeat=n) if any(row)])


def type_a(n: int) -> Rows:
    """Positive roots e_i - e_j without the last coordinate: n! vertices."""
    unit = np.eye(n, dtype=np.int64)
    return np.array([unit[i] - unit[j] for i, j in combinations(range(n), 2)])[:, :-1]


def type_b(n: int) -> Rows:
    """Roots e_i and e_i ± e_j: 2^n n! vertices."""
    unit = np.eye(n, dtype=np.int64)
    pairs = list(combinations(range(n), 2))
    sums = [unit[i] + s * unit[j] for i, j in pairs for s in (1, -1)]
    return np.array([*unit, *sums])


# name, generators, vertices, whether Qhull and cdd.gmp are asked, whether it takes long
CASES: list[tuple[str, Rows, int, bool, bool, bool]] = [
    ("generic (12, 3)", generic(12, 3), 134, True, True, False),
    ("generic (40, 3)", generic(40, 3), 1_562, True, False, False),
    ("generic (100, 3)", generic(100, 3), 9_902, True, False, False),
    ("generic (9, 4)", generic(9, 4), 186, True, True, False),
    ("generic (20, 5)", generic(20, 5), 10_072, True, False, False),
    ("generic (16, 8)", generic(16, 8), 32_768, False, False, True),
    ("permutahedron 5", type_a(5), 120, True, True, False),
    ("permutahedron 7", type_a(7), 5_040, True, False, True),
    ("B4", type_b(4), 384, True, False, False),
    ("B5", type_b(5), 3_840, True, False, False),
    ("resonance 4", resonance(4), 370, True, False, False),
    ("resonance 5", resonance(5), 11_292, True, False, True),
]


# -- peers ---------------------------------------------------------------------------------------
def _start(generators: Rows) -> tuple[Rows, Rows]:
    """Corners of a parallelotope, and the generators that are left."""
    chosen: list[int] = []
    for i in range(len(generators)):
        if np.linalg.matrix_rank(generators[[*chosen, i]]) > len(chosen):
            chosen.append(i)
    corners = np.array(list(product([0, 1], repeat=len(chosen)))) @ generators[chosen]
    return corners, np.delete(generators, chosen, axis=0)


def by_qhull(generators: Rows) -> int:
    """Vertices according to Qhull in floats."""
    corners, rest = _start(generators)
    vertices = corners.astype(float)
    for generator in rest:
        points = np.concatenate([vertices, vertices + generator])
        vertices = points[ConvexHull(points).vertices]
    return len(vertices)


def by_cdd(generators: Rows) -> int:
    """Vertices according to cddlib in rationals."""
    corners, rest = _start(generators)
    vertices: list[list[Any]] = corners.tolist()
    for generator in rest.tolist():
        moved = [[a + b for a, b in zip(v, generator, strict=True)] for v in vertices]
        rows = dict.fromkeys((1, *point) for point in [*vertices, *moved])
        matrix = cdd.gmp.matrix_from_array(list(rows), rep_type=cdd.RepType.GENERATOR)
        cdd.gmp.matrix_canonicalize(matrix)
        vertices = [list(row[1:]) for row in matrix.array]
    return len(vertices)


def run(everything: bool) -> bool:
    """Measure, print, and say whether all our counts are right."""
    rows, all_right = [], True
    for name, generators, truth, ask_qhull, ask_cdd, is_long in CASES:
        if is_long and not everything:
            continue
        ours = measure(lambda g=generators: Zonotope(g).n_vertices)
        all_right &= ours.count == truth
        qhull = measure(lambda g=generators: by_qhull(g)) if ask_qhull else None
        exact = measure(lambda g=generators: by_cdd(g)) if ask_cdd else None
        peers = [*cells(qhull, truth, ours), *cells(exact, truth, ours)]
        rows.append([name, f"{truth:,}", *cells(ours, truth), *peers])
    columns = ["generators", "vertices", "ours", "", "Qhull", "/ ours", "", "cdd.gmp", "/ ours", ""]
    show("Vertices of zonotopes", columns, rows)
    return all_right


main = script(run)

if __name__ == "__main__":
    main()
