"""Volumes against closed formulas, published numbers, other formulas and other engines."""

from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import combinations, permutations, product
from math import comb, factorial

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull
from shapely.geometry import MultiPoint

from polytropic.errors import BudgetError, EmptyPolytopeError, InputError
from polytropic.geometry.minkowski import minkowski_sum
from polytropic.geometry.operations import (
    affine_image,
    cartesian_product,
    dilate,
    intersection,
    translate,
)
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.lawrence import is_simple, lawrence_centroid, lawrence_volume
from polytropic.geometry.volumes.measure import (
    _sum_of_roots,
    centroid,
    normalised_volume,
    surface_area,
    volume,
    volume_squared,
)
from polytropic.geometry.volumes.relative import relative_volume
from polytropic.geometry.volumes.simplices import determinants

coordinate = st.integers(-4, 4)
UNIMODULAR = {
    2: [[2, 1], [1, 1]],
    3: [[1, 2, 0], [0, 1, -1], [1, 2, 1]],
    4: [[1, 2, 0, 3], [0, 1, -1, 0], [0, 0, 1, 5], [0, 0, 0, -1]],
}


def clouds(d: int, least: int = 1, most: int = 9):
    point = st.lists(coordinate, min_size=d, max_size=d)
    return st.lists(point, min_size=least, max_size=most)


def polytopes(d: int, **sizes):
    return clouds(d, **sizes).map(Polytope.from_points)


def cube(d: int) -> Polytope:
    return Polytope.box(0, 1, dim=d)


def cross(d: int) -> Polytope:
    return Polytope.from_points(np.vstack([np.eye(d, dtype=int), -np.eye(d, dtype=int)]))


def simplex(d: int) -> Polytope:
    return Polytope.from_points(np.vstack([np.zeros(d, int), np.eye(d, dtype=int)]))


