"""Laws of operations on polyhedra, and faces and volumes against closed formulas."""

from fractions import Fraction
from itertools import permutations
from math import comb, factorial

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from polytropic import Polytope, linear_regions, random_integer_network, random_network
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.faces import edges, f_vector, faces
from polytropic.geometry.minkowski import minkowski_sum
from polytropic.geometry.operations import (
    affine_image,
    affine_preimage,
    cartesian_product,
    convex_hull,
    dilate,
    intersection,
    polar,
    translate,
)
from polytropic.geometry.volumes.measure import centroid, volume
from polytropic.geometry.volumes.triangulations import triangulation

coordinate = st.integers(-3, 3)


def clouds(d: int, least: int = 1, most: int = 7):
    point = st.lists(coordinate, min_size=d, max_size=d)
    return st.lists(point, min_size=least, max_size=most)


def polytopes(d: int, **sizes):
    return clouds(d, **sizes).map(Polytope.from_points)


@st.composite
def polyhedra(draw, d: int):
    """Hulls of points, some with rays and lines."""
    cone = st.lists(st.lists(coordinate, min_size=d, max_size=d), max_size=2)
    return Polytope.from_points(draw(clouds(d, most=4)), draw(cone), draw(cone))


DIRECTIONS = [[1, 0, 0], [0, -1, 0], [1, 2, -1], [-2, 1, 3], [0, 0, 1]]


@given(polytopes(3), polytopes(3))
def test_support_functions(p, q):
    total, hull = minkowski_sum(p, q), convex_hull(p, q)
    for u in DIRECTIONS:
        assert total.support(u) == p.support(u) + q.support(u)
        assert hull.support(u) == max(p.support(u), q.support(u))
        assert dilate(p, Fraction(5, 2)).support(u) == Fraction(5, 2) * p.support(u)
        assert dilate(p, -1).support(u) == p.support([-c for c in u])
        assert translate(p, [1, 2, 3]).support(u) == p.support(u) + u[0] + 2 * u[1] + 3 * u[2]


@given(polyhedra(2), polyhedra(2), clouds(2))
def test_intersection_holds_the_common_points(p, q, points):
    both = intersection(p, q)
    assert both.contains(points).tolist() == (p.contains(points) & q.contains(points)).tolist()
    if not both.is_empty:
        assert p.contains(both.vertices_exact).all()
        assert q.contains(both.vertices_exact).all()


@given(polyhedra(2), st.lists(st.lists(coordinate, min_size=2, max_size=2), min_size=1, max_size=3))
def test_images_and_preimages(p, matrix):
    image = affine_image(p, matrix)
    mapped = p.vertices_exact.to_fractions() @ np.array(matrix, dtype=object).T
    assert image.contains(mapped).all()
    back = affine_preimage(image, matrix)
    assert back.contains(p.vertices_exact).all()
    if len(matrix) == 2 and matrix[0][0] * matrix[1][1] != matrix[0][1] * matrix[1][0]:
        assert back == p


@given(polyhedra(2), polyhedra(1))
def test_products(p, q):
    both = cartesian_product(p, q)
    assert both.dimension == p.dimension + q.dimension
    assert affine_image(both, [[1, 0, 0], [0, 1, 0]]) == p
    assert affine_image(both, [[0, 0, 1]]) == q


@given(polyhedra(3))
def test_both_descriptions_are_one(p):
    a, b = p.facets, p.equations
    again = Polytope.from_halfspaces(a.exact_A, a.exact_b, b.exact_A, b.exact_b)
    assert again == p


@given(polyhedra(2))
def test_polar_of_the_polar(p):
    with_origin = convex_hull(p, Polytope.from_points([[0, 0]]))
    assert polar(polar(p)) == with_origin


def test_spaces_must_match():
    with pytest.raises(InputError, match="different dimensions"):
        minkowski_sum(Polytope.box(0, 1, dim=1), Polytope.box(0, 1, dim=2))
    with pytest.raises(InputError, match="at least one"):
        intersection()
    with pytest.raises(InputError, match=r"\(e, 2\)"):
        affine_image(Polytope.box(0, 1, dim=2), [[1, 2, 3]])
    with pytest.raises(InputError, match="offset"):
        translate(Polytope.box(0, 1, dim=2), [1])
    with pytest.raises(EmptyPolytopeError):
        polar(Polytope.empty(2))


def test_empty_ones():
    empty, box = Polytope.empty(2), Polytope.box(0, 1, dim=2)
    assert minkowski_sum(empty, box).is_empty
    assert intersection(empty, box).is_empty
    assert convex_hull(empty, box) == box
    assert affine_image(empty, [[1, 1]]).is_empty
    assert dilate(empty, 0).is_empty
    assert intersection(box, Polytope.box(2, 3, dim=2)).is_empty


