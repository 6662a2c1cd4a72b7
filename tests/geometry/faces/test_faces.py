"""Faces and f-vectors against closed formulas, published counts and the definition."""

from fractions import Fraction
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Polytope
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import exact
from polytropic.errors import BudgetError, EmptyPolytopeError, InputError
from polytropic.geometry.faces import edges, f_vector, faces, faces_of_dimension, h_vector, sweep
from polytropic.geometry.faces import walk as face_walk
from polytropic.geometry.faces.walk import Incidences, faces_by_rank, walk_reference
from polytropic.geometry.operations import cartesian_product, polar
from tests.geometry.face_oracles import (
    cell24,
    cross_polytope,
    cyclic,
    faces_by_definition,
    permutahedron,
    polyhedra,
    polytopes,
    santos_prismatoid,
    simplex,
    stirling,
    vectors,
)


@pytest.fixture
def always_kernels(monkeypatch):
    monkeypatch.setattr(face_walk, "_SMALL", -1)
    monkeypatch.setattr(face_walk, "_LOW", -1)


# -- the definition ------------------------------------------------------------------------------
@settings(max_examples=60)
@given(polyhedra())
def test_faces_by_definition(p):
    expected = faces_by_definition(p)
    assert faces(p) == expected
    assert f_vector(p) == tuple(map(len, expected))
    for k, level in enumerate(expected):
        assert faces_of_dimension(p, k) == level


@settings(max_examples=40)
@given(polyhedra(d=4, most=9))
def test_kernels_agree_with_the_reference(p):
    incidences = Incidences.of(p)
    if incidences.rank < 1:
        return
    from polytropic.geometry.faces.kernels import walk

    flags = np.arange(incidences.n_generators) < incidences.n_points
    points = face_walk.pack(flags[None])[0]
    ways = [(incidences.facets, points, incidences.n_facets),
            (incidences.generators, incidences.all_facets[0], incidences.n_points)]  # fmt: skip
    for sets, required, branches in ways:
        counts, above, levels = walk(sets, required, branches, incidences.rank, 10**6, True)
        expected = walk_reference(sets, required, branches, incidences.rank, 10**6)
        assert counts.tolist() == expected[0].tolist()
        together = {(k, *row) for k, row in zip(levels, above.tolist(), strict=True)}
        assert len(together) == len(levels)
        assert together == {
            (k, *row) for k, row in zip(expected[2], expected[1].tolist(), strict=True)
        }


@pytest.mark.usefixtures("always_kernels")
@pytest.mark.parametrize(
    "p",
    [
        cross_polytope(4),
        cyclic(8, 5),
        cell24(),
        Polytope.box(0, 1, dim=4),
        Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 2, 0]], [[1, 1, 1], [0, 1, 1]]),
        Polytope.from_points([[0, 0, 0], [1, 1, 0]], [[1, 0, 0]], [[0, 0, 1]]),
        Polytope.from_points([[0, 0], [1, 0]]),
    ],
)
def test_faces_by_definition_through_the_kernels(p):
    expected = faces_by_definition(p)
    assert faces(p) == expected
    for k, level in enumerate(expected):
        assert faces_of_dimension(p, k) == level


@pytest.mark.parametrize("p", [cyclic(9, 5), permutahedron(5), Polytope.box(0, 1, dim=5)])
def test_subsets_agree_with_the_walk(p, monkeypatch):
    monkeypatch.setattr(face_walk, "_SMALL", -1)
    by_subsets = faces(p)
    middle = faces_of_dimension(p, 2)
    monkeypatch.setattr(face_walk, "_LOW", -1)
    assert faces(p) == by_subsets
    assert middle == by_subsets[2]


# -- closed formulas -----------------------------------------------------------------------------
def test_simplices_cubes_and_cross_polytopes():
    for d in range(9):
        assert f_vector(simplex(d)) == tuple(comb(d + 1, k + 1) for k in range(d + 1))
        cube = tuple(comb(d, k) * 2 ** (d - k) for k in range(d + 1))
        assert f_vector(Polytope.box(-1, 1, dim=d)) == cube
        if d:
            assert f_vector(cross_polytope(d))[:-1] == cube[:-1][::-1]


def test_large_cubes_are_counted_without_visiting_their_faces():
    d = 12
    cube = Polytope.box(0, 1, dim=d)
    expected = tuple(comb(d, k) * 2 ** (d - k) for k in range(d + 1))
    assert f_vector(cube) == expected
    counts, _ = faces_by_rank(Incidences.of(cube), 0, None, keep=False)
    assert tuple(counts) == expected[:-1]
    assert sum(expected) == 3**d


def test_permutahedra():
    for n in (2, 3, 4, 5, 6):
        p = permutahedron(n)
        expected = tuple(factorial(n - k) * stirling(n, n - k) for k in range(n))
        assert f_vector(p) == expected
        if n > 2:
            counts, _ = faces_by_rank(Incidences.of(p), 0, None, keep=False)
            assert tuple(counts) == expected[:-1]


def test_the_permutahedron_of_seven_things():
    p = permutahedron(7)
    assert f_vector(p) == (5040, 15120, 16800, 8400, 1806, 126, 1)
    counts, _ = faces_by_rank(Incidences.of(p), 0, None, keep=False)
    assert counts.sum() == 47292  # the ordered Bell number 47293 without the whole
    assert len(edges(p)) == 15120


@pytest.mark.parametrize(("n", "d"), [(6, 3), (8, 4), (9, 5), (11, 6), (14, 8), (16, 10)])
def test_cyclic_polytopes(n, d):
    """h_i = C(n - d - 1 + i, i) up to the middle, then symmetric (upper bound theorem)."""
    h = [comb(n - d - 1 + min(i, d - i), min(i, d - i)) for i in range(d + 1)]
    p = cyclic(n, d)
    assert h_vector(p) == tuple(h)
    expected = [sum(comb(d - i, j - i) * h[i] for i in range(j + 1)) for j in range(1, d + 1)]
    assert f_vector(p) == (*expected, 1)
    assert h_vector(polar(Polytope.from_points(p.vertices_exact - _centre(p)))) == tuple(h)


