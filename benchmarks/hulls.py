"""Facets of the hull of integer points on a sphere: ours (proven), Qhull in floats, cdd.gmp.

Ours is exact: the facets that Qhull proposes are proven or completed in integers.  `cdd.gmp` is
exact by itself; cddlib in floats is shown for what it does to such points.
"""

from collections.abc import Callable
from typing import Any

import cdd
import cdd.gmp
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from benchmarks.measuring import Run, cells, measure, script, show
from polytropic import Polytope

Rows = NDArray[np.int64]

# n, d, whether cdd.gmp is asked, whether it takes long
CASES = [
    (100, 3, True, False),
    (1000, 3, False, False),
    (100, 4, True, False),
    (1000, 4, False, False),
    (100, 5, True, False),
    (1000, 5, False, True),
]


def on_sphere(n: int, d: int, radius: int = 10**6) -> Rows:
    """Random points on a sphere, rounded to integers; all are vertices and facets are simplices."""
    points = np.random.default_rng(0).standard_normal((n, d))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return np.rint(radius * points).astype(np.int64)


def by_polytropic(points: Rows) -> int:
    """Number of facets, exactly."""
    return Polytope.from_points(points).n_facets


def by_qhull(points: Rows) -> int:
    """Number of facets according to Qhull in floats."""
    return len(ConvexHull(points.astype(float)).simplices)


def by_cdd(library: Any) -> Callable[[Rows], int]:
    """Number of facets according to one of the two arithmetics of cddlib."""

    def count(points: Rows) -> int:
        rows = [[1, *row] for row in points.tolist()]
        matrix = library.matrix_from_array(rows, rep_type=cdd.RepType.GENERATOR)
        return len(library.copy_inequalities(library.polyhedron_from_matrix(matrix)).array)

    return count


def run(everything: bool) -> bool:
    """Measure, print, and say whether our counts agree with those of the exact peer."""
    rows, all_right = [], True
    for n, d, ask_cdd, is_long in CASES:
        if is_long and not everything:
            continue
        points = on_sphere(n, d)
        ours = measure(lambda p=points: by_polytropic(p))
        exact = measure(lambda p=points: by_cdd(cdd.gmp)(p)) if ask_cdd else None
        truth = _truth(n, d, ours, exact)
        all_right &= ours.count == truth
        qhull = measure(lambda p=points: by_qhull(p))
        floats = measure(lambda p=points: by_cdd(cdd)(p))
        peers = [cell for peer in (qhull, exact, floats) for cell in cells(peer, truth, ours)]
        rows.append([f"{n} in R^{d}", f"{truth:,}", *cells(ours, truth), *peers])
    peers = [
        column for name in ("Qhull", "cdd.gmp", "cdd float") for column in (name, "/ ours", "")
    ]
    show("Facets of points on a sphere", ["points", "facets", "ours", "", *peers], rows)
    return all_right


def _truth(n: int, d: int, ours: Run, exact: Run | None) -> int:
    """Euler's formula in space, the exact peer where it was asked, else what we have proven."""
    if d == 3:
        return 2 * n - 4
    count = ours.count if exact is None else exact.count
    assert count is not None
    return count


main = script(run)

if __name__ == "__main__":
    main()
