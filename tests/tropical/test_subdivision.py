"""Dual subdivisions against brute force, other engines and the laws of polyhedral complexes."""

from fractions import Fraction
from math import comb, factorial

import cdd.gmp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPoint, unary_union

from polytropic import TropicalPolynomial, volume
from polytropic.errors import BudgetError, InputError
from polytropic.tropical.faces import UpperFaces
from tests.tropical import lifted_points

SIDE = 16
GRID = np.array([(i, j) for i in range(SIDE) for j in range(SIDE)])


def check_against_all_subsets(f):
    """Cells, dual points, faces and covers by trying all subsets of terms."""
    terms, division = f.terms(), f.dual_subdivision()
    truth = lifted_points.cells(terms)
    assert {frozenset(cell.members) for cell in division.maximal_cells} == set(truth)
    assert len(division) == len(truth)
    found = [cell.point_exact.to_fractions().tolist() for cell in division.maximal_cells]
    assert found == sorted(found)
    if division.dimension > 1:
        assert division.faces(division.dimension) == tuple(
            c.corners for c in division.maximal_cells
        )
    for cell in division.maximal_cells:
        rounded = division.points[cell.index]
        x = cell.point_exact.to_fractions().tolist()
        assert lifted_points.maximal(terms, x)[0] == frozenset(cell.members)
        assert rounded.tolist() == [float(v) for v in x] == cell.point.tolist()
    by_dimension = lifted_points.faces(terms)
    assert division.dimension == max(by_dimension)
    vertices = {i for (i,) in by_dimension[0]}
    for k in range(division.dimension + 2):
        members = division.face_members(k)
        assert set(map(frozenset, members)) == by_dimension.get(k, set())
        assert division.faces(k) == tuple(tuple(i for i in m if i in vertices) for m in members)
    for k in range(division.dimension):
        low, high = division.face_members(k), division.face_members(k + 1)
        pairs = [[a, b] for a, x in enumerate(low) for b, y in enumerate(high) if set(x) <= set(y)]
        assert division.covers(k).tolist() == pairs
    assert division.f_vector == tuple(len(by_dimension[k]) for k in range(division.dimension + 1))


@settings(max_examples=20)
@given(lifted_points.polynomials(1, 6))
def test_all_subsets_on_the_line(f):
    check_against_all_subsets(f)


@settings(max_examples=20)
@given(lifted_points.polynomials(2, 8))
def test_all_subsets_in_the_plane(f):
    check_against_all_subsets(f)


@settings(max_examples=12)
@given(lifted_points.polynomials(3, 7))
def test_all_subsets_in_space(f):
    check_against_all_subsets(f)


@pytest.mark.parametrize(("d", "size"), [(4, 9), (5, 9)])
def test_all_subsets_of_cubes(d, size):
    """Parts of cubes, cut in two: neither simplices nor planar."""
    powers = np.array(list(np.ndindex(*[2] * d)))[:: 1 if d == 4 else 2][:size]
    check_against_all_subsets(TropicalPolynomial(powers, -np.maximum(powers[:, :2].sum(axis=1), 1)))


SPECIAL = {
    "one monomial": ([[3, 4]], [5]),
    "huge": ([[0, 0], [10**30, 0], [0, 10**30], [1, 1]], [10**40, 1, 2, 10**40 + 1]),
    "fractions": ([[Fraction(1, 3), 0], [0, Fraction(2, 7)], [1, 1]], [Fraction(1, 9), 0, 1]),
    "floats": ([[0.1, 0.2], [0.3, 0.7], [0.5, 0.1], [0.25, 0.3]], [0.3, 1e-9, -0.7, 0.35]),
    "a segment in space": ([[k, 2 * k, 3 * k] for k in range(13)], [-k * k for k in range(13)]),
    "affine": ([[i, j] for i in range(3) for j in range(3)], [i - 2 * j for i in range(3)
               for j in range(3)]),
    "a plane in space": ([[i, j, i + j] for i in range(5) for j in range(3)],
                         [-(i * i) for i in range(5) for j in range(3)]),
    "tiny": ([[0, 0], [1e-300, 0], [0, 1e-300], [1e-300, 1e-300]], [1e-300, 0, 0, 3e-300]),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SPECIAL))
def test_all_subsets_of_special_input(name):
    check_against_all_subsets(TropicalPolynomial(*SPECIAL[name]))


def test_bad_questions_and_budgets():
    division = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0]).dual_subdivision()
    with pytest.raises(InputError, match="at least 0"):
        division.faces(-1)
    cube = TropicalPolynomial(np.array(list(np.ndindex(2, 2, 2))), np.zeros(8)).dual_subdivision()
    with pytest.raises(BudgetError, match="max_faces"):
        cube.faces(2, max_faces=3)
    flat = TropicalPolynomial([[0.5, 0.5], [1, 1]], [0, 0]).dual_subdivision()
    with pytest.raises(InputError, match="integer"):
        _ = flat.normalised_volumes


