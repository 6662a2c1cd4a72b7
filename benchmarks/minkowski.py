"""Vertices of Minkowski sums: ours against Qhull and cddlib on all sums of vertices.

Qhull works in floats; ``cdd.gmp`` is exact and removes redundant points by linear programs.  Both
see all sums of one vertex of each of two summands, then all sums of the vertices that are left and
those of the next one.  Ours also says which vertices of the summands every vertex is the sum of.
"""

from collections.abc import Callable
from typing import Any

import cdd
import cdd.gmp
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from benchmarks.measuring import cells, measure, script, show
from polytropic import Polytope
from polytropic.geometry.minkowski import minkowski_vertices

Points = NDArray[Any]


# -- families --------------------------------------------------------------------------------------
def on_spheres(n: int, d: int) -> list[Points]:
    """Two random polytopes with n vertices each, integer points near a sphere."""
    points = np.random.default_rng(0).standard_normal((2, n, d))
    points /= np.linalg.norm(points, axis=2)[:, :, None]
    return list(np.rint(10**6 * points))


def simplices(k: int, d: int) -> list[Points]:
    """Random simplices with integer vertices."""
    return list(np.random.default_rng(0).integers(-1000, 1001, (k, d + 1, d)))


def max_pooling(n: int) -> list[Points]:
    """Windows of 2 x 2 max-pooling of a 3 x n input, one tetrahedron each."""
    unit = np.eye(3 * n, dtype=np.int64)
    places = [3 * column + row for column in range(n - 1) for row in range(2)]
    return [unit[[p, p + 1, p + 3, p + 4]] for p in places]


# Counts of random summands are those on which we and Qhull agree, those of max-pooling are known.
# name, summands, vertices, whether Qhull and cdd.gmp are asked, whether it takes long
CASES: list[tuple[str, Callable[[], list[Points]], int, bool, bool, bool]] = [
    ("2 polytopes, 30 vertices, d=3", lambda: on_spheres(30, 3), 134, True, True, False),
    ("2 polytopes, 100 vertices, d=3", lambda: on_spheres(100, 3), 464, True, False, False),
    ("2 polytopes, 1000 vertices, d=3", lambda: on_spheres(1000, 3), 4_537, True, False, False),
    ("2 polytopes, 50 vertices, d=4", lambda: on_spheres(50, 4), 439, True, False, False),
    ("2 polytopes, 300 vertices, d=4", lambda: on_spheres(300, 4), 3_020, True, False, False),
    ("2 polytopes, 100 vertices, d=5", lambda: on_spheres(100, 5), 1_792, True, False, False),
    ("10 tetrahedra, d=3", lambda: simplices(10, 3), 320, True, False, False),
    ("8 simplices, d=4", lambda: simplices(8, 4), 1_413, True, False, False),
    ("max-pooling 3 x 3", lambda: max_pooling(3), 150, False, True, False),
    ("max-pooling 3 x 5", lambda: max_pooling(5), 15_594, False, False, False),
    ("max-pooling 3 x 6", lambda: max_pooling(6), 158_050, False, False, False),
    ("max-pooling 3 x 7", lambda: max_pooling(7), 1_601_356, False, False, True),
]


# -- ours and peers --------------------------------------------------------------------------------
def ours(summands: list[Points]) -> int:
    """Vertices, with what they are sums of; the conversion of the summands is included."""
    return len(minkowski_vertices([Polytope.from_points(part) for part in summands]))


def by_qhull(summands: list[Points]) -> int:
    """Vertices according to Qhull in floats, from all sums of vertices."""
    vertices, *rest = (part.astype(float) for part in summands)
    for part in rest:
        points = (vertices[:, None] + part).reshape(-1, part.shape[1])
        vertices = points[ConvexHull(points).vertices]
    return len(vertices)


def by_cdd(summands: list[Points]) -> int:
    """Vertices according to cddlib in rationals, from all sums of vertices."""
    first, *rest = (part.astype(np.int64).tolist() for part in summands)
    vertices: list[list[Any]] = first
    for part in rest:
        sums = [[a + b for a, b in zip(v, w, strict=True)] for v in vertices for w in part]
        rows = dict.fromkeys((1, *point) for point in sums)
        matrix = cdd.gmp.matrix_from_array(list(rows), rep_type=cdd.RepType.GENERATOR)
        cdd.gmp.matrix_canonicalize(matrix)
        vertices = [list(row[1:]) for row in matrix.array]
    return len(vertices)


def run(everything: bool) -> bool:
    """Measure, print, and say whether all our counts are right."""
    ours(max_pooling(4))  # the compiled loop is loaded before it is measured
    rows, all_right = [], True
    for name, family, truth, ask_qhull, ask_cdd, is_long in CASES:
        if is_long and not everything:
            continue
        summands = family()
        own = measure(lambda p=summands: ours(p))
        all_right &= own.count == truth
        qhull = measure(lambda p=summands: by_qhull(p)) if ask_qhull else None
        exact = measure(lambda p=summands: by_cdd(p)) if ask_cdd else None
        peers = [*cells(qhull, truth, own), *cells(exact, truth, own)]
        rows.append([name, f"{truth:,}", *cells(own, truth), *peers])
    columns = ["summands", "vertices", "ours", "", "Qhull", "/ ours", "", "cdd.gmp", "/ ours", ""]
    show("Vertices of Minkowski sums", columns, rows)
    return all_right


main = script(run)

if __name__ == "__main__":
    main()
