"""Slices, projections and differences against membership, supports and files with known answers."""

from fractions import Fraction
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.minkowski import minkowski_sum
from polytropic.geometry.operations import (
    affine_image,
    cartesian_product,
    dilate,
    translate,
)
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.sections import (
    minkowski_difference,
    project,
    project_along,
    section,
    slice_polytope,
)

coordinate = st.integers(-3, 3)


def vectors(d: int):
    return st.lists(coordinate, min_size=d, max_size=d)


def polytopes(d: int, most: int = 6):
    return st.lists(vectors(d), min_size=1, max_size=most).map(Polytope.from_points)


@st.composite
def polyhedra(draw, d: int):
    """Hulls of points, some with rays and lines."""
    cone = st.lists(vectors(d), max_size=1)
    points = draw(st.lists(vectors(d), min_size=1, max_size=5))
    return Polytope.from_points(points, draw(cone), draw(cone))


@st.composite
def systems(draw, d: int):
    """Polyhedra by inequalities and sometimes an equation; often empty, flat or unbounded."""
    rows = draw(st.lists(vectors(d), min_size=1, max_size=6))
    bounds = draw(st.lists(st.integers(-1, 4), min_size=len(rows), max_size=len(rows)))
    if draw(st.booleans()):
        return Polytope.from_halfspaces(rows, bounds, [draw(vectors(d))], [draw(coordinate)])
    return Polytope.from_halfspaces(rows, bounds)


def copy_by_halfspaces(p: Polytope) -> Polytope:
    a, b = p.facets, p.equations
    return Polytope.from_halfspaces(a.exact_A, a.exact_b, b.exact_A, b.exact_b)


# -- slices --------------------------------------------------------------------------------------
@given(polyhedra(3) | systems(3), vectors(3), coordinate, st.lists(vectors(3), max_size=8))
@settings(max_examples=60)
def test_slices_hold_the_points_on_the_plane(p, normal, bound, points):
    cut = slice_polytope(p, [normal], [bound])
    array = np.array([[0, 0, 0], *points, *p.vertices_exact.to_fractions().tolist()], dtype=object)
    expected = p.contains(array) & (array @ np.array(normal, dtype=object) == bound)
    assert cut.contains(array).tolist() == expected.tolist()
    if not cut.is_empty:
        assert p.contains(cut.vertices_exact).all()
        assert (cut.vertices_exact.to_fractions() @ np.array(normal, dtype=object) == bound).all()


@given(polyhedra(3) | systems(3), vectors(3), st.lists(vectors(3), min_size=1, max_size=2))
@settings(max_examples=60)
def test_sections_are_slices_in_coordinates(p, origin, directions):
    matrix = np.array(directions, dtype=object)
    if np.linalg.matrix_rank(matrix.astype(float)) < len(matrix):
        with pytest.raises(InputError, match="dependent"):
            section(p, origin, directions)
        return
    cut = section(p, origin, directions)
    assert cut.ambient_dimension == len(directions)
    normals = np.array(Polytope.from_points([origin], lines=directions).equations.A, dtype=int)
    plane = slice_polytope(p, normals, normals @ np.array(origin))
    assert affine_image(cut, matrix.T, origin) == plane


def test_sections_of_a_cube():
    cube = Polytope.box(-1, 1, dim=3)
    hexagon = slice_polytope(cube, [[1, 1, 1]], [0])
    assert (hexagon.n_vertices, hexagon.dimension) == (6, 2)
    assert slice_polytope(cube, [[1, 1, 1]], [3]).vertices.tolist() == [[1, 1, 1]]
    assert slice_polytope(cube, [[1, 1, 1]], [Fraction(10**20 * 3 + 1, 10**20)]).is_empty
    point = section(cube, [0, 0, 0], np.zeros((0, 3)))
    assert (point.ambient_dimension, point.is_empty) == (0, False)
    assert section(cube, [0, 0, 2], np.zeros((0, 3))).is_empty
    assert section(cube, [0.5, 0, 0], [[0, 0.5, 0]]) == Polytope.box(-2, 2, dim=1)


