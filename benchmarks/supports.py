"""Support functions in very many directions: ours, exact, against plain products in floats.

The product ``U @ V.T`` in blocks that stay in the cache is what every support function in floats
begins with; its maxima are that function, with rounding errors and without saying which vertices
tie.  Ours are correctly rounded, from vertices of a converted polytope (a walk on its graph) or
from points about which nothing is known (in space they are converted on the way).  Right are
maxima that agree with the exact ones to nearly all digits.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import cells, measure, script, show
from polytropic import Polytope
from polytropic.arithmetic.numbers import exact
from polytropic.geometry.supports import support

Floats = NDArray[np.float64]

DIRECTIONS = 10**6
BLOCK = 1 << 18  # entries of a product
SAMPLE = 1000  # directions in which fractions are the referee


# -- families --------------------------------------------------------------------------------------
def on_sphere(n: int, d: int) -> Floats:
    """Random points on a sphere."""
    points = np.random.default_rng(0).standard_normal((n, d))
    return points / np.linalg.norm(points, axis=1)[:, None]


def of_grid(n: int, d: int) -> Floats:
    """Integer points near a sphere, among which small integer directions tie."""
    return np.unique(np.rint(100 * on_sphere(n, d)), axis=0)


def gaussian(m: int, d: int) -> Floats:
    """Random directions."""
    return np.random.default_rng(1).standard_normal((m, d))


def small_integers(m: int, d: int) -> Floats:
    """Directions with entries from -3 to 3."""
    return np.random.default_rng(1).integers(-3, 4, (m, d)).astype(np.float64)


# name, points, directions, whether it takes long
CASES: list[tuple[str, Callable[[], Floats], Callable[[int, int], Floats], bool]] = [
    ("1000 on a sphere, d=3", lambda: on_sphere(1000, 3), gaussian, False),
    ("1000 on a sphere, d=4", lambda: on_sphere(1000, 4), gaussian, False),
    ("1000 on a sphere, d=5", lambda: on_sphere(1000, 5), gaussian, False),
    ("integers, small directions, d=3", lambda: of_grid(1000, 3), small_integers, False),
    ("10000 on a sphere, d=3", lambda: on_sphere(10_000, 3), gaussian, True),
    ("10000 on a sphere, d=4", lambda: on_sphere(10_000, 4), gaussian, True),
]


# -- ours and peers --------------------------------------------------------------------------------
def products(u: Floats, v: Floats, maxima: Floats | None = None) -> int:
    """All products in blocks, and perhaps the greatest of each row; how many rows."""
    right = np.ascontiguousarray(v.T)
    step = BLOCK // len(v) or 1
    buffer = np.empty((step, len(v)))
    for start in range(0, len(u), step):
        rows = u[start : start + step]
        block = np.matmul(rows, right, out=buffer[: len(rows)])
        if maxima is not None:
            block.max(axis=1, out=maxima[start : start + step])
    return len(u)


def agreeing(values: Floats, truth: Floats) -> int:
    """How many values are the true ones but for a few roundings."""
    return int((np.abs(values - truth) <= 1e-13 * (1 + np.abs(truth))).sum())


def are_exact(polytope: Polytope, u: Floats, values: Floats) -> bool:
    """Whether some of the values are the exact maxima over all vertices, rounded by Python."""
    sample = np.random.default_rng(2).choice(len(u), SAMPLE, replace=False)
    vertices = polytope.vertices_exact
    for i in sample.tolist():
        near = np.argsort(polytope.vertices @ u[i])[-8:]
        greatest = max((vertices[near] @ exact(u[i])).to_fractions().tolist())
        if float(greatest) != values[i]:
            return False
    return True


def run(everything: bool) -> bool:
    """Measure, print, and say whether all our values are right."""
    rows: list[list[str]] = []
    all_right = True
    for name, family, directions, is_long in CASES:
        if is_long and not everything:
            continue
        points = family()
        u = directions(DIRECTIONS, points.shape[1])
        polytope = Polytope.from_points(points)
        n = polytope.n_vertices
        truth = support(polytope, u)  # also loads the compiled loops before they are measured
        all_right &= are_exact(polytope, u, truth)
        maxima = np.empty(len(u))

        def ours(given: Any, u: Floats = u, truth: Floats = truth) -> int:
            return int((support(given, u) == truth).sum())

        own = measure(lambda p=polytope: ours(p))  # type: ignore[misc]
        blind = measure(lambda v=points: ours(Polytope.from_points(v)))  # type: ignore[misc]
        plain = measure(lambda u=u, v=points: products(u, v))  # type: ignore[misc]
        greatest = measure(lambda u=u, v=points, m=maxima: products(u, v, m))  # type: ignore[misc]
        all_right &= own.count == blind.count == agreeing(maxima, truth) == len(u)
        others = (plain, greatest, blind)
        peers = [cell for peer in others for cell in cells(peer, len(u), own)[:2]]
        rows.append([name, f"{n:,}", *cells(own, len(u)), *peers])
    columns = ["points", "vertices", "ours", "", "product", "/ ours", "and maxima", "/ ours"]
    show(
        f"Support of polytopes in {DIRECTIONS:,} directions",
        [*columns, "ours from points", "/ ours"],
        rows,
    )
    return all_right


main = script(run)

if __name__ == "__main__":
    main()
