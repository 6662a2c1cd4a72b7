"""Published point configurations as supports of tropical polynomials."""

import ast
from math import comb, factorial

import numpy as np
import pytest

from polytropic import Polytope, TropicalPolynomial
from polytropic.geometry.volumes.measure import normalised_volume
from polytropic.tropical.mixed import mixed_subdivision
from tests.tropical import lifted_points

SMALL = [
    "6gon",
    "cube_3",
    "cyclic_8_4",
    "hypersimplex_4_2",
    "lattice_3_3",
    "moae",
    "D2xD2",
    "hypersimplex_5_2",
]


def configuration(data_dir, name):
    """Points of a file: the first list in it."""
    text = (data_dir / "polytopes" / "topcom" / f"{name}.dat").read_text()
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "[") - (sign == "]")
        if sign == "]" and not depth:
            return np.array(ast.literal_eval(text[: place + 1].strip()))
    raise ValueError(name)


@pytest.mark.parametrize("name", SMALL)
def test_random_lifts_triangulate_the_points(data_dir, name):
    """Homogeneous supports are flat; generic lifts give triangulations whose volumes add up."""
    points = configuration(data_dir, name)
    rng = np.random.default_rng(len(points))
    for heights in (rng.integers(-(10**6), 10**6, len(points)), (points**2).sum(axis=1) * -1):
        f = TropicalPolynomial(points, heights)
        division = f.dual_subdivision()
        whole = normalised_volume(Polytope.from_points(points))
        assert division.dimension == points.shape[1] - 1 == f.newton_polytope().dimension
        assert sum(division.normalised_volumes) == whole
        assert sum((-1) ** k * n for k, n in enumerate(division.f_vector)) == 1
        assert f.hypersurface().is_balanced()
    # The second lift of points of one sphere is flat.
    spherical = len(set((points**2).sum(axis=1).tolist())) == 1
    assert not spherical or len(division) == 1
    generic = TropicalPolynomial(points, rng.integers(-(10**6), 10**6, len(points)))
    assert generic.dual_subdivision().is_triangulation


@pytest.mark.parametrize(("k", "m"), [(1, 1), (2, 1), (3, 1), (4, 1), (2, 2), (3, 2), (3, 3)])
def test_products_of_simplices(data_dir, k, m):
    """Their triangulations are unimodular, with binom(k + l, k) simplices."""
    points = configuration(data_dir, f"D{k}xD{m}")
    assert len(points) == (k + 1) * (m + 1)
    rng = np.random.default_rng(0)
    for _ in range(2):
        f = TropicalPolynomial(points, rng.integers(-(10**4), 10**4, len(points)))
        division = f.dual_subdivision()
        assert len(division) == comb(k + m, k)
        assert division.is_unimodular
        assert division.is_fine
    flat = TropicalPolynomial(points, [0] * len(points)).dual_subdivision()
    assert flat.normalised_volumes == (comb(k + m, k),)


def test_triangulations_of_products_are_arrangements(data_dir):
    """The Cayley trick: cells of D2 x D2 are those of three tropical lines, one by one."""
    points = configuration(data_dir, "D2xD2")
    rng = np.random.default_rng(6)
    heights = rng.integers(-100, 100, len(points))
    whole = TropicalPolynomial(points, heights).dual_subdivision()
    lines = []
    for corner in np.unique(points[:, 2:], axis=0)[::-1]:
        chosen = (points[:, 2:] == corner).all(axis=1)
        lines.append(TropicalPolynomial(points[chosen][:, :2], heights[chosen]))
    division = mixed_subdivision(*lines)
    assert sorted(map(tuple, division.points.tolist())) == sorted(
        map(tuple, whole.points[:, :2].tolist())
    )


def test_regular_triangulations_of_a_small_grid(data_dir):
    """All subsets of terms agree on lattice_3_3, for generic and for repeated heights."""
    points = configuration(data_dir, "lattice_3_3")
    rng = np.random.default_rng(8)
    for heights in (rng.integers(0, 3, 9), rng.integers(0, 10**6, 9)):
        f = TropicalPolynomial(points, heights)
        cells = {frozenset(cell.members) for cell in f.dual_subdivision().maximal_cells}
        assert cells == set(lifted_points.cells(f.terms()))


@pytest.mark.slow
def test_cube_4(data_dir):
    """Generic lifts of the 4-cube have 16 to 24 simplices of total normalised volume 4!."""
    points = configuration(data_dir, "cube_4")
    rng = np.random.default_rng(1)
    for _ in range(20):
        f = TropicalPolynomial(points, rng.integers(-(10**6), 10**6, len(points)))
        division = f.dual_subdivision()
        assert 16 <= len(division) <= 24
        assert sum(division.normalised_volumes) == factorial(4)
