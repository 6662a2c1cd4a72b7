"""Volumes, lattice points and tilings against polytopes that know nothing of generators."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
import sympy
from hypothesis import given, settings

from polytropic import Polytope, Zonotope, volume
from polytropic.errors import InputError
from polytropic.geometry import lattice
from tests.geometry.zonotopes.families import DEGENERATE, zonotopes


@pytest.mark.parametrize("name", sorted(DEGENERATE))
def test_volumes_of_degenerate_zonotopes(name):
    z = Zonotope(*DEGENERATE[name])
    assert z.volume == volume(Polytope.from_points(z.vertices_exact))


@given(zonotopes())
@settings(max_examples=60)
def test_volume_is_that_of_the_hull(z):
    assert z.volume == volume(Polytope.from_points(z.vertices_exact))


@pytest.mark.parametrize("scale", [1, 10**9])
def test_volume_is_the_sum_of_determinants(scale):
    rng = np.random.default_rng(2)
    rows = rng.integers(-scale, scale + 1, (8, 4))
    total = sum(abs(sympy.Matrix(rows[list(s)].tolist()).det()) for s in combinations(range(8), 4))
    assert Zonotope(rows).volume == total


def test_volume_of_the_permutahedron_counts_trees():
    # Of n letters: spanning trees of the complete graph, n^(n-2), after dropping a coordinate.
    for n in (3, 4, 5):
        rows = [
            np.eye(n, dtype=int)[i][1:] - np.eye(n, dtype=int)[j][1:]
            for i, j in combinations(range(n), 2)
        ]
        assert Zonotope(rows).volume == n ** (n - 2)


@given(zonotopes(integer=True, most=5))
@settings(max_examples=40)
def test_lattice_points_are_those_of_the_polytope(z):
    p = Polytope.from_points(z.vertices_exact)
    assert z.lattice_point_count == lattice.n_lattice_points(p)
    assert z.ehrhart_polynomial == lattice.ehrhart_polynomial(p)


def test_lattice_points_with_large_entries():
    rows = np.array([[10**12, 1, 0], [0, 10**12, 3], [5, 0, 10**12], [1, 1, 1]], dtype=object)
    z = Zonotope(rows)
    assert z.ehrhart_polynomial.coefficients[3] == z.volume


@pytest.mark.parametrize(
    ("make", "word"),
    [(lambda: Zonotope([[0.5, 1]]), "generators"), (lambda: Zonotope([[1, 1]], [0.5, 0]), "base")],
)
def test_lattice_points_need_integers(make, word):
    with pytest.raises(InputError, match=f"the {word} must be integer"):
        _ = make().lattice_point_count


# -- tilings ---------------------------------------------------------------------------------------
def check_tiling(z):
    tiles = z.tiling()
    rank = z.dimension
    rows = z.generators_exact.numerators
    bases = {
        s for s in combinations(range(len(rows)), rank)
        if not rank or sympy.Matrix(rows[list(s)].tolist()).rank() == rank
    }  # fmt: skip
    assert {tuple(s) for s in tiles.bases.tolist()} == bases
    assert len(tiles) == len(bases)
    if rank == z.ambient_dimension:
        assert sum(tiles.volumes.to_fractions().tolist(), Fraction(0)) == z.volume
    # The centres of the tiles are in the zonotope and, inside, in no other tile.
    polytopes = [Polytope.from_points(tiles[i].vertices_exact) for i in range(len(tiles))]
    for i in range(min(len(tiles), 6)):
        centre = np.array([tiles[i].centre_exact.to_fractions()], dtype=object)
        assert z.contains(centre).all()
        assert [p.contains(centre)[0] for p in polytopes].count(True) == 1


@pytest.mark.parametrize("name", sorted(DEGENERATE))
def test_tilings_of_degenerate_zonotopes(name):
    check_tiling(Zonotope(*DEGENERATE[name]))


@given(zonotopes(most=5))
@settings(max_examples=15)
def test_tilings(z):
    check_tiling(z)


def test_flat_tiles_have_no_volume():
    with pytest.raises(InputError, match="flat"):
        _ = Zonotope([[1, 1], [2, 2]]).tiling().volumes


def test_products_of_a_row_with_its_own_normal_are_exact():
    # Minors fit in floats here, but their products with the rows they came from do not.
    check_tiling(Zonotope([[1 - 1e-10]], [0]))