def _centre(p):
    total = p.vertices_exact.numerators.sum(axis=0)
    return exact([Fraction(x, p.n_vertices * p.vertices_exact.denominator) for x in total])


@settings(max_examples=15)
@given(polytopes(2), polytopes(3, most=6))
def test_products_multiply_f_polynomials(p, q):
    expected = np.convolve(f_vector(p), f_vector(q)).tolist()
    assert list(f_vector(cartesian_product(p, q))) == expected


def test_ties_in_the_sweep_are_broken_exactly():
    rows = [[1, 5, 0], [2, 4, 1], [1, 2, 7], [3, 6, 2], [10**40, 2 * 10**40 + 1, 0]]
    values = [1, 2, 1, 3, 10**40]
    points = [[Fraction(x, v) for x in row] for row, v in zip(rows, values, strict=True)]
    order = sweep._lexicographic(integer_rows(rows, 3), np.array(values, dtype=object))
    assert order == sorted(range(5), key=points.__getitem__)


def test_published_counts():
    assert f_vector(cell24()) == (24, 96, 96, 24, 1)
    p = santos_prismatoid()
    numbers = f_vector(p)
    assert (numbers[0], numbers[-2]) == (48, 322)
    assert sum((-1) ** k * n for k, n in enumerate(numbers)) == 1
    assert [len(level) for level in faces(p)] == list(numbers)


@settings(max_examples=40)
@given(polyhedra(d=4, most=8))
def test_euler_and_poincare(p):
    total = sum((-1) ** k * n for k, n in enumerate(f_vector(p)))
    lines = len(p.description.lineality)
    assert total == (0 if p.n_rays else (-1) ** lines)


@settings(max_examples=40)
@given(vectors(3, 1, 5), st.data())
def test_simple_unbounded_polyhedra(normals, bounds):
    """Halfspaces in general position around a point: swept if simple, walked otherwise."""
    b = bounds.draw(st.lists(st.integers(1, 50), min_size=len(normals), max_size=len(normals)))
    p = Polytope.from_halfspaces(normals, b)
    assert f_vector(p) == tuple(map(len, faces_by_definition(p)))


# -- ordinary inputs that are easily forgotten -----------------------------------------------------
def test_degenerate_inputs():
    assert faces(Polytope.from_points([[1, 2]])) == [[(0,)]]
    assert f_vector(Polytope.from_points([[]])) == (1,)
    assert faces(Polytope.from_points([[0, 0], [0, 0], [2, 2], [1, 1]])) == [[(0,), (1,)], [(0, 1)]]
    assert faces(Polytope.from_points([[0, 0]], rays=[[1, 0]])) == [[(0,)], [(0, 1)]]
    assert f_vector(Polytope.from_points([[0, 0, 0]], lines=[[1, 0, 0]])) == (0, 1)
    assert f_vector(Polytope.from_halfspaces([[1, 0]], [0])) == (0, 1, 1)
    assert faces(Polytope.from_halfspaces([[1, 0], [-1, 0]], [1, 0])) == [
        [],
        [(0,), (1,)],
        [(0, 1)],
    ]
    assert f_vector(Polytope.from_halfspaces([[0, 0]], [1])) == (0, 0, 1)
    with pytest.raises(EmptyPolytopeError):
        f_vector(Polytope.empty(2))
    assert len(edges(Polytope.from_points([[3]]))) == 0
    with pytest.raises(InputError, match="line"):
        edges(Polytope.from_halfspaces([[1, 0]], [0]))


def test_a_strip_and_a_quadrant():
    strip = Polytope.from_halfspaces([[1, 0], [-1, 0], [0, -1]], [1, 0, 0])
    assert faces(strip) == [[(0,), (1,)], [(0, 1), (0, 2), (1, 2)], [(0, 1, 2)]]
    assert edges(strip).tolist() == [[0, 1]]
    assert f_vector(Polytope.from_points([[0, 0, 0]], rays=np.eye(3, dtype=int))) == (1, 3, 3, 1)


def test_huge_and_fractional_coordinates():
    scale = 10**40
    p = Polytope.from_points([[scale * t**k for k in range(1, 5)] for t in range(8)])
    assert f_vector(p) == f_vector(cyclic(8, 4))
    q = Polytope.from_points([[t / 7, (t / 7) ** 2] for t in range(8)])
    assert f_vector(q) == (8, 8, 1)


def test_budgets_and_wrong_questions():
    p = cyclic(8, 4)
    with pytest.raises(BudgetError, match="max_faces=10"):
        faces(p, max_faces=10)
    assert faces(p, max_faces=sum(f_vector(p)[:-1])) == faces(p)
    with pytest.raises(BudgetError):
        f_vector(cell24(), max_faces=239)
    assert sum(f_vector(cell24(), max_faces=240)) == 241
    with pytest.raises(InputError, match="between 0 and 4"):
        faces_of_dimension(p, 5)
    with pytest.raises(InputError, match="neither simple nor simplicial"):
        h_vector(cartesian_product(cyclic(7, 4), cell24()))
    with pytest.raises(InputError, match="bounded"):
        h_vector(Polytope.from_points([[0]], rays=[[1]]))


@pytest.mark.usefixtures("always_kernels")
def test_budgets_of_the_kernels():
    with pytest.raises(BudgetError):
        faces(cell24(), max_faces=239)
    assert len(faces(cell24(), max_faces=240)[1]) == 96