def permutahedron(n: int) -> Polytope:
    """By its inequalities: subsets of s coordinates sum to at least 1 + ... + s."""
    subsets = [s for size in range(1, n) for s in combinations(range(n), size)]
    rows = [[-int(i in s) for i in range(n)] for s in subsets]
    bounds = [-len(s) * (len(s) + 1) // 2 for s in subsets]
    return Polytope.from_halfspaces(rows, bounds, [[1] * n], [n * (n + 1) // 2])


def birkhoff(n: int) -> Polytope:
    return Polytope.from_points(
        [np.eye(n, dtype=int)[list(p)].ravel() for p in permutations(range(n))]
    )


# -- oracles -------------------------------------------------------------------------------------
def lasserre(p: Polytope) -> Fraction:
    """Volume from facets alone: ``d vol(P) = sum of b_i / |a_ij| vol(facet i without axis j)``."""
    d = p.ambient_dimension
    if p.dimension < d:
        return Fraction(0)
    if d == 1:
        low, high = p.vertices_exact.to_fractions().ravel()
        return high - low
    total = Fraction(0)
    normals, bounds = p.facets.exact_A.to_fractions(), p.facets.exact_b.to_fractions()
    points = p.vertices_exact.to_fractions()
    for a, b in zip(normals, bounds, strict=True):
        on = points[points @ a == b]
        axis = next(j for j in range(d) if a[j] != 0)
        shadow = Polytope.from_points(np.delete(on, axis, axis=1))
        total += b / abs(a[axis]) * lasserre(shadow)
    return total / d


def lawrence(p: Polytope) -> Fraction:
    """Volume of a simple polytope from its vertices and the facets through each (Lawrence 1991)."""
    d, total = p.ambient_dimension, sympy.Integer(0)
    c = sympy.Matrix([[3, 7, 31, 127, 514][:d]])
    normals = p.facets.exact_A.numerators.tolist()
    for v, on in zip(p.vertices_exact.to_fractions(), p.incidence.T, strict=True):
        A = sympy.Matrix([normals[i] for i in np.flatnonzero(on)])
        gamma = (c * A.inv()).tolist()[0]
        height = sum(
            sympy.Rational(x.numerator, x.denominator) * w for x, w in zip(v, c, strict=True)
        )
        denominator = sympy.Mul(*gamma) * abs(A.det())
        total += height**d / denominator
    total = abs(total)
    return Fraction(int(total.p), int(total.q)) / factorial(d)


@given(st.integers(2, 4).flatmap(lambda d: polytopes(d, least=d + 1, most=d + 5)))
@settings(max_examples=30)
def test_against_lasserre(p):
    assert volume(p) == lasserre(p)


ratio = st.fractions(-2, 2, max_denominator=4)


@given(st.lists(st.lists(ratio, min_size=2, max_size=2), min_size=4, max_size=5), ratio)
@settings(max_examples=30)
def test_fractions_against_lasserre(base, height):
    """Pyramids over polygons, mostly neither simple nor simplicial, with unequal denominators."""
    tip = [[Fraction(1, 3), Fraction(1, 7), Fraction(5, 2)], [Fraction(1, 5), 0, Fraction(-5, 3)]]
    p = Polytope.from_points([[*point, height] for point in base] + tip[:1])
    assert volume(p) == lasserre(p)
    prism = cartesian_product(p, Polytope.box(0, Fraction(1, 3), dim=1))
    assert volume(prism) == volume(p) / 3
    double = Polytope.from_points([[*point, height] for point in base] + tip)
    assert volume(double) == lasserre(double)


@pytest.mark.parametrize(("d", "n", "seed"), [(2, 7, 0), (3, 9, 1), (4, 9, 2), (5, 9, 3)])
def test_simple_polytopes_against_lawrence(d, n, seed):
    rng = np.random.default_rng(seed)
    rows = np.vstack([rng.integers(-9, 10, (n, d)), np.eye(d, dtype=int), -np.eye(d, dtype=int)])
    p = Polytope.from_halfspaces(rows, rng.integers(20, 40, len(rows)))
    assert is_simple(p.description), "the test needs a simple polytope"
    assert volume(p) == lawrence(p)


@pytest.mark.parametrize(("d", "n"), [(2, 8), (3, 9), (4, 9)])
def test_long_denominators(d, n):
    """Float inequalities: every vertex has a denominator of its own."""
    rng = np.random.default_rng(d)
    rows = np.vstack([rng.standard_normal((n, d)), np.eye(d), -np.eye(d)])
    p = Polytope.from_halfspaces(rows, np.ones(len(rows)))
    assert max(p.description.generators[:, 0]).bit_length() > 64
    assert volume(p) == lasserre(p) == lawrence(p)
    assert volume(p) ** 2 == volume_squared(p)
    measured = relative_volume(p.description, moments=True, max_faces=10**6)
    middle = [entry / (measured.ratio * (d + 1)) for entry in measured.moment]
    assert centroid(p).to_fractions().tolist() == middle


def test_forms_that_are_constant_along_edges_are_drawn_again(monkeypatch):
    """The first forms drawn vanish on the edges of a cube."""
    draw, calls = np.random.default_rng, []

    class Dull:
        def __init__(self, seed):
            self.seed = seed

        def integers(self, low, high, size):
            calls.append(self.seed)
            if self.seed < 2:
                return np.array([0, 5, 7])
            return draw(self.seed).integers(low, high, size)

    monkeypatch.setattr(np.random, "default_rng", Dull)
    box = Polytope.box(0, Fraction(1, 3), dim=3)
    assert lawrence_volume(box.description) == Fraction(1, 27)
    assert calls == [0, 1, 2]
    assert [str(entry) for entry in lawrence_centroid(box.description)] == ["1/6"] * 3


@given(polytopes(2, least=3))
def test_areas_against_shapely(p):
    shape = MultiPoint(p.vertices.tolist()).convex_hull
    assert float(volume(p)) == pytest.approx(shape.area)
    if p.dimension == 2:
        assert surface_area(p) == pytest.approx(shape.length)
        middle = centroid(p).to_float()
        assert middle == pytest.approx([shape.centroid.x, shape.centroid.y], abs=1e-9)


@pytest.mark.parametrize(("n", "d"), [(40, 3), (40, 4), (30, 5)])
def test_gaussian_clouds_against_qhull(n, d):
    points = np.random.default_rng(n + d).standard_normal((n, d))
    p, hull = Polytope.from_points(points), ConvexHull(points)
    assert float(volume(p)) == pytest.approx(hull.volume)
    assert surface_area(p) == pytest.approx(hull.area)


# -- closed formulas and published numbers -------------------------------------------------------
@pytest.mark.parametrize("d", range(1, 7))
def test_simplices_cubes_and_cross_polytopes(d):
    assert volume(simplex(d)) == Fraction(1, factorial(d))
    assert volume(dilate(cube(d), Fraction(1, 3))) == Fraction(1, 3**d)
    assert volume(cross(d)) == Fraction(2**d, factorial(d))
    assert normalised_volume(cube(d)) == factorial(d)
    assert normalised_volume(cross(d)) == 2**d
    assert centroid(cube(d)).to_fractions().tolist() == [Fraction(1, 2)] * d
    assert centroid(cross(d)).to_fractions().tolist() == [0] * d
    assert surface_area(cube(d)) == 2 * d


def test_ten_dimensions():
    assert volume(cube(10)) == 1
    assert volume(cross(10)) == Fraction(2**10, factorial(10))


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_permutahedra_count_trees(n):
    p = permutahedron(n)
    assert normalised_volume(p) == factorial(n - 1) * n ** (n - 2)
    assert volume_squared(p) == n ** (2 * (n - 2)) * n
    assert volume(p) == 0
    assert centroid(p).to_fractions().tolist() == [Fraction(n + 1, 2)] * n


@pytest.mark.slow
def test_permutahedron_of_seven_letters():
    assert normalised_volume(permutahedron(7)) == factorial(6) * 7**5


@pytest.mark.parametrize(("n", "expected"), [(1, 1), (2, 1), (3, 3), (4, 352)])
def test_birkhoff_polytopes(n, expected):
    """Beck and Pixton, "The Ehrhart polynomial of the Birkhoff polytope" (2003), table 1."""
    assert normalised_volume(birkhoff(n)) == expected


@pytest.mark.parametrize(("d", "k"), [(4, 2), (5, 2), (6, 3)])
def test_hypersimplices_are_eulerian(d, k):
    """The lattice volume of the hypersimplex is a Eulerian number (Laplace)."""
    points = [p for p in product([0, 1], repeat=d) if sum(p) == k]
    eulerian = sum((-1) ** j * comb(d, j) * (k - j) ** (d - 1) for j in range(k + 1))
    assert normalised_volume(Polytope.from_points(points)) == eulerian


@pytest.mark.parametrize(("n", "d"), [(8, 3), (9, 4), (9, 5)])
def test_cyclic_polytopes_by_gale(n, d):
    """Cone from the first point over the facets of Gale's evenness; Vandermonde determinants."""
    total = 0
    for facet in combinations(range(2, n + 1), d):
        outside = [t for t in range(1, n + 1) if t not in facet]
        if all(sum(i < t < j for t in facet) % 2 == 0 for i, j in combinations(outside, 2)):
            corners = (1, *facet)
            total += np.prod([b - a for a, b in combinations(corners, 2)], dtype=object)
    p = Polytope.from_points([[t**k for k in range(1, d + 1)] for t in range(1, n + 1)])
    assert volume(p) == Fraction(int(total), factorial(d))


def test_lattices_of_flat_polytopes():
    # The segment from 0 to (4, 6) has lattice length 2.
    assert normalised_volume(Polytope.from_points([[0, 0], [4, 6]])) == 2
    # The plane x + y + 2 z = 4: its triangle holds few lattice points.
    triangle = Polytope.from_points([[4, 0, 0], [0, 4, 0], [0, 0, 2]])
    assert normalised_volume(triangle) == 8
    assert volume_squared(triangle) == 96
    with pytest.raises(InputError, match="integral"):
        normalised_volume(Polytope.from_points([[0.5], [1]]))


# -- laws ----------------------------------------------------------------------------------------
@given(st.integers(2, 4).flatmap(lambda d: polytopes(d, least=d + 1)))
def test_unimodular_maps(p):
    d = p.ambient_dimension
    image = affine_image(p, UNIMODULAR[d], list(range(d)))
    assert volume(image) == volume(p)
    assert normalised_volume(image) == normalised_volume(p)
    middle = np.array(UNIMODULAR[d], dtype=object) @ centroid(p).to_fractions() + np.arange(d)
    assert centroid(image).to_fractions().tolist() == middle.tolist()


@given(polytopes(3, least=4), st.lists(coordinate, min_size=3, max_size=3), coordinate)
@settings(max_examples=60)
def test_cuts_add_up(p, normal, bound):
    assume(any(normal))
    below = Polytope.from_halfspaces([normal], [bound])
    above = Polytope.from_halfspaces([[-x for x in normal]], [-bound])
    parts = [intersection(p, half) for half in (below, above)]
    assert sum(volume(part) for part in parts) == volume(p)
    if p.dimension == 3:
        moments = [volume(q) * centroid(q).to_fractions() for q in parts if not q.is_empty]
        assert (sum(moments) == volume(p) * centroid(p).to_fractions()).all()


@given(polytopes(3, least=4), polytopes(3, least=4))
@settings(max_examples=40)
def test_brunn_and_minkowski(p, q):
    roots = [float(volume(r)) ** (1 / 3) for r in (p, q, minkowski_sum(p, q))]
    assert roots[2] >= (roots[0] + roots[1]) * (1 - 1e-12)


@given(polytopes(2), polytopes(2))
def test_products_multiply(p, q):
    both = cartesian_product(p, q)
    assert volume(both) == volume(p) * volume(q)
    assert volume_squared(both) == volume_squared(p) * volume_squared(q)
    middle = [*centroid(p).to_fractions(), *centroid(q).to_fractions()]
    assert centroid(both).to_fractions().tolist() == middle


@given(polytopes(2))
def test_flat_copies(p):
    """Put in the plane (x, y, 2 x - y + 1) of R^3: lengths change, lattices do not."""
    lifted = affine_image(p, [[1, 0], [0, 1], [2, -1]], [0, 0, 1])
    assert normalised_volume(lifted) == normalised_volume(p)
    if p.dimension == 2:
        assert volume_squared(lifted) == 6 * volume(p) ** 2
    x, y = centroid(p).to_fractions()
    assert centroid(lifted).to_fractions().tolist() == [x, y, 2 * x - y + 1]


@given(polytopes(3, least=4))
@settings(max_examples=40)
def test_facets_close(p):
    """Areas times unit normals add up to zero (Minkowski)."""
    assume(p.dimension == 3)
    total = np.zeros(3)
    area = 0.0
    for row, normal in zip(p.incidence, p.facets.A, strict=True):
        facet = Polytope.from_points(p.vertices_exact[np.flatnonzero(row)])
        size = float(volume_squared(facet)) ** 0.5
        total += size * normal / np.linalg.norm(normal)
        area += size
    assert total == pytest.approx([0, 0, 0], abs=1e-9)
    assert surface_area(p) == pytest.approx(area)


# -- ordinary unusual inputs ---------------------------------------------------------------------
def test_small_dimensions():
    nothing, point = Polytope.empty(2), Polytope.from_points([[3, Fraction(1, 3)]])
    assert (volume(nothing), volume_squared(nothing), normalised_volume(nothing)) == (0, 0, 0)
    assert (volume(point), volume_squared(point)) == (0, 1)
    assert normalised_volume(Polytope.from_points([[3, 7]])) == 1
    assert centroid(point).to_fractions().tolist() == [3, Fraction(1, 3)]
    origin = Polytope.from_points(np.zeros((1, 0)))
    assert (volume(origin), volume_squared(origin), normalised_volume(origin)) == (1, 1, 1)
    assert centroid(origin).shape == (0,)
    for wrong in (nothing, point):
        with pytest.raises(EmptyPolytopeError):
            surface_area(wrong)
    with pytest.raises(EmptyPolytopeError):
        centroid(nothing)


@pytest.mark.parametrize(
    "verb", [volume, volume_squared, normalised_volume, surface_area, centroid]
)
def test_unbounded_ones_are_refused(verb):
    with pytest.raises(InputError, match="unbounded"):
        verb(Polytope.from_points([[0, 0]], rays=[[1, 0]]))
    with pytest.raises(InputError, match="unbounded"):
        verb(Polytope.from_points([[0, 0]], lines=[[1, 0]]))


def test_sizes_far_apart():
    points = [[0, 0, 0], [10**40, 0, 0], [0, Fraction(1, 10**40), 0], [0, 0, 3], [0, 0, 3]]
    p = Polytope.from_points(points)
    assert volume(p) == Fraction(1, 2)
    tiny = translate(dilate(cube(3), 2.0**-300), [1, 1, 1])
    assert volume(tiny) == Fraction(1, 2**900)
    assert volume(Polytope.from_points([[0.1], [0.3]])) == Fraction(0.3) - Fraction(0.1)


def test_budget():
    with pytest.raises(BudgetError, match="max_faces=10"):
        volume(cube(4), max_faces=10)


def test_areas_are_correctly_rounded():
    # The root of 2^-400 pushes the sum over the middle between two floats.
    middle, push = Fraction(2**53 + 1, 2**53) ** 2, Fraction(1, 2**400)
    assert _sum_of_roots([middle, push]) == np.nextafter(1, 2)
    assert _sum_of_roots([middle]) in (1, np.nextafter(1, 2))
    p = Polytope.from_points([[1, 0, 0], [0, 2, 0], [0, 0, 3], [0, 0, 0]])
    with localcontext() as context:
        context.prec = 60
        area = (Decimal(2 + 3 + 6) + Decimal(49).sqrt()) / 2
    assert surface_area(p) == float(area)
    prism = cartesian_product(Polytope.from_points([[0, 0], [1, 0], [0, 1]]), Polytope.box(0, 1, 1))
    with localcontext() as context:
        context.prec = 60
        area = 1 + 2 + Decimal(2).sqrt()
    assert surface_area(prism) == float(area)


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(-50, 50) | st.integers(-(10**20), 10**20), min_size=n, max_size=n),
            min_size=n,
            max_size=n,
        )
    )
)
def test_determinants(rows):
    n = len(rows)
    matrix = np.array(rows, dtype=object).reshape(n, n)
    order = [list(range(n)), list(range(n))[::-1]]
    expected = int(sympy.Matrix(rows).det())
    sign = (-1) ** (n * (n - 1) // 2)
    assert determinants(matrix, order).tolist() == [expected, sign * expected]


def test_determinants_where_floats_end():
    """Just below and above the size at which float64 stops being exact."""
    rng = np.random.default_rng(0)
    for bits in range(8, 28):
        rows = rng.integers(-(2**bits), 2**bits, (4, 4)).astype(object)
        expected = int(sympy.Matrix(rows.tolist()).det())
        assert determinants(rows, [[0, 1, 2, 3], [0, 1, 3, 2]]).tolist() == [expected, -expected]
    for size in (2**17, 2**18, 2**25, 2**26 - 1, 2**27):
        rows = np.array([[1, size, 1], [1, 1, size], [1, -size, size - 1]], dtype=object)
        expected = int(sympy.Matrix(rows.tolist()).det())
        assert determinants(rows, [[0, 1, 2], [1, 0, 2]]).tolist() == [expected, -expected]