# -- projections ---------------------------------------------------------------------------------
@given(systems(3), st.permutations([0, 1, 2]), st.integers(0, 3))
@settings(max_examples=80)
def test_all_ways_to_project_agree(p, order, size):
    keep = order[:size]
    again = copy_by_halfspaces(p) if not p.is_empty else p
    shadows = [project(p, keep, method="generators"), project(p, keep, method="cone")]
    assert shadows[0] == shadows[1]
    assert project(again, keep) == shadows[0]
    assert shadows[0].is_empty == p.is_empty
    if size and not p.is_empty:
        assert shadows[0] == affine_image(p, np.eye(3, dtype=int)[list(keep)])


@given(systems(3))
@settings(max_examples=40)
def test_elimination_of_what_was_never_converted(p):
    """The same, without a look at the vertices before."""
    raw = Polytope(p.ambient_dimension, None, p._inequalities)
    shadow = project(raw, [2, 0], method="cone")
    assert "description" not in raw.__dict__
    assert shadow == project(p, [2, 0], method="generators")


@given(polytopes(2), polytopes(1))
def test_projections_of_products(p, q):
    both = cartesian_product(p, q)
    assert project(both, [0, 1]) == p
    assert project(both, [2]) == q
    assert project(both, [1, 0]) == project(p, [1, 0])


@given(polyhedra(3), vectors(3))
def test_projection_along_a_direction(p, direction):
    shadow = project_along(p, [direction])
    assert shadow.ambient_dimension == (2 if any(direction) else 3)
    # The preimage of the shadow is the polyhedron plus the line.
    thick = minkowski_sum(p, Polytope.from_points([[0, 0, 0]], lines=[direction]))
    assert project_along(thick, [direction]) == shadow
    assert shadow.dimension == thick.dimension - any(direction)


def read_inequalities(path: Path) -> Polytope:
    """Read the plain .ine files of cddlib and lrs."""
    equations: set[int] = set()
    lines = iter(path.read_text().splitlines())
    for line in lines:
        if line.split()[:1] in (["linearity"], ["partial_enum"]):
            equations = {int(word) - 1 for word in line.split()[2:]}
        if line.strip() == "begin":
            break
    width = int(next(lines).split()[1])
    words = " ".join(lines).split("end")[0].split()
    rows = np.array([Fraction(word) for word in words], dtype=object).reshape(-1, width)
    equal = np.array([i in equations for i in range(len(rows))])
    b, A = rows[:, 0], -rows[:, 1:]
    return Polytope.from_halfspaces(A[~equal], b[~equal], A[equal], b[equal])


@pytest.mark.parametrize("name", ["project1", "project2"])
def test_files_of_cddlib(data_dir, name):
    folder = data_dir / "polytopes" / "cddlib"
    expected = read_inequalities(folder / f"{name}res.ine")
    assert project(read_inequalities(folder / f"{name}.ine"), [0, 1, 2]) == expected


@pytest.mark.parametrize("n", [4, 5, 6])
def test_birkhoff_polytopes_project_to_permutahedra(data_dir, n):
    lifted = read_inequalities(data_dir / "polytopes" / "lrslib" / f"bv{n}.ine")
    shadow = project(lifted, range(n * n, n * n + n))
    corners = np.array(list(permutations(range(1, n + 1))))
    assert shadow.vertices.tolist() == sorted(corners.tolist())


# -- differences ---------------------------------------------------------------------------------
@given(polyhedra(2) | systems(2), polyhedra(2), st.lists(vectors(2), min_size=1, max_size=8))
@settings(max_examples=80)
def test_differences_by_definition(p, q, points):
    difference = minkowski_difference(p, q)
    for x in [*points, *difference.vertices_exact.to_fractions().tolist()]:
        moved = translate(q, x)
        inside = bool(p.contains(moved.vertices_exact).all())
        # x + q lies in p exactly if p does not grow by it.
        fits = inside and minkowski_sum(p, recession(q)) == p
        assert bool(difference.contains([x])[0]) == fits


