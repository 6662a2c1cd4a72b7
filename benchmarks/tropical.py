"""Dual subdivisions and hypersurfaces of big tropical polynomials, ours exact, against Qhull.

Qhull's hull of the lifted points, in floats and without proof, is what every such computation
begins with.  Ours are the cells with all their monomials and the dual points, correctly rounded
(subdivision); all edges with the cells through them, rays and weights (hypersurface); and the
surviving terms (simplify).  The count is right if the volumes of the cells add up to that of the
Newton polytope, exactly, and Euler's relation holds.
"""

from collections.abc import Callable
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from benchmarks.measuring import cells, measure, script, show
from polytropic import TropicalPolynomial, volume

Floats = NDArray[np.float64]
Family = Callable[[int, int], tuple[Floats, Floats]]

TERMS, SURVIVORS = 10**5, 500


# -- families --------------------------------------------------------------------------------------
def uniform(n: int, d: int) -> tuple[Floats, Floats]:
    """Uniform real exponents on a paraboloid: all survive, cells are Delaunay simplices."""
    powers = np.random.default_rng(0).uniform(size=(n, d))
    return powers, -(powers**2).sum(axis=1)


def integers(n: int, d: int) -> tuple[Floats, Floats]:
    """Integer exponents near a paraboloid."""
    rng = np.random.default_rng(0)
    powers = np.unique(rng.integers(0, 1000 if d == 2 else 200, (n, d)), axis=0).astype(np.float64)
    return powers, rng.uniform(size=len(powers)) - (powers**2).sum(axis=1)


def grid(n: int, d: int) -> tuple[Floats, Floats]:
    """Integer exponents of a box exactly on a paraboloid: cells are cubes."""
    side = round(n ** (1 / d))
    powers = np.array(list(np.ndindex(*[side] * d)), dtype=np.float64)
    return powers, -(powers**2).sum(axis=1)


def with_few_survivors(n: int) -> tuple[Floats, Floats]:
    """A paraboloid of few points high above a cloud of many."""
    rng = np.random.default_rng(0)
    top = rng.uniform(-6, 6, (SURVIVORS, 2))
    top[:4] = [[-6, -6], [-6, 6], [6, -6], [6, 6]]
    cloud = rng.uniform(-5.9, 5.9, (n - SURVIVORS, 2))
    values = [200 - (top**2).sum(axis=1), rng.uniform(0, 60, len(cloud))]
    return np.concatenate([top, cloud]), np.concatenate(values)


# name, family, monomials, variables, whether weights are asked for, whether it takes long
CASES: list[tuple[str, Family, int, int, bool, bool]] = [
    ("uniform, d=2", uniform, 1000, 2, False, False),
    ("uniform, d=3", uniform, 1000, 3, False, False),
    ("integers, d=2", integers, 1000, 2, True, False),
    ("integers, d=3", integers, 1000, 3, True, False),
    ("uniform, d=2", uniform, 10**4, 2, False, False),
    ("integers, d=2", integers, 10**4, 2, True, False),
    ("grid, d=2", grid, 10**4, 2, True, False),
    ("uniform, d=3", uniform, 10**4, 3, False, True),
    ("integers, d=3", integers, 10**4, 3, True, True),
    ("grid, d=3", grid, 10**3, 3, True, True),
]


# -- ours and Qhull --------------------------------------------------------------------------------
def fresh(f: TropicalPolynomial) -> TropicalPolynomial:
    """The same polynomial, about which nothing is known yet."""
    return TropicalPolynomial(f.exponents_exact, f.coefficients_exact)


def subdivide(f: TropicalPolynomial) -> int:
    """Cells with all members and vertices, and their dual points."""
    division = fresh(f).dual_subdivision()
    assert division.corners.shape == division.members.shape
    return len(division.points)


def bend(f: TropicalPolynomial, weights: bool) -> int:
    """Vertices, rays, maximal cells and their weights; how many vertices."""
    surface = fresh(f).hypersurface()
    assert surface.rays.shape[1] == f.n_variables
    assert not weights or len(surface.weights) == surface.cell_table.shape[0]
    return len(surface.vertices)


def is_right(f: TropicalPolynomial) -> bool:
    """Whether the cells fill the Newton polytope, and Euler's relation holds."""
    division = f.dual_subdivision()
    filled = sum(division.normalised_volumes)
    whole = factorial(f.n_variables) * volume(f.newton_polytope())
    return filled == whole and sum((-1) ** k * n for k, n in enumerate(division.f_vector)) == 1


def measured(f: TropicalPolynomial, weights: bool) -> tuple[list[str], bool]:
    """Columns of one case, and whether our counts are right."""
    lifted = np.column_stack([f.exponents, f.coefficients])
    n_cells = len(f.dual_subdivision())
    right = is_right(f)  # also loads the compiled loops before they are measured
    qhull = measure(lambda: len(ConvexHull(lifted).simplices))
    cutting, bending = measure(lambda: subdivide(f)), measure(lambda: bend(f, weights))
    right &= cutting.count == bending.count == n_cells
    times = [f"{run.seconds / qhull.seconds:.2g}×" for run in (cutting, bending)]
    return [
        f"{f.n_monomials:,}", f"{n_cells:,}", f"{qhull.seconds:.4f}",
        f"{cutting.seconds:.4f}", times[0], f"{bending.seconds:.4f}", times[1],
        "right" if right else "wrong",
    ], right  # fmt: skip


def run(everything: bool) -> bool:
    """Measure, print, and say whether all our counts are right."""
    rows: list[list[str]] = []
    all_right = True
    for name, family, n, d, weights, is_long in CASES:
        if is_long and not everything:
            continue
        columns, right = measured(TropicalPolynomial(*family(n, d)), weights)
        all_right &= right
        rows.append([name, *columns])
    heads = ["exponents", "monomials", "cells", "Qhull", "subdivision", "/ Qhull"]
    show("Dual subdivision and hypersurface", [*heads, "hypersurface", "/ Qhull", ""], rows)
    f = TropicalPolynomial(*with_few_survivors(TERMS))
    simplified: Any = measure(lambda: fresh(f).simplify().n_monomials)
    all_right &= simplified.count == SURVIVORS
    title = f"simplify() of {f.n_monomials:,} terms in two variables"
    show(title, ["survivors", "seconds", ""], [[f"{SURVIVORS}", *cells(simplified, SURVIVORS)]])
    return all_right


main = script(run)

if __name__ == "__main__":
    main()