# -- faces ---------------------------------------------------------------------------------------
def simplex(d: int) -> Polytope:
    return Polytope.from_points(np.vstack([np.zeros(d, int), np.eye(d, dtype=int)]))


def permutahedron(n: int) -> Polytope:
    return Polytope.from_points(list(permutations(range(n))))


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
def test_f_vectors_of_simplices_and_cubes(d):
    assert f_vector(simplex(d)) == tuple(comb(d + 1, k + 1) for k in range(d + 1))
    cube = tuple(comb(d, k) * 2 ** (d - k) for k in range(d + 1))
    assert f_vector(Polytope.box(-1, 1, dim=d)) == cube
    cross = f_vector(polar(Polytope.box(-1, 1, dim=d)))
    assert cross[:-1] == cube[:-1][::-1]


def test_f_vectors_of_permutahedra():
    assert f_vector(permutahedron(3)) == (6, 6, 1)
    assert f_vector(permutahedron(4)) == (24, 36, 14, 1)
    assert f_vector(permutahedron(5)) == (120, 240, 150, 30, 1)


def test_faces_of_an_orthant_and_a_wedge():
    orthant = Polytope.from_points([[0, 0, 0]], rays=np.eye(3, dtype=int))
    assert f_vector(orthant) == (1, 3, 3, 1)
    strip = Polytope.from_halfspaces([[1, 0], [-1, 0], [0, -1]], [1, 0, 0])
    assert f_vector(strip) == (2, 3, 1)
    assert f_vector(Polytope.from_halfspaces([[1, 0]], [0])) == (0, 1, 1)
    with pytest.raises(InputError, match="empty"):
        faces(Polytope.empty(3))


@given(polytopes(3, least=4, most=9))
def test_euler_and_edges(p):
    numbers = f_vector(p)
    assert sum((-1) ** k * n for k, n in enumerate(numbers[:-1])) == 1 - (-1) ** p.dimension
    pairs = edges(p)
    if p.dimension >= 1:
        assert len(pairs) == (numbers[1] if p.dimension > 1 else 1)
        assert nx.is_connected(nx.Graph(pairs.tolist()))


# -- volumes -------------------------------------------------------------------------------------
@given(clouds(3, least=4, most=9))
def test_volume_against_qhull(points):
    p = Polytope.from_points(points)
    exact = volume(p)
    if p.dimension < 3:
        assert exact == 0
    else:
        assert float(exact) == pytest.approx(ConvexHull(p.vertices).volume)


def test_volumes_in_closed_form():
    for d in range(1, 6):
        assert volume(simplex(d)) == Fraction(1, factorial(d))
        assert volume(polar(Polytope.box(-1, 1, dim=d))) == Fraction(2**d, factorial(d))
        assert volume(Polytope.box(0, Fraction(1, 3), dim=d)) == Fraction(1, 3**d)
    assert volume(Polytope.empty(2)) == 0
    with pytest.raises(InputError, match="unbounded"):
        volume(Polytope.from_points([[0]], rays=[[1]]))


@given(polytopes(2, least=3), polytopes(2, least=3))
def test_volume_of_sums_is_a_polynomial(p, q):
    """Minkowski: vol(p + t q) is quadratic in t, with vol(q) in front of the square."""
    one, two, three = (volume(minkowski_sum(p, dilate(q, t))) for t in (1, 2, 3))
    assert (one - 2 * two + three) / 2 == volume(q)


@given(polytopes(3, least=4))
def test_centroid_lies_inside_and_moves_along(p):
    assume(p.dimension == 3)
    middle = centroid(p)
    assert p.contains(middle.reshape(1, -1))[0]
    shear = [[1, 2, 0], [0, 1, -1], [0, 0, 1]]
    image = affine_image(p, shear, [1, 1, 1])
    assert volume(image) == volume(p)
    expected = np.array(shear, dtype=object) @ middle.to_fractions() + 1
    assert centroid(image).to_fractions().tolist() == expected.tolist()


@given(polytopes(3, least=4, most=9))
def test_triangulations_have_no_overlap(p):
    assume(p.dimension == 3)
    simplices = triangulation(p)
    points = p.vertices_exact
    assert sum(volume(Polytope.from_points(points[np.array(s)])) for s in simplices) == volume(p)


@pytest.mark.parametrize(
    ("net", "d"), [(random_network(2, [5, 5], rng=1), 2), (random_network(3, [4, 4], rng=1), 3),
                   (random_integer_network(3, [4, 3], rng=2), 3)]
)  # fmt: skip
def test_regions_fill_the_domain_exactly(net, d):
    regions = linear_regions(net, Polytope.box(-1, 1, dim=d))
    assert sum(volume(region.polytope) for region in regions) == 2**d