def recession(q: Polytope) -> Polytope:
    origin = [[0] * q.ambient_dimension]
    return Polytope.from_points(origin, q.rays_exact, q.lines_exact)


@given(polytopes(3), polytopes(3))
@settings(max_examples=50)
def test_difference_undoes_the_sum(p, q):
    assert minkowski_difference(minkowski_sum(p, q), q) == p
    opened = minkowski_difference(p, q)
    if not opened.is_empty:
        assert p.contains(minkowski_sum(opened, q).vertices_exact).all()


@given(polyhedra(2), polyhedra(2))
def test_difference_undoes_the_sum_of_unbounded_ones(p, q):
    total = minkowski_sum(p, q)
    assert minkowski_difference(total, q) == minkowski_sum(p, recession(q))


@given(polytopes(2))
def test_difference_with_itself(p):
    assert minkowski_difference(p, p).vertices.tolist() == [[0, 0]]
    assert minkowski_difference(p, dilate(p, Fraction(1, 2))) == dilate(p, Fraction(1, 2))
    if p.dimension > 0:
        assert minkowski_difference(p, dilate(p, 2)).is_empty


def test_differences_of_flat_empty_and_whole():
    box = Polytope.box(0, 1, dim=2)
    upright, lying = (Polytope.from_points([[0, 0], end]) for end in ([0, 1], [1, 0]))
    assert minkowski_difference(upright, lying).is_empty
    assert minkowski_difference(upright, upright).vertices.tolist() == [[0, 0]]
    assert minkowski_difference(Polytope.empty(2), box).is_empty
    infeasible = Polytope.from_halfspaces([[1, 0], [-1, 0]], [0, -1])
    assert minkowski_difference(infeasible, box).is_empty
    plane = Polytope.from_points([[0, 0]], lines=[[1, 0], [0, 1]])
    assert minkowski_difference(plane, box) == plane
    assert minkowski_difference(plane, plane) == plane
    assert minkowski_difference(box, plane).is_empty
    origin = Polytope.from_points(np.zeros((1, 0)))
    assert minkowski_difference(origin, origin) == origin
    with pytest.raises(EmptyPolytopeError):
        minkowski_difference(box, Polytope.empty(2))


# -- refusals ------------------------------------------------------------------------------------
def test_refusals():
    box = Polytope.box(0, 1, dim=3)
    with pytest.raises(InputError, match=r"\(m, 3\)"):
        slice_polytope(box, [[1, 1]], [0])
    with pytest.raises(InputError, match=r"\(k, 3\)"):
        section(box, [0, 0, 0], [[1, 0]])
    with pytest.raises(InputError, match="nan"):
        slice_polytope(box, [[1, np.nan, 0]], [0])
    for keep in ([0, 0], [3], [-1]):
        with pytest.raises(InputError, match="between 0 and 2"):
            project(box, keep)
    with pytest.raises(InputError, match="integers"):
        project(box, [0.5])
    with pytest.raises(InputError, match="method"):
        project(box, [0], method="fourier")
    with pytest.raises(InputError, match="nothing would be left"):
        project_along(box, np.eye(3))
    with pytest.raises(InputError, match=r"\(k, 3\)"):
        project_along(box, [[1, 0]])
    with pytest.raises(InputError, match="different dimensions"):
        minkowski_difference(box, Polytope.box(0, 1, dim=2))


def test_empty_ones_stay_empty():
    nothing = Polytope.empty(3)
    assert slice_polytope(nothing, [[1, 0, 0]], [0]).is_empty
    assert section(nothing, [0, 0, 0], [[1, 0, 0]]).is_empty
    assert project(nothing, [0, 1]).is_empty
    assert project(nothing, []).is_empty
    assert project_along(nothing, [[1, 1, 1]]).is_empty
    whole = project(Polytope.box(0, 1, dim=3), [])
    assert (whole.ambient_dimension, whole.is_empty) == (0, False)