# -- other engines -------------------------------------------------------------------------------
@settings(max_examples=15)
@given(lifted_points.polynomials(3, 12))
def test_space_against_cdd(f):
    """Generators of {(x, t) : t >= c_i + <a_i, x> for all i}."""
    rows = [[-c, *(-a for a in power), 1] for power, c in f.terms()]
    matrix = cdd.gmp.matrix_from_array(rows, rep_type=cdd.gmp.RepType.INEQUALITY)
    found = cdd.gmp.copy_generators(cdd.gmp.polyhedron_from_matrix(matrix))
    if found.lin_set:
        assert len(f._envelope.lineality) == len(found.lin_set)
        return
    points = {tuple(row[1:-1]) for row in found.array if row[0]}
    exact = [
        tuple(c.point_exact.to_fractions().tolist()) for c in f.dual_subdivision().maximal_cells
    ]
    assert set(exact) == points
    assert len(exact) == len(points)
    upright = (0, 0, 0)
    rays = {tuple(row[1:-1]) for row in found.array if not row[0]} - {upright}
    scaled = {tuple(Fraction(x, max(map(abs, ray))) for x in ray) for ray in rays}
    ours = f._envelope.rays.tolist()
    assert {tuple(Fraction(x) / int(max(map(abs, r))) for x in map(int, r)) for r in ours} == scaled


@settings(max_examples=15)
@given(lifted_points.polynomials(2, 12))
def test_planar_areas_against_shapely(f):
    division = f.dual_subdivision()
    if division.dimension < 2:
        return
    hulls = [MultiPoint(cell.vertices).convex_hull for cell in division.maximal_cells]
    sizes = [float(size) / 2 for size in division.normalised_volumes]
    assert sizes == pytest.approx([hull.area for hull in hulls])
    assert unary_union(hulls).area == pytest.approx(sum(sizes))


# -- laws ----------------------------------------------------------------------------------------
@settings(max_examples=20)
@given(st.integers(1, 3).flatmap(lambda d: lifted_points.polynomials(d, 14)))
def test_volumes_add_up_and_euler_counts_one(f):
    division = f.dual_subdivision()
    if division.dimension == f.n_variables:
        whole = factorial(f.n_variables) * volume(f.newton_polytope())
        assert sum(division.normalised_volumes) == whole
    assert sum((-1) ** k * count for k, count in enumerate(division.f_vector)) == 1


@settings(max_examples=10)
@given(lifted_points.polynomials(2, 9))
def test_flat_volumes_are_those_of_the_plane(f):
    """The same subdivision put in a plane of space by a map that preserves the lattice."""
    powers = f.exponents_exact.numerators
    lifted = np.column_stack([powers[:, 0] + 2 * powers[:, 1], powers[:, 1], -powers[:, 0]])
    g = TropicalPolynomial(lifted, f.coefficients_exact)
    one, other = f.dual_subdivision(), g.dual_subdivision()
    assert sorted(one.normalised_volumes) == sorted(other.normalised_volumes)
    assert one.f_vector == other.f_vector


def test_many_monomials_have_the_faces_of_simplices():
    rng = np.random.default_rng(3)
    f = lifted_points.concave(rng, 400, 3)
    division = f.dual_subdivision()
    assert division.is_triangulation
    assert sum((-1) ** k * count for k, count in enumerate(division.f_vector)) == 1
    assert sum(division.normalised_volumes) == 6 * volume(f.newton_polytope())
    walked = UpperFaces(f._envelope)._walked
    for k in range(4):
        lists = np.split(walked[k].indices, walked[k].indptr[1:-1])
        assert sorted(map(tuple, lists)) == sorted(division.faces(k))


# -- degenerate lifts on a grid ------------------------------------------------------------------
def recomputed(heights, division):
    """Prove in Python integers that the cells are all upper facets: maximal, and they fill."""
    whole = 0
    powers = GRID.astype(object)
    for members, corners in zip(_lists(division.members), _lists(division.corners), strict=True):
        p, q, r = _triangle(powers, members)
        (a, b), (c, d) = powers[q] - powers[p], powers[r] - powers[p]
        det = a * d - b * c
        dq, dr = heights[q] - heights[p], heights[r] - heights[p]
        slope = (dq * d - b * dr, a * dr - c * dq)
        below = ((powers - powers[p]) * np.array(slope, dtype=object)).sum(axis=1)
        gap = np.sign(det) * (below - det * (heights - heights[p]))
        assert min(gap) == 0
        assert np.flatnonzero(gap == 0).tolist() == members
        outline = MultiPoint(GRID[corners]).convex_hull
        assert outline.area == MultiPoint(GRID[members]).convex_hull.area
        assert len(outline.exterior.coords) == len(corners) + 1
        whole += outline.area
    assert whole == (SIDE - 1) ** 2
    assert len(set(map(tuple, _lists(division.members)))) == len(division)


def _lists(table):
    return [part.tolist() for part in np.split(table.indices, table.indptr[1:-1])]


def _triangle(powers, members):
    p, q = members[:2]
    a, b = powers[q] - powers[p]
    return (
        p,
        q,
        next(
            r for r in members if a * (powers[r] - powers[p])[1] != b * (powers[r] - powers[p])[0]
        ),
    )


PARABOLOID = -(GRID**2).sum(axis=1).astype(object)


@pytest.mark.parametrize(("scale", "least"), [(1, 225), (10**9, 401), (10**13, 401), (10**25, 401)])
def test_paraboloid_on_the_grid(scale, least):
    noise = np.random.default_rng(7).integers(-3, 4, len(GRID)).astype(object) * (scale > 1)
    heights = scale * PARABOLOID + noise
    division = TropicalPolynomial(GRID, heights).dual_subdivision()
    assert len(division) >= least
    assert (len(division) == least) == (scale == 1)
    recomputed(heights, division)


@pytest.mark.parametrize("slopes", [(0, 0), (3, -7)])
def test_flat_lifts_on_the_grid(slopes):
    f = TropicalPolynomial(GRID, GRID @ np.array(slopes))
    (cell,) = f.dual_subdivision().maximal_cells
    assert len(cell.members) == 256
    assert cell.vertices.tolist() == [[0, 0], [0, 15], [15, 0], [15, 15]]
    assert cell.point.tolist() == [-slope for slope in slopes]
    assert len(cell.lattice_points()) == 256
    assert f.dual_subdivision().f_vector == (4, 4, 1)


def test_rounded_multiples_are_no_plane():
    """Multiples of 0.1, rounded: whether two strips are one cell is a matter of last bits."""
    heights = GRID[:, 0] * 0.1
    division = TropicalPolynomial(GRID, heights).dual_subdivision()
    chain = [((i,), Fraction(float(h))) for i, h in enumerate(heights[::SIDE])]
    strips = lifted_points.cells(chain)
    assert len(division) == len(strips) > 1


# -- simplification ------------------------------------------------------------------------------
def test_survivors_among_many():
    """Points of a circle survive, points under the hull of their lifts do not."""
    rng = np.random.default_rng(5)
    t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    outer = np.rint(10**6 * np.column_stack([np.cos(t), np.sin(t)]))
    inner = rng.integers(-600_000, 600_000, (3000, 2))
    f = TropicalPolynomial(np.vstack([outer, inner]), [0] * 60 + [-1] * 3000)
    assert f.n_monomials == 3060
    survivors = f.simplify()
    assert sorted(map(tuple, survivors.exponents.tolist())) == sorted(map(tuple, outer.tolist()))
    assert len(f.dual_subdivision()) == len(survivors.dual_subdivision()) == 1


@settings(max_examples=15)
@given(lifted_points.polynomials(2, 12))
def test_simplified_polynomials_have_the_same_cells(f):
    g = f.simplify()
    fresh = TropicalPolynomial(g.exponents_exact, g.coefficients_exact)
    assert g.dual_subdivision().faces(2) == fresh.dual_subdivision().faces(2)
    assert g.dual_subdivision().points.tolist() == fresh.dual_subdivision().points.tolist()
    assert g._envelope.generators.tolist() == fresh._envelope.generators.tolist()
    assert len(g.dual_subdivision()) == len(f.dual_subdivision())


def test_fine_and_unimodular():
    powers = [(i, j) for i in range(5) for j in range(5 - i)]
    honeycomb = TropicalPolynomial(powers, [-(i * i + i * j + j * j) for i, j in powers])
    division = honeycomb.dual_subdivision()
    assert division.is_fine
    assert division.is_unimodular
    assert len(division) == 16
    assert division.f_vector == (comb(6, 2), 30, 16)
    coarse = TropicalPolynomial(powers, [0] * len(powers)).dual_subdivision()
    assert coarse.is_triangulation
    assert not coarse.is_fine
    assert not coarse.is_unimodular
    (cell,) = coarse.maximal_cells
    assert (len(cell.members), len(cell.corners), len(cell.lattice_points())) == (15, 3, 15)


def test_products_in_other_variables_have_products_of_faces():
    """Four cells around a square in R^4: as many facets through its diagonals as through edges."""
    square = [(i, j) for i in range(2) for j in range(2)]
    star = {(0, 0): 0, (1, 0): -1, (-1, 0): -1, (0, 1): -1, (0, -1): -1}
    powers = [(*s, *t) for s in square for t in star]
    division = TropicalPolynomial(powers, list(star.values()) * 4).dual_subdivision()
    assert division.f_vector == tuple(np.polymul([1, 4, 4], [4, 8, 5])[::-1])
    assert len(division) == 4
    ends = division.polynomial.exponents[np.array(division.edges)]
    assert (np.abs(ends[:, 0] - ends[:, 1])[:, :2].sum(axis=1) <= 1).all()  # no diagonal
